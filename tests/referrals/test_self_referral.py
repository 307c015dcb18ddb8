"""A referral that a citizen asks for, as the stream decides it."""

from dataclasses import replace
from typing import Any, Final

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Event
from libs.spec.scenario import CONTEXT, given
from services.referrals.errors import HelpAskedAlready, SentToOneself
from services.referrals.events import (
    ReferralAccepted,
    ReferralCancelled,
    ReferralDrafted,
    ReferralEscalated,
    ReferralHeld,
    ReferralReminded,
    ReferralRequested,
)
from services.referrals.referral import REFERRAL, Alarmed, Hold
from services.referrals.self_referral import Help, referral_id
from tests.referrals.test_referral import ABOUT, CITIZEN, ID, RECIPIENT

CITIZENS: Final = "01890a5d-ac96-774b-bcce-b302099a9009"
SERVICE: Final = "01890a5d-ac96-774b-bcce-b302099a9010"
AS_CITIZEN: Final[dict[str, Any]] = {"actor": CITIZEN, "organisation": CITIZENS, "role": "citizen"}
OWN: Final = replace(CONTEXT, **AS_CITIZEN)
REQUEST: Final = referrals.RequestHelp(
    citizen=CITIZEN,
    recipient=RECIPIENT,
    service=SERVICE,
    purpose="mentoring",
    categories=["housing", "housing"],
    reason="I have nowhere to sleep",
)
HELP: Final = Help(ID, REQUEST, ("b1",))


def asked() -> tuple[ReferralDrafted, ReferralRequested]:
    drafted, requested = REFERRAL.decide(REFERRAL.state(), HELP, OWN)
    assert isinstance(drafted, ReferralDrafted)
    assert isinstance(requested, ReferralRequested)
    return drafted, requested


def test_one_command_drafts_and_requests_it() -> None:
    drafted, requested = asked()
    assert (drafted.self_referral, drafted.sender, drafted.recipient) == (True, CITIZENS, RECIPIENT)
    assert drafted.case == "", "no case is needed"
    assert drafted.categories == ("housing", "referral"), "the recipient reads what was written, whatever it is about"
    assert requested.bases == ("b1",)
    assert requested.acknowledge_by is not None
    assert requested.acknowledge_by < requested.reply_by


@pytest.mark.parametrize("later", [(), (ReferralCancelled(**ABOUT, reason="recalled"),)])
def test_a_stream_is_begun_once(later: tuple[Event, ...]) -> None:
    given(REFERRAL, *asked(), *later).when(HELP, **AS_CITIZEN).refused(HelpAskedAlready)


def test_nobody_asks_where_citizens_sign_in() -> None:
    own = referrals.RequestHelp()
    own.CopyFrom(REQUEST)
    own.recipient = CITIZENS
    given(REFERRAL).when(Help(ID, own, ()), **AS_CITIZEN).refused(SentToOneself)


def test_a_withdrawn_consent_stops_it_as_any_other() -> None:
    given(REFERRAL, *asked()).when(Hold("b1")).then(ReferralCancelled(**ABOUT, reason="consent_withdrawn"))
    given(REFERRAL, *asked(), ReferralAccepted(**ABOUT)).when(Hold("b1")).then(
        ReferralHeld(**ABOUT, reason="consent_withdrawn", basis="b1")
    )


def test_its_recipient_is_reminded_and_no_unit_is_told() -> None:
    drafted, requested = asked()
    assert requested.acknowledge_by
    given(REFERRAL, drafted, requested).when(Alarmed("acknowledge.due")).then(
        ReferralReminded(**ABOUT, alarm="acknowledge.due", deadline="acknowledge", at=requested.acknowledge_by)
    )
    given(REFERRAL, drafted, requested).when(Alarmed("answer.late")).then(
        ReferralEscalated(**ABOUT, alarm="answer.late", deadline="answer", at=requested.reply_by, unit="")
    )


def test_the_same_service_asked_again_is_another_referral() -> None:
    ids = [referral_id(CITIZEN, service, number) for service in (SERVICE, RECIPIENT) for number in range(3)]
    assert len(set(ids)) == 6
    assert ids == [referral_id(CITIZEN, service, number) for service in (SERVICE, RECIPIENT) for number in range(3)]
