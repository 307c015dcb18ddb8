"""What may be done with a case, and when."""

from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from samspor.cases.v1 import cases_pb2 as cases

from libs.eventlog import Event, derived_id
from libs.host.times import period, timestamp
from libs.spec.scenario import CONTEXT, NOW, given
from services.cases.case import CASE, DECISIONS, LinkedFrom, Linking, Opening
from services.cases.errors import (
    ActionCompletedAlready,
    ActionUnknown,
    AlreadyTakesPart,
    CaseNotClosed,
    CaseNotOpen,
    CaseNotSuspended,
    CaseUnknown,
    ExtensionNotLater,
    LastCoordinator,
    LinkedAlready,
    LinkedToItself,
    ParticipantUnknown,
    PeriodMalformed,
)
from services.cases.events import (
    ActionCompleted,
    ActionPlanned,
    CaseClosed,
    CaseExtended,
    CaseLinked,
    CaseOpened,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    DecisionRecorded,
    NoteWritten,
    ParticipantJoined,
    ParticipantLeft,
)

ID: Final = "01890a5d-ac96-774b-bcce-b302099a8001"
OTHER: Final = "01890a5d-ac96-774b-bcce-b302099a8002"
CITIZEN: Final = "01890a5d-ac96-774b-bcce-b302099a8003"
OWN: Final = CONTEXT.organisation
SCHOOL: Final = "01890a5d-ac96-774b-bcce-b302099a8004"
ACTION: Final = derived_id(CONTEXT.command_id, "action")
DAY: Final = timedelta(days=1)
ABOUT: Final[dict[str, Any]] = {"citizen": CITIZEN, "case": ID, "legalbasis": "serviceloven-141"}
OPENED: Final = CaseOpened(
    **ABOUT,
    subject_code="27.24.00",
    title="Help",
    participant=OWN,
    legal_basis="serviceloven-141",
    since=NOW - 30 * DAY,
    named_people=(CONTEXT.actor,),
)
JOINED: Final = ParticipantJoined(
    **ABOUT, participant=SCHOOL, role="contributor", legal_basis="barnets-lov-133", since=NOW - DAY
)
PLANNED: Final = ActionPlanned(**ABOUT, action=ACTION, title="Visit", owner=OWN, due=NOW + DAY)
SUSPENDED: Final = CaseSuspended(**ABOUT, reason="Away")
CLOSED: Final = CaseClosed(**ABOUT, result="moved")


def at(days: int) -> Timestamp:
    return timestamp(NOW + days * DAY)


def linking(other: str = OTHER, relation: str = "parent", sensitivity: str = "normal") -> Linking:
    return Linking(cases.LinkCase(case=ID, other=other, relation=relation), sensitivity)


NOTE: Final = cases.WriteNote(case=ID, category="family", text="A visit")
COMMANDS: Final[dict[str, tuple[Any, Event]]] = {
    "join": (
        cases.JoinCase(case=ID, organisation=SCHOOL, role="contributor", legal_basis="barnets-lov-133"),
        msgspec.structs.replace(JOINED, since=NOW),
    ),
    "leave": (cases.LeaveCase(case=ID, organisation=SCHOOL), ParticipantLeft(**ABOUT, participant=SCHOOL)),
    "note": (NOTE, NoteWritten(**ABOUT, category="family", text="A visit")),
    "plan": (cases.PlanAction(case=ID, title="Visit", owner=OWN, due=at(1)), PLANNED),
    "complete": (cases.CompleteAction(case=ID, action=ACTION), ActionCompleted(**ABOUT, action=ACTION)),
    "decide": (
        cases.RecordDecision(case=ID, category="economy", legal_text="s. 1", plain_text="Yes", appeal_deadline=at(28)),
        DecisionRecorded(
            **ABOUT, category="economy", legal_text="s. 1", plain_text="Yes", appeal_deadline=NOW + 28 * DAY
        ),
    ),
    "suspend": (cases.SuspendCase(case=ID, reason="Away"), SUSPENDED),
    "resume": (cases.ResumeCase(case=ID), CaseResumed(**ABOUT)),
    "extend": (cases.ExtendCase(case=ID, until=at(60)), CaseExtended(**ABOUT, until=NOW + 60 * DAY)),
    "close": (cases.CloseCase(case=ID, result="moved"), CLOSED),
    "reopen": (cases.ReopenCase(case=ID, reason="Back"), CaseReopened(**ABOUT, reason="Back")),
    "link": (linking(), CaseLinked(**ABOUT, other=OTHER, relation="parent")),
}
"""Each command to a case, and what it records where it is allowed."""
HISTORIES: Final[dict[str, tuple[Event, ...]]] = {
    "open": (OPENED, PLANNED),
    "suspended": (OPENED, PLANNED, SUSPENDED),
    "closed": (OPENED, PLANNED, CLOSED),
}
ALLOWED: Final = {
    "open": {"join", "leave", "note", "plan", "complete", "decide", "suspend", "extend", "close", "link"},
    "suspended": {"leave", "resume", "close"},
    "closed": {"leave", "reopen"},
}
"""What is allowed in each status; all else is refused."""


