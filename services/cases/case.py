"""One case: its status, its participants, its actions. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from typing import Any, Final

import msgspec
from samspor.cases.v1 import cases_pb2 as cases

from libs.eventlog import Context, Decider, Event, derived_id
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
    ReferralOutcomeNoted,
)
from services.cases.outcomes import NoteOutcome, note_outcome, outcome_of
from services.cases.period import period_of
from services.cases.state import Action, Case, Link, Participant, about
from services.vocabulary import VOCABULARIES, word


class Opening(msgspec.Struct, frozen=True):
    """OpenCase, with the id that the case is given."""

    case: str
    request: cases.OpenCase


class Linking(msgspec.Struct, frozen=True):
    """LinkCase, with how sensitive the other case is."""

    request: cases.LinkCase
    sensitivity: str

    @property
    def case(self) -> str:
        return self.request.case


class LinkedFrom(msgspec.Struct, frozen=True):
    """Another case was linked to this one."""

    case: str
    other: str
    relation: str
    sensitivity: str


def decide(case: Case, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/cases/errors.py."""
    if isinstance(command, Opening):
        return [opened(command, context)]
    if isinstance(command, NoteOutcome):
        return note_outcome(case, command, context)
    if not case.id:
        raise CaseUnknown(case=command.case)
    if isinstance(command, LinkedFrom):
        return linked_from(case, command)
    return [DECISIONS[type(command)](case, command, context)]


def opened(command: Opening, context: Context) -> CaseOpened:
    request = command.request
    return CaseOpened(
        citizen=request.citizen,
        case=command.case,
        category=request.category or "administrative",
        sensitivity=request.sensitivity or "normal",
        legalbasis=request.legal_basis,
        subject_code=request.subject_code,
        title=request.title,
        participant=context.organisation,
        legal_basis=request.legal_basis,
        since=min(context.occurred, context.now),
        named_people=(context.actor,),
    )


def join(case: Case, command: cases.JoinCase, context: Context) -> ParticipantJoined:
    must_be_open(case)
    if case.takes_part(command.organisation, context.now):
        raise AlreadyTakesPart(organisation=command.organisation)
    since, until = period_of(command.period, context.occurred)
    return ParticipantJoined(
        **about(case),
        participant=command.organisation,
        role=word(command.role),
        legal_basis=command.legal_basis,
        since=since,
        until=until,
        named_people=tuple(command.named_people),
    )


def leave(case: Case, command: cases.LeaveCase, context: Context) -> ParticipantLeft:
    part = must_take_part(case, command.organisation, context)
    others = (key for key in case.participants if key != command.organisation)
    if part.role == "coordinator" and not any(case.coordinates_for_good(other, context.now) for other in others):
        raise LastCoordinator(organisation=command.organisation)
    return ParticipantLeft(**about(case), participant=command.organisation)


def write_note(case: Case, command: cases.WriteNote, _context: Context) -> NoteWritten:
    must_be_open(case)
    return NoteWritten(**about(case, command), text=command.text)


def plan_action(case: Case, command: cases.PlanAction, context: Context) -> ActionPlanned:
    must_be_open(case)
    must_take_part(case, command.owner, context)
    return ActionPlanned(
        **about(case, command),
        action=derived_id(context.command_id, "action"),
        title=command.title,
        owner=command.owner,
        due=command.due.ToDatetime(UTC),
    )


def complete_action(case: Case, command: cases.CompleteAction, _context: Context) -> ActionCompleted:
    must_be_open(case)
    action = case.actions.get(command.action)
    if action is None:
        raise ActionUnknown(action=command.action)
    if action.completed:
        raise ActionCompletedAlready(action=command.action)
    return ActionCompleted(**about(case, action), action=command.action)


def record_decision(case: Case, command: cases.RecordDecision, _context: Context) -> DecisionRecorded:
    must_be_open(case)
    deadline = command.appeal_deadline.ToDatetime(UTC) if command.HasField("appeal_deadline") else None
    return DecisionRecorded(
        **about(case, command),
        legal_text=command.legal_text,
        plain_text=command.plain_text,
        appeal_deadline=deadline,
    )


def suspend(case: Case, command: cases.SuspendCase, _context: Context) -> CaseSuspended:
    must_be_open(case)
    return CaseSuspended(**about(case), reason=command.reason)


def resume(case: Case, _command: cases.ResumeCase, _context: Context) -> CaseResumed:
    if case.status != "suspended":
        raise CaseNotSuspended(case=case.id, status=case.status)
    return CaseResumed(**about(case))


