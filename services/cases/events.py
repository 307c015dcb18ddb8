"""What happens in a case."""

from datetime import datetime
from typing import ClassVar, Final, Literal

from libs.eventlog import Event, Personal
from services.vocabulary import CaseRelation, CaseResult, ParticipantRole, ReferralOutcome, ReferralStatus


class CaseOpened(Event, frozen=True, kw_only=True):
    """The opener's organisation takes part from the start, as coordinator."""

    type: ClassVar[str] = "cases.CaseOpened.v1"
    subject_code: str
    title: Personal
    participant: str
    role: ParticipantRole = "coordinator"
    legal_basis: str
    since: datetime
    named_people: tuple[str, ...] = ()


class ParticipantJoined(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.ParticipantJoined.v1"
    participant: str
    role: ParticipantRole
    legal_basis: str
    since: datetime
    until: datetime | None = None
    named_people: tuple[str, ...] = ()
    """The only members who may see protected entries of the case."""


class ParticipantLeft(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.ParticipantLeft.v1"
    participant: str


class NoteWritten(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.NoteWritten.v1"
    text: Personal


class ActionPlanned(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.ActionPlanned.v1"
    action: str
    title: Personal
    owner: str
    due: datetime


class ActionCompleted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.ActionCompleted.v1"
    action: str


class DecisionRecorded(Event, frozen=True, kw_only=True):
    """An afgørelse, in the words of the law and in plain words."""

    type: ClassVar[str] = "cases.DecisionRecorded.v1"
    legal_text: Personal
    plain_text: Personal
    appeal_deadline: datetime | None = None


class CaseSuspended(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.CaseSuspended.v1"
    reason: Personal


class CaseResumed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.CaseResumed.v1"


class CaseExtended(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.CaseExtended.v1"
    until: datetime


class CaseClosed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.CaseClosed.v1"
    result: CaseResult


class CaseReopened(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.CaseReopened.v1"
    reason: Personal


class CaseLinked(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.CaseLinked.v1"
    other: str
    relation: CaseRelation


class ReferralOutcomeNoted(Event, frozen=True, kw_only=True):
    """What became of a referral made in the case, in the sender's words for it: codes, and no text."""

    type: ClassVar[str] = "cases.ReferralOutcomeNoted.v1"
    referral: str
    sender: str
    recipient: str = ""
    """Empty where nobody took it."""
    status: ReferralStatus
    outcome: ReferralOutcome | Literal[""] = ""
    reason: str = ""
    """A code of referrals' reasons.toml."""
    at: datetime
    """When that happened."""


EVENTS: Final = (
    CaseOpened,
    ParticipantJoined,
    ParticipantLeft,
    NoteWritten,
    ActionPlanned,
    ActionCompleted,
    DecisionRecorded,
    CaseSuspended,
    CaseResumed,
    CaseExtended,
    CaseClosed,
    CaseReopened,
    CaseLinked,
    ReferralOutcomeNoted,
)
