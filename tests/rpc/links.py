"""The parts of the script in which somebody answers by a link in a mail."""

from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from tests.referrals.replies import CODE, Caught, deliver, introduce, token_in
from tests.rpc.office import NGO, Office


def introduce_ngo(office: Office, _known: dict[str, str]) -> None:
    introduce(office, NGO, CODE)


def receive(office: Office, known: dict[str, str]) -> None:
    """The mail with a link to the referral."""
    if "token" not in known:
        known["token"] = token_in(deliver(office, Caught()).mails[-1])


def find_delivery(office: Office, known: dict[str, str]) -> None:
    """Something that the webhook is told."""
    query = "SELECT id::text FROM webhook_deliveries WHERE webhook = %(webhook)s LIMIT 1"
    known["delivery"] = office.rows("referrals", query, {"webhook": known["webhook"]})[0][0]


def answering(known: dict[str, str]) -> referrals.ActByLink:
    accept = referrals.AcceptReferral(command=common.Command(command_id=known["linked"]), referral=known["linked"])
    return referrals.ActByLink(token=known["token"], accept=accept)
