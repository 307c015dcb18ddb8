"""A referral's steps: FHIR R4 Task's states, and what holds it."""

from datetime import timedelta
from typing import Any, Final, get_args

import pytest
from hypothesis import given as all_of
from hypothesis import strategies
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Event
from libs.spec.scenario import CONTEXT, NOW, given
from services.referrals.errors import (
    NotUnderWay,
    NotWaiting,
    ReferralUnknown,
    SentToOneself,
    StepNotAllowed,
    WaitsAlready,
)
from services.referrals.events import (
    ContactReported,
    PlaceOffered,
    ReferralAccepted,
    ReferralCancelled,
    ReferralCompleted,
    ReferralDrafted,
    ReferralFailed,
    ReferralHeld,
    ReferralMarkedInError,
    ReferralReadied,
    ReferralReceived,
    ReferralRejected,
    ReferralRequested,
    ReferralStarted,
    ReferralWaitListed,
)
from services.referrals.link import AWAITED
from services.referrals.referral import REFERRAL, Based, Draft, Hold
from services.referrals.transitions import TRANSITIONS
from services.vocabulary import ReferralStatus

ID: Final = "01890a5d-ac96-774b-bcce-b302099a9001"
CITIZEN: Final = "01890a5d-ac96-774b-bcce-b302099a9002"
SENDER: Final = CONTEXT.organisation
RECIPIENT: Final = "01890a5d-ac96-774b-bcce-b302099a9003"
ABOUT: Final[dict[str, Any]] = {"citizen": CITIZEN, "case": "", "category": "referral"}
DRAFTED: Final = ReferralDrafted(
    **ABOUT,
    referral=ID,
    sender=SENDER,
    recipient=RECIPIENT,
    purpose="mentoring",
    categories=("family", "housing"),
    reason="She asks for a mentor",
)
ACKNOWLEDGE_BY: Final = NOW + timedelta(days=4)  # from a Thursday: Friday, and Monday
REPLY_BY: Final = NOW + timedelta(days=6)
REQUESTED: Final = ReferralRequested(**ABOUT, bases=("b1",), acknowledge_by=ACKNOWLEDGE_BY, reply_by=REPLY_BY)
RECEIVED: Final = ReferralReceived(**ABOUT)
ACCEPTED: Final = ReferralAccepted(**ABOUT)
STARTED: Final = ReferralStarted(**ABOUT)
HELD: Final = ReferralHeld(**ABOUT, reason="consent_withdrawn", basis="b1")
FAILED: Final = ReferralFailed(**ABOUT, reason="not_reached")
HISTORIES: Final[dict[str, tuple[Event, ...]]] = {
    "draft": (DRAFTED,),
    "requested": (DRAFTED, REQUESTED),
    "received": (DRAFTED, REQUESTED, RECEIVED),
    "accepted": (DRAFTED, REQUESTED, ACCEPTED),
    "rejected": (DRAFTED, REQUESTED, ReferralRejected(**ABOUT, reason="no_capacity")),
    "ready": (DRAFTED, REQUESTED, ACCEPTED, ReferralReadied(**ABOUT)),
    "in-progress": (DRAFTED, REQUESTED, ACCEPTED, STARTED),
    "on-hold": (DRAFTED, REQUESTED, ACCEPTED, HELD),
    "completed": (DRAFTED, REQUESTED, ACCEPTED, ReferralCompleted(**ABOUT, outcome="goal_reached")),
    "failed": (DRAFTED, REQUESTED, ACCEPTED, FAILED),
    "cancelled": (DRAFTED, ReferralCancelled(**ABOUT, reason="sent_by_mistake")),
    "entered-in-error": (DRAFTED, ReferralMarkedInError(**ABOUT, reason="duplicate")),
}
STEPS: Final[dict[str, tuple[Any, Event]]] = {
    "requested": (Based(referrals.RequestReferral(referral=ID), ("b1",)), REQUESTED),
    "received": (referrals.AcknowledgeReferral(referral=ID), RECEIVED),
    "accepted": (
        referrals.AcceptReferral(referral=ID, reason="by_agreement", note="Welcome"),
        ReferralAccepted(**ABOUT, reason="by_agreement", note="Welcome"),
    ),
    "rejected": (
        referrals.RejectReferral(referral=ID, reason="no_capacity", note="Full"),
        ReferralRejected(**ABOUT, reason="no_capacity", note="Full"),
    ),
    "ready": (referrals.ReadyReferral(referral=ID, note="Bo"), ReferralReadied(**ABOUT, note="Bo")),
    "in-progress": (
        Based(referrals.StartReferral(referral=ID), ("b2",)),
        ReferralStarted(**ABOUT, bases=("b2",)),
    ),
    "on-hold": (
        referrals.HoldReferral(referral=ID, reason="citizen_ill", note="Flu"),
        ReferralHeld(**ABOUT, reason="citizen_ill", note="Flu"),
    ),
    "completed": (
        referrals.CompleteReferral(referral=ID, outcome="partly_reached", next="sender_follows_up", note="Done"),
        ReferralCompleted(**ABOUT, outcome="partly_reached", goal="partly", next="sender_follows_up", note="Done"),
    ),
    "failed": (
        referrals.FailReferral(referral=ID, reason="unsafe", note="Threats"),
        ReferralFailed(**ABOUT, reason="unsafe", note="Threats"),
    ),
    "cancelled": (
        referrals.CancelReferral(referral=ID, reason="recalled"),
        ReferralCancelled(**ABOUT, reason="recalled"),
    ),
    "entered-in-error": (
        referrals.MarkReferralInError(referral=ID, reason="wrong_citizen"),
        ReferralMarkedInError(**ABOUT, reason="wrong_citizen"),
    ),
}
"""Status -> the command that asks for it, and what it records."""