def history(status: str, name: str) -> tuple[Event, ...]:
    """One in which nothing but the status can be in the command's way."""
    first, *rest = HISTORIES[status]
    return (first, JOINED, *rest) if name == "leave" else (first, *rest)


def test_the_table_names_every_command() -> None:
    assert {type(command) for command, _ in COMMANDS.values()} == set(DECISIONS)


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_status_allows_or_refuses(status: str, name: str) -> None:
    command, recorded = COMMANDS[name]
    outcome = given(CASE, *history(status, name)).when(command)
    if name in ALLOWED[status]:
        outcome.then(recorded)
    else:
        refusal = {"resume": CaseNotSuspended, "reopen": CaseNotClosed}.get(name, CaseNotOpen)
        outcome.refused(refusal, case=ID, status=status)


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_known_of_a_case_that_nobody_opened(name: str) -> None:
    given(CASE).when(COMMANDS[name][0]).refused(CaseUnknown, case=ID)


def test_opening_makes_the_opener_coordinator_and_the_only_named_person() -> None:
    request = cases.OpenCase(
        citizen=CITIZEN, subject_code="27.24.00", title="Help", legal_basis="serviceloven-141", sensitivity="protected"
    )
    opened = msgspec.structs.replace(OPENED, since=NOW - DAY, sensitivity="protected")
    outcome = given(CASE).when(Opening(ID, request), occurred=NOW - DAY).then(opened)
    case = outcome.state
    assert case.role_of(OWN, NOW) == "coordinator"
    assert case.is_known_to(OWN, CONTEXT.actor, NOW)
    assert not case.is_known_to(OWN, "somebody else", NOW)


def test_a_case_said_to_be_opened_in_a_minute_is_open_now() -> None:
    request = cases.OpenCase(citizen=CITIZEN, subject_code="27.24.00", title="Help", legal_basis="serviceloven-141")
    case = given(CASE).when(Opening(ID, request), occurred=NOW + timedelta(minutes=1)).state
    assert case.role_of(OWN, NOW) == "coordinator"


def test_who_takes_part_does_not_join_again() -> None:
    given(CASE, OPENED, JOINED).when(COMMANDS["join"][0]).refused(AlreadyTakesPart, organisation=SCHOOL)


def test_who_will_take_part_does_not_join_again() -> None:
    awaited = msgspec.structs.replace(JOINED, since=NOW + DAY)
    given(CASE, OPENED, awaited).when(COMMANDS["join"][0]).refused(AlreadyTakesPart, organisation=SCHOOL)


@pytest.mark.parametrize(
    "gone", [(msgspec.structs.replace(JOINED, until=NOW),), (JOINED, ParticipantLeft(**ABOUT, participant=SCHOOL))]
)
def test_who_took_part_once_may_join_again(gone: tuple[Event, ...]) -> None:
    command, joined = COMMANDS["join"]
    given(CASE, OPENED, *gone).when(command).then(joined)


def test_somebody_joins_for_a_period() -> None:
    command = cases.JoinCase(case=ID, organisation=SCHOOL, role="adviser", legal_basis="barnets-lov-133")
    command.period.CopyFrom(period(NOW + DAY, NOW + 2 * DAY))
    case = given(CASE, OPENED).when(command).state
    days = [case.role_of(SCHOOL, NOW + day * DAY) for day in range(3)]
    assert days == ["", "adviser", ""]


def test_a_period_that_is_over_when_it_begins_is_refused() -> None:
    command = cases.JoinCase(case=ID, organisation=SCHOOL, role="adviser", legal_basis="barnets-lov-133")
    command.period.CopyFrom(period(None, NOW))
    given(CASE, OPENED).when(command).refused(PeriodMalformed)


