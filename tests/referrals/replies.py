"""An NGO that answers by link: what is sent to it, and what whoever holds the link can do."""

from contextlib import closing
from typing import Any, Final, NamedTuple
from uuid import uuid4

from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.post import NotSent
from libs.host.service import Runtime, find
from services.partners.events import ReplyChannelSet
from services.referrals.mailing import send_one
from tests.referrals.mentoring import NEEDED, Mentoring
from tests.rpc.office import NGO, SCHOOL, STRANGERS, Office, Person

OPERATOR: Final = Person("operator", STRANGERS, "operator")
HOLDER: Final = Person("link", "", "light_reply")
"""As the gateway asks for whoever holds a link."""
CODE: Final = "nordby 42"
OTHERS: Final = "other 43"
"""Another organisation's code."""
ADDRESS: Final = "https://samspor.example"


class Sent(NamedTuple):
    to: str
    subject: str
    text: str
    message: str


class Caught:
    """A post office that keeps everything. `failing`: mails that are taken and then not acknowledged."""

    def __init__(self, failing: int = 0) -> None:
        self.mails: list[Sent] = []
        self.texts: list[tuple[str, str]] = []
        self._failing = failing

    def mail(self, to: str, subject: str, text: str, *, message: str) -> None:
        self.mails.append(Sent(to, subject, text, message))
        if len(self.mails) <= self._failing:
            raise NotSent("TimeoutError")

    def text(self, to: str, text: str) -> None:
        self.texts.append((to, text))


class Replies(Mentoring):
    """A citizen of one's own, whose mentors have no accounts."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self.consent(*NEEDED, "referral")
        for organisation, code in ((NGO, CODE), (SCHOOL, OTHERS)):
            introduce(office, organisation, code)
        self.deliver()  # what tests before left

    def deliver(self, post: Caught | None = None) -> Caught:
        return deliver(self.office, post or Caught())

    def token(self) -> str:
        """Of the newest link that is sent now."""
        return token_in(self.deliver().mails[-1])

    def asked(self) -> tuple[str, str]:
        """A referral that was requested, and the token that its recipient has got."""
        return self.requested(), self.token()

    def under_way(self) -> tuple[str, str]:
        """A referral that was accepted by link, and the token to report by."""
        referral, token = self.asked()
        self.act(token, accept=referrals.AcceptReferral(referral=referral))
        return referral, self.token()

    def link(self, token: str) -> referrals.ReplyLink:
        return self.office.ask(referrals.GetReplyLink(token=token), referrals.ReplyLink, HOLDER)

    def act(self, token: str, code: str = "", **step: Any) -> common.Recorded:
        return self.office.send(acting(token, code, **step), HOLDER)

    def read_by_link(self, token: str, code: str = CODE) -> referrals.OpenedByLink:
        self.office.catch_up()
        return self.office.ask(referrals.OpenByLink(token=token, code=code), referrals.OpenedByLink, HOLDER)


def deliver(office: Office, caught: Caught) -> Caught:
    """What the worker of referrals does with all that is due."""
    office.catch_up()
    (declared,) = find(["referrals"])
    with closing(Runtime(declared, office.settings)) as runtime:
        service = declared.compose(runtime)
        service.post, service.address = caught, ADDRESS
        while send_one(service):
            pass
    return caught


def acting(token: str, code: str = "", **step: Any) -> referrals.ActByLink:
    """A step by link; the step's own command is the same one."""
    command = referrals.ActByLink(token=token, code=code, **step)
    (made,) = step
    getattr(command, made).command.command_id = str(uuid4())
    return command


def introduce(office: Office, organisation: str, code: str) -> None:
    """Known, and with a reply channel, whoever registered it."""
    query = "SELECT type FROM events WHERE stream = %(id)s"
    known = [kind for (kind,) in office.rows("partners", query, {"id": organisation})]
    if not known:
        office.send(partners.RegisterOrganisation(organisation=organisation, kind="ngo", name="Mentors"), OPERATOR)
    if ReplyChannelSet.type not in known:
        channel = partners.SetReplyChannel(organisation=organisation, language="en", code=code)
        channel.email = f"post@{organisation[-2:]}.example"
        office.send(channel, OPERATOR)


def token_in(mail: Sent) -> str:
    return mail.text.split(f"{ADDRESS}/svar/")[1].split()[0]
