"""A referral that several are asked at once, as the stream decides it."""

from typing import Any, Final

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Event
from libs.spec.scenario import CONTEXT, given
from services.referrals.claiming import NobodyTakes
from services.referrals.errors import (
    AlreadyClaimed,
    AlreadyDeclined,
    RecipientsUnclear,
    ReferralUnknown,
    SentToOneself,
    StepNotAllowed,
)
from services.referrals.events import (
    CandidateDeclined,
    ReferralCancelled,
    ReferralClaimed,
    ReferralDrafted,
    ReferralEscalated,
    ReferralMarkedInError,
    ReferralRejected,
    ReferralRequested,
)
from services.referrals.place import Accept
from services.referrals.referral import REFERRAL, Alarmed, Based, Draft, Hold
from tests.referrals.test_referral import ABOUT, CITIZEN, ID, RECIPIENT, REPLY_BY, SENDER, STEPS

OTHER: Final = "01890a5d-ac96-774b-bcce-b302099a9004"
DRAFTED: Final = ReferralDrafted(
    **ABOUT,
    referral=ID,
    sender=SENDER,
    recipient="",
    candidates=(RECIPIENT, OTHER),
    purpose="mentoring",
    categories=("family",),
    reason="She asks for a mentor",
)
REQUESTED: Final = ReferralRequested(**ABOUT, bases=("b1", "b2"), reply_by=REPLY_BY)
CLAIMED: Final = ReferralClaimed(**ABOUT, recipient=OTHER, bases=("b2",))
DECLINED: Final = CandidateDeclined(**ABOUT, candidate=RECIPIENT, reason="no_capacity")
HISTORIES: Final[dict[str, tuple[Event, ...]]] = {
    "draft": (DRAFTED,),
    "requested": (DRAFTED, REQUESTED),
    "declined": (DRAFTED, REQUESTED, DECLINED),
    "claimed": (DRAFTED, REQUESTED, CLAIMED),
    "rejected": (
        *(DRAFTED, REQUESTED, DECLINED, CandidateDeclined(**ABOUT, candidate=OTHER, reason="other")),
        ReferralRejected(**ABOUT, reason="other"),
    ),
    "cancelled": (DRAFTED, REQUESTED, ReferralCancelled(**ABOUT, reason="recalled")),
    "entered-in-error": (DRAFTED, ReferralMarkedInError(**ABOUT, reason="duplicate")),
}
CLAIM: Final = Based(referrals.ClaimReferral(referral=ID), ("b2",))
NO: Final = referrals.DeclineReferral(referral=ID, reason="outside_area")


def answer(history: str, command: Any, organisation: str) -> Any:
    return given(REFERRAL, *HISTORIES[history]).when(command, organisation=organisation)


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("command", [CLAIM, NO])
def test_only_a_referral_that_nobody_has_is_taken_or_declined(history: str, command: Any) -> None:
    """By the candidate that has not answered in any history but `claimed` and `rejected`, where it has."""
    outcome = answer(history, command, OTHER)
    to = "accepted" if command is CLAIM else "rejected"
    no = CandidateDeclined(**ABOUT, candidate=OTHER, reason="outside_area")
    match history, to:
        case ("requested" | "declined", "accepted"):
            state = outcome.then(CLAIMED).state
            assert (state.status, state.recipient, state.bases) == ("accepted", OTHER, ("b2",))
        case ("requested" | "declined", _):
            assert outcome.then(no).state.status == "requested"
        case "rejected", _:
            outcome.refused(AlreadyDeclined, referral=ID)
        case _:
            status = "accepted" if history == "claimed" else history
            outcome.refused(StepNotAllowed, referral=ID, status=status, to=to)


@pytest.mark.parametrize("history", HISTORIES)
def test_it_is_rejected_when_all_have_said_no_and_not_before(history: str) -> None:
    answer(history, NobodyTakes("other"), SENDER).then()
    both = (DRAFTED, REQUESTED, DECLINED, CandidateDeclined(**ABOUT, candidate=OTHER, reason="other"))
    outcome = given(REFERRAL, *both).when(NobodyTakes("other")).then(ReferralRejected(**ABOUT, reason="other"))
    assert outcome.state.status == "rejected"


@pytest.mark.parametrize("command", [CLAIM, NO])
def test_who_comes_second_is_told_so(command: Any) -> None:
    answer("claimed", command, RECIPIENT).refused(AlreadyClaimed, referral=ID)
    answer("declined", command, RECIPIENT).refused(AlreadyDeclined, referral=ID)
    answer("requested", command, "01890a5d-ac96-774b-bcce-b302099a9005").refused(ReferralUnknown, referral=ID)


@pytest.mark.parametrize("to", ["received", "accepted", "rejected"])
def test_nobody_answers_as_its_recipient_while_several_are_asked(to: str) -> None:
    answer("requested", STEPS[to][0], RECIPIENT).refused(StepNotAllowed, referral=ID, status="requested", to=to)
    accept = Accept(referrals.AcceptReferral(referral=ID), counted=False)
    answer("requested", accept, RECIPIENT).refused(StepNotAllowed, referral=ID, status="requested", to="accepted")


def test_a_basis_that_goes_takes_it_back_before_it_is_claimed_and_holds_it_after() -> None:
    answer("requested", Hold("b1"), SENDER).then(ReferralCancelled(**ABOUT, reason="consent_withdrawn"))
    assert answer("claimed", Hold("b2"), SENDER).state.status == "on-hold"


def test_its_receipt_is_not_awaited_and_nobody_is_reminded_but_the_sender_is_told() -> None:
    request = Based(referrals.RequestReferral(referral=ID), ("b1", "b2"))
    (event,) = REFERRAL.decide(given(REFERRAL, DRAFTED).state, request, CONTEXT)
    assert isinstance(event, ReferralRequested)
    assert event.acknowledge_by is None
    answer("requested", Alarmed("answer.soon"), SENDER).then()
    (told,) = REFERRAL.decide(given(REFERRAL, DRAFTED, REQUESTED).state, Alarmed("answer.late"), CONTEXT)
    assert isinstance(told, ReferralEscalated)


@pytest.mark.parametrize(
    ("recipient", "service", "candidates"),
    [
        ("", "", []),
        ("", "", [RECIPIENT]),
        ("", "", [RECIPIENT, RECIPIENT]),
        (RECIPIENT, "", [RECIPIENT, OTHER]),
        ("", OTHER, [RECIPIENT, OTHER]),
    ],
)
def test_it_is_plain_whom_a_draft_is_for(recipient: str, service: str, candidates: list[str]) -> None:
    given(REFERRAL).when(drafting(recipient, service, candidates)).refused(RecipientsUnclear)


def test_nobody_asks_itself_among_others() -> None:
    given(REFERRAL).when(drafting("", "", [OTHER, SENDER])).refused(SentToOneself)


def drafting(recipient: str, service: str, candidates: list[str]) -> Draft:
    request = referrals.DraftReferral(
        citizen=CITIZEN,
        recipient=recipient,
        service=service,
        candidates=candidates,
        purpose="mentoring",
        categories=["family"],
        reason="She asks for a mentor",
    )
    return Draft(ID, request)