@pytest.mark.parametrize("who", [OTHER, SCHOOL])
def test_who_takes_no_part_cannot_leave_nor_own_an_action(who: str) -> None:
    over = given(CASE, OPENED, msgspec.structs.replace(JOINED, until=NOW))
    over.when(cases.LeaveCase(case=ID, organisation=who)).refused(ParticipantUnknown, organisation=who)
    over.when(cases.PlanAction(case=ID, title="Visit", owner=who, due=at(1))).refused(ParticipantUnknown)


def test_the_last_coordinator_stays() -> None:
    leave = cases.LeaveCase(case=ID, organisation=OWN)
    second = msgspec.structs.replace(JOINED, role="coordinator")
    given(CASE, OPENED, JOINED).when(leave).refused(LastCoordinator, organisation=OWN)
    given(CASE, OPENED, second).when(leave).then(ParticipantLeft(**ABOUT, participant=OWN))
    for elsewhen in ({"until": NOW}, {"until": NOW + DAY}, {"since": NOW + DAY}):
        not_now = msgspec.structs.replace(second, **elsewhen)
        given(CASE, OPENED, not_now).when(leave).refused(LastCoordinator, organisation=OWN)


def test_an_action_is_completed_once() -> None:
    command, completed = COMMANDS["complete"]
    given(CASE, OPENED).when(command).refused(ActionUnknown, action=ACTION)
    given(CASE, OPENED, PLANNED, completed).when(command).refused(ActionCompletedAlready, action=ACTION)


def test_an_extension_ends_later_than_what_there_was() -> None:
    extended = CaseExtended(**ABOUT, until=NOW + 60 * DAY)
    command = cases.ExtendCase(case=ID, until=at(60))
    given(CASE, OPENED, extended).when(command).refused(ExtensionNotLater, until=(NOW + 60 * DAY).isoformat())
    over = CaseExtended(**ABOUT, until=NOW - DAY)
    given(CASE, OPENED, over).when(cases.ExtendCase(case=ID, until=at(0))).refused(ExtensionNotLater)


def test_a_case_that_is_reopened_has_no_result() -> None:
    state = given(CASE, OPENED, CLOSED).when(COMMANDS["reopen"][0]).state
    assert (state.status, state.result) == ("open", "")


PROTECTED: Final = msgspec.structs.replace(OPENED, sensitivity="protected")


@pytest.mark.parametrize("name", sorted(ALLOWED["open"] - {"leave"}))
def test_what_happens_in_a_protected_case_is_protected(name: str) -> None:
    planned = msgspec.structs.replace(PLANNED, sensitivity="protected")
    (event,) = given(CASE, PROTECTED, planned).when(COMMANDS[name][0]).events
    assert event.sensitivity == "protected"


def test_a_note_may_say_that_it_is_less_sensitive() -> None:
    note = cases.WriteNote(case=ID, category="family", text="Moved", sensitivity="normal")
    given(CASE, PROTECTED).when(note).then(NoteWritten(**ABOUT, category="family", text="Moved"))


def test_a_case_is_linked_to_another_once() -> None:
    given(CASE, OPENED).when(linking(other=ID)).refused(LinkedToItself)
    given(CASE, OPENED, CaseLinked(**ABOUT, other=OTHER, relation="child")).when(linking()).refused(LinkedAlready)


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize(("relation", "back"), [("parent", "child"), ("child", "parent"), ("related", "related")])
def test_a_link_is_seen_from_the_other_end_whatever_its_status(status: str, relation: str, back: Any) -> None:
    command = LinkedFrom(ID, OTHER, relation, "confidential")
    link = CaseLinked(**ABOUT, sensitivity="confidential", other=OTHER, relation=back)
    outcome = given(CASE, *HISTORIES[status]).when(command).then(link)
    given(CASE, *HISTORIES[status], *outcome.events).when(command).then()


@pytest.mark.parametrize(
    ("own", "other", "link"),
    [("normal", "normal", "normal"), ("normal", "protected", "protected"), ("confidential", "open", "confidential")],
)
def test_a_link_is_as_sensitive_as_the_more_sensitive_of_the_two(own: str, other: str, link: str) -> None:
    opened = msgspec.structs.replace(OPENED, sensitivity=own)
    (event,) = given(CASE, opened).when(linking(sensitivity=other)).events
    assert event.sensitivity == link
