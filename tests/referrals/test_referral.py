"""A referral's steps: FHIR R4 Task's states, and what holds it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

import pytest
from hypothesis import given as all_of
from hypothesis import strategies
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Event
from libs.host.times import timestamp
from libs.spec.scenario import CONTEXT, NOW, given
from services.referrals.errors import NotUnderWay, ReferralUnknown, ReplyByPassed, SentToOneself, StepNotAllowed
from services.referrals.events import (
    EVENTS,
    ContactReported,
    ReferralAccepted,
    ReferralCancelled,
    ReferralCompleted,
    ReferralDrafted,
    ReferralHeld,
    ReferralRejected,
    ReferralRequested,
    ReferralStarted,
)
from services.referrals.projections import STATUSES
from services.referrals.referral import REFERRAL, TRANSITIONS, Based, Draft, Hold, working_days_after
from services.vocabulary import ReferralStatus

ID: Final = "01890a5d-ac96-774b-bcce-b302099a9001"
CITIZEN: Final = "01890a5d-ac96-774b-bcce-b302099a9002"
SENDER: Final = CONTEXT.organisation
RECIPIENT: Final = "01890a5d-ac96-774b-bcce-b302099a9003"
REPLY_BY: Final = NOW + timedelta(days=4)  # from a Thursday: Friday, and Monday
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
REQUESTED: Final = ReferralRequested(**ABOUT, bases=("b1",), reply_by=REPLY_BY)
ACCEPTED: Final = ReferralAccepted(**ABOUT)
STARTED: Final = ReferralStarted(**ABOUT)
HELD: Final = ReferralHeld(**ABOUT, reason="consent_withdrawn", basis="b1")
HISTORIES: Final[dict[str, tuple[Event, ...]]] = {
    "draft": (DRAFTED,),
    "requested": (DRAFTED, REQUESTED),
    "accepted": (DRAFTED, REQUESTED, ACCEPTED),
    "rejected": (DRAFTED, REQUESTED, ReferralRejected(**ABOUT, reason="no_capacity")),
    "in-progress": (DRAFTED, REQUESTED, ACCEPTED, STARTED),
    "on-hold": (DRAFTED, REQUESTED, ACCEPTED, HELD),
    "completed": (DRAFTED, REQUESTED, ACCEPTED, ReferralCompleted(**ABOUT, outcome="goal_reached")),
    "cancelled": (DRAFTED, ReferralCancelled(**ABOUT, reason="sent_by_mistake")),
}
STEPS: Final[dict[str, tuple[Any, Event]]] = {
    "requested": (Based(referrals.RequestReferral(referral=ID), ("b1",)), REQUESTED),
    "accepted": (referrals.AcceptReferral(referral=ID), ACCEPTED),
    "rejected": (
        referrals.RejectReferral(referral=ID, reason="no_capacity", note="Full"),
        ReferralRejected(**ABOUT, reason="no_capacity", note="Full"),
    ),
    "in-progress": (
        Based(referrals.StartReferral(referral=ID), ("b2",)),
        ReferralStarted(**ABOUT, bases=("b2",)),
    ),
    "completed": (
        referrals.CompleteReferral(referral=ID, outcome="goal_reached", note="Done"),
        ReferralCompleted(**ABOUT, outcome="goal_reached", note="Done"),
    ),
    "cancelled": (
        referrals.CancelReferral(referral=ID, reason="no_longer_needed"),
        ReferralCancelled(**ABOUT, reason="no_longer_needed"),
    ),
}
"""Status -> the command that asks for it, and what it records."""


def test_the_machine_speaks_fhir() -> None:
    words = set(get_args(ReferralStatus))
    assert {to for after in TRANSITIONS.values() for to in after} | set(TRANSITIONS) - {""} <= words
    assert set(HISTORIES) == words - {"failed", "entered-in-error"}, "no command leads there yet"


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
    if status == "requested":
        outcome.then(ReferralCancelled(**ABOUT, reason="consent_withdrawn"))
    elif status in ("accepted", "in-progress"):
        assert outcome.then(HELD).state.status == "on-hold"
    else:
        outcome.then()


@pytest.mark.parametrize("status", HISTORIES)
def test_contacts_are_reported_while_it_is_under_way(status: str) -> None:
    command = referrals.ReportContact(referral=ID, category="family", text="We met")
    outcome = given(REFERRAL, *HISTORIES[status]).when(command)
    if status in ("accepted", "in-progress"):
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


def test_a_deadline_of_ones_own_lies_ahead_of_the_request() -> None:
    def request(reply_by: datetime) -> Based:
        return Based(referrals.RequestReferral(referral=ID, reply_by=timestamp(reply_by)), ("b1",))

    drafted = given(REFERRAL, DRAFTED)
    drafted.when(request(NOW)).refused(ReplyByPassed)
    (event,) = drafted.when(request(NOW + timedelta(hours=1))).events
    assert event == ReferralRequested(**ABOUT, bases=("b1",), reply_by=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("2026-01-12T09:00", "2026-01-14T09:00"),  # Monday
        ("2026-01-15T09:00", "2026-01-19T09:00"),  # Thursday
        ("2026-01-16T09:00", "2026-01-20T09:00"),  # Friday
        ("2026-01-17T09:00", "2026-01-20T09:00"),  # Saturday
        ("2026-01-18T23:59", "2026-01-20T23:59"),  # Sunday
    ],
)
def test_two_working_days(asked: str, answer: str) -> None:
    def utc(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert working_days_after(utc(asked), 2) == utc(answer)


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


def test_every_event_of_a_step_has_its_status_in_the_lists() -> None:
    assert set(STATUSES) == {event.type for event in EVENTS} - {ReferralDrafted.type, ContactReported.type}