def test_the_machine_speaks_fhir() -> None:
    words = set(get_args(ReferralStatus))
    assert set(TRANSITIONS) - {""} == set(HISTORIES) == words
    assert {to for after in TRANSITIONS.values() for to in after} == words
    assert set(STEPS) == words - {"draft"}


@pytest.mark.parametrize("status", HISTORIES)
def test_a_history_ends_in_its_status(status: str) -> None:
    assert given(REFERRAL, *HISTORIES[status]).state.status == status


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize("to", STEPS)
def test_a_step_is_taken_or_refused_as_the_machine_says(status: str, to: str) -> None:
    command, recorded = STEPS[to]
    outcome = given(REFERRAL, *HISTORIES[status]).when(command)
    if to in TRANSITIONS.get(status, ()):
        assert outcome.then(recorded).state.status == to
    else:
        outcome.refused(StepNotAllowed, referral=ID, status=status, to=to)


@pytest.mark.parametrize("status", HISTORIES)
def test_what_rests_on_a_withdrawn_consent_stops(status: str) -> None:
    outcome = given(REFERRAL, *HISTORIES[status]).when(Hold("b1"))
    if status in ("requested", "received"):
        outcome.then(ReferralCancelled(**ABOUT, reason="consent_withdrawn"))
    elif status in ("accepted", "ready", "in-progress"):
        assert outcome.then(HELD).state.status == "on-hold"
    else:
        outcome.then()


@pytest.mark.parametrize("status", HISTORIES)
def test_contacts_are_reported_while_it_is_under_way(status: str) -> None:
    command = referrals.ReportContact(referral=ID, category="family", text="We met")
    outcome = given(REFERRAL, *HISTORIES[status]).when(command)
    if status in ("accepted", "ready", "in-progress"):
        outcome.then(ContactReported(**ABOUT | {"category": "family"}, text="We met"))
    else:
        outcome.refused(NotUnderWay, referral=ID, status=status)