def extend(case: Case, command: cases.ExtendCase, context: Context) -> CaseExtended:
    must_be_open(case)
    until, present = command.until.ToDatetime(UTC), max(case.until or context.occurred, context.occurred)
    if until <= present:
        raise ExtensionNotLater(until=present.isoformat())
    return CaseExtended(**about(case), until=until)


def close(case: Case, command: cases.CloseCase, _context: Context) -> CaseClosed:
    if case.status == "closed":
        raise CaseNotOpen(case=case.id, status=case.status, remedy=REMEDIES[case.status])
    return CaseClosed(**about(case), result=word(command.result))


def reopen(case: Case, command: cases.ReopenCase, _context: Context) -> CaseReopened:
    if case.status != "closed":
        raise CaseNotClosed(case=case.id, status=case.status)
    return CaseReopened(**about(case), reason=command.reason)


def link(case: Case, command: Linking, _context: Context) -> CaseLinked:
    """As sensitive as the more sensitive of the two: that a protected case exists is not told by the other one."""
    must_be_open(case)
    request = command.request
    if request.other == case.id:
        raise LinkedToItself
    if request.other in case.links:
        raise LinkedAlready
    sensitivity = max(case.sensitivity, command.sensitivity, key=VOCABULARIES["sensitivity"].index)
    return CaseLinked(
        **about(case) | {"sensitivity": sensitivity}, other=request.other, relation=word(request.relation)
    )


def linked_from(case: Case, command: LinkedFrom) -> Sequence[CaseLinked]:
    """The same link, seen from the other end. A fact, whatever the status of this case."""
    if command.other in case.links:
        return []
    seen = about(case) | {"sensitivity": command.sensitivity}
    return [CaseLinked(**seen, other=command.other, relation=word(INVERSE[command.relation]))]


INVERSE: Final = {"parent": "child", "child": "parent", "related": "related"}
REMEDIES: Final = {"suspended": "Resume it first.", "closed": "Reopen it first."}


def must_be_open(case: Case) -> None:
    if case.status != "open":
        raise CaseNotOpen(case=case.id, status=case.status, remedy=REMEDIES[case.status])


def must_take_part(case: Case, organisation: str, context: Context) -> Participant:
    part = case.takes_part(organisation, context.now)
    if part is None:
        raise ParticipantUnknown(organisation=organisation)
    return part


DECISIONS: Final[Mapping[type[Any], Callable[[Case, Any, Context], Event]]] = {
    cases.JoinCase: join,
    cases.LeaveCase: leave,
    cases.WriteNote: write_note,
    cases.PlanAction: plan_action,
    cases.CompleteAction: complete_action,
    cases.RecordDecision: record_decision,
    cases.SuspendCase: suspend,
    cases.ResumeCase: resume,
    cases.ExtendCase: extend,
    cases.CloseCase: close,
    cases.ReopenCase: reopen,
    Linking: link,
}


def evolve(case: Case, event: Event) -> Case:
    change = msgspec.structs.replace
    match event:
        case CaseOpened():
            part = Participant(event.role, event.legal_basis, event.since, named_people=event.named_people)
            return Case(
                id=event.case,
                citizen=event.citizen,
                organisation=event.participant,
                subject_code=event.subject_code,
                category=event.category,
                sensitivity=event.sensitivity,
                legal_basis=event.legal_basis,
                opened=event.since,
                participants={event.participant: part},
            )
        case ParticipantJoined():
            part = Participant(event.role, event.legal_basis, event.since, event.until, event.named_people)
            return change(case, participants=case.participants | {event.participant: part})
        case ParticipantLeft():
            rest = {key: part for key, part in case.participants.items() if key != event.participant}
            return change(case, participants=rest)
        case ActionPlanned():
            action = Action(event.owner, event.due, event.category, event.sensitivity)
            return change(case, actions=case.actions | {event.action: action})
        case ActionCompleted():
            done = change(case.actions[event.action], completed=True)
            return change(case, actions=case.actions | {event.action: done})
        case CaseSuspended():
            return change(case, status="suspended")
        case CaseResumed() | CaseReopened():
            return change(case, status="open", result="")
        case CaseExtended():
            return change(case, until=event.until)
        case CaseClosed():
            return change(case, status="closed", result=event.result)
        case CaseLinked():
            return change(case, links=case.links | {event.other: Link(event.relation, event.sensitivity)})
        case ReferralOutcomeNoted():
            return change(case, referrals=case.referrals | {event.referral: outcome_of(event)})
    return case


CASE: Final = Decider(Case, decide, evolve)