@pytest.mark.parametrize("command", [*(command for command, _ in STEPS.values()), Hold("b1")])
def test_nothing_is_known_of_a_referral_that_nobody_drafted(command: Any) -> None:
    given(REFERRAL).when(command).refused(ReferralUnknown)


def draft(**changes: Any) -> Draft:
    fields = {
        "citizen": CITIZEN,
        "recipient": RECIPIENT,
        "purpose": "mentoring",
        "categories": ["family", "housing", "family"],
        "reason": "She asks for a mentor",
    }
    return Draft(ID, referrals.DraftReferral(**fields | changes))


def test_a_draft_names_each_category_once() -> None:
    given(REFERRAL).when(draft()).then(DRAFTED)


def test_nobody_refers_to_oneself() -> None:
    given(REFERRAL).when(draft(recipient=SENDER)).refused(SentToOneself)


def test_what_goes_on_rests_on_what_consents_found_then() -> None:
    command, _ = STEPS["in-progress"]
    held = given(REFERRAL, *HISTORIES["on-hold"])
    assert held.state.reason == "consent_withdrawn"
    state = held.when(command).state
    assert (state.bases, state.reason) == (("b2",), "")
    assert given(REFERRAL, *HISTORIES["in-progress"]).state.bases == ("b1",)


@pytest.mark.parametrize("status", HISTORIES)
def test_what_is_awaited_can_be_put_on_the_wait_list(status: str) -> None:
    outcome = given(REFERRAL, *HISTORIES[status]).when(referrals.WaitListReferral(referral=ID))
    if status in AWAITED:
        state = outcome.then(ReferralWaitListed(**ABOUT)).state
        assert (state.status, state.business_status) == ("received", "waitlisted")
    else:
        outcome.refused(StepNotAllowed, referral=ID, status=status, to="received")


@pytest.mark.parametrize("status", HISTORIES)
def test_a_place_is_offered_to_one_that_waits(status: str) -> None:
    given(REFERRAL, *HISTORIES[status]).when(referrals.OfferPlace(referral=ID)).refused(NotWaiting, referral=ID)


def test_from_the_wait_list_to_a_place() -> None:
    waiting = given(REFERRAL, *HISTORIES["requested"], ReferralWaitListed(**ABOUT))
    waiting.when(referrals.WaitListReferral(referral=ID)).refused(WaitsAlready, referral=ID)
    assert (
        waiting.when(referrals.OfferPlace(referral=ID)).then(PlaceOffered(**ABOUT)).state.business_status == "offered"
    )
    offered = given(REFERRAL, *HISTORIES["requested"], ReferralWaitListed(**ABOUT), PlaceOffered(**ABOUT))
    assert offered.when(referrals.AcceptReferral(referral=ID)).state.business_status == ""


def test_the_outcome_counts_the_contacts_that_were_reported() -> None:
    reported = [ContactReported(**ABOUT, text="")] * 3
    under_way = given(REFERRAL, *HISTORIES["in-progress"], *reported)
    (event,) = under_way.when(referrals.CompleteReferral(referral=ID, outcome="citizen_stopped")).events
    assert event == ReferralCompleted(**ABOUT, outcome="citizen_stopped", contacts=3, goal="no")
    own = referrals.CompleteReferral(referral=ID, outcome="not_reached", contacts=5, goal="partly")
    assert under_way.when(own).state.contacts == 5


@all_of(strategies.lists(strategies.sampled_from([*STEPS, "hold"]), max_size=12))
def test_no_way_leads_out_of_the_machine(steps: list[str]) -> None:
    """Whatever is tried in whatever order, each change of status is one of TRANSITIONS."""
    events: tuple[Event, ...] = (DRAFTED,)
    for step in steps:
        before = given(REFERRAL, *events).state.status
        outcome = given(REFERRAL, *events).when(Hold("b1") if step == "hold" else STEPS[step][0])
        if outcome.events:
            assert outcome.state.status in TRANSITIONS[before]
        events += outcome.events
