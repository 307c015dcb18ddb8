"""One referral: FHIR R4 Task's states, and who may be told what on which basis. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Context, Decider, Event
from services.referrals.errors import (
    NotUnderWay,
    ReferralUnknown,
    ReplyByPassed,
    SentToOneself,
    StepNotAllowed,
)
from services.referrals.events import (
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
from services.vocabulary import word, words

TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"draft"}),
    "draft": frozenset({"requested", "cancelled"}),
    "requested": frozenset({"accepted", "rejected", "cancelled"}),
    "accepted": frozenset({"in-progress", "on-hold", "cancelled", "completed", "failed"}),
    "in-progress": frozenset({"completed", "failed", "on-hold"}),
    "on-hold": frozenset({"in-progress", "cancelled", "completed", "failed"}),
}
"""From each status to those that may follow (DOMAIN section 3). What is not listed is final."""

REPLY_TIME: Final = 2
"""Working days to acknowledge, where the request says nothing."""


class Referral(msgspec.Struct, frozen=True):
    id: str = ""
    citizen: str = ""
    case: str = ""
    sender: str = ""
    recipient: str = ""
    service: str = ""
    purpose: str = ""
    categories: tuple[str, ...] = ()
    status: str = ""
    reason: str = ""
    outcome: str = ""
    reply_by: datetime | None = None
    bases: tuple[str, ...] = ()


class Draft(msgspec.Struct, frozen=True):
    """DraftReferral, with the id that the referral is given."""

    referral: str
    request: referrals.DraftReferral


class Based(msgspec.Struct, frozen=True):
    """RequestReferral or StartReferral, with the bases that consents found for it."""

    request: referrals.RequestReferral | referrals.StartReferral
    bases: tuple[str, ...]

    @property
    def referral(self) -> str:
        return self.request.referral

    def SerializeToString(self, *, deterministic: bool) -> bytes:  # noqa: N802 -- as a protobuf message
        """What a repetition is known by: what was asked, not what consents answered."""
        return type(self.request).__name__.encode() + self.request.SerializeToString(deterministic=deterministic)


class Hold(msgspec.Struct, frozen=True):
    """A basis that referrals rest on is gone."""

    basis: str


def decide(referral: Referral, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/referrals/errors.py."""
    if isinstance(command, Draft):
        return [drafted(command, context)]
    if not referral.id:
        raise ReferralUnknown(referral=getattr(command, "referral", ""))
    about = about_of(referral)
    match command:
        case Based(request=referrals.RequestReferral() as request):
            become(referral, "requested")
            return [ReferralRequested(**about, bases=command.bases, reply_by=reply_by(request, context.occurred))]
        case referrals.AcceptReferral():
            become(referral, "accepted")
            return [ReferralAccepted(**about, note=command.note)]
        case referrals.RejectReferral():
            become(referral, "rejected")
            return [ReferralRejected(**about, reason=word(command.reason), note=command.note)]
        case Based(request=referrals.StartReferral()):
            become(referral, "in-progress")
            return [ReferralStarted(**about, bases=command.bases)]
        case referrals.ReportContact():
            if referral.status not in ("accepted", "in-progress"):
                raise NotUnderWay(referral=referral.id, status=referral.status)
            return [ContactReported(**about | {"category": command.category}, text=command.text)]
        case referrals.CompleteReferral():
            become(referral, "completed")
            return [ReferralCompleted(**about, outcome=word(command.outcome), note=command.note)]
        case referrals.CancelReferral():
            become(referral, "cancelled")
            return [ReferralCancelled(**about, reason=word(command.reason))]
        case Hold():
            return hold(referral, command)
    raise TypeError(f"not a command to a referral: {type(command).__name__}")


def drafted(command: Draft, context: Context) -> ReferralDrafted:
    request = command.request
    if request.recipient == context.organisation:
        raise SentToOneself
    return ReferralDrafted(
        citizen=request.citizen,
        case=request.case,
        category="referral",
        referral=command.referral,
        sender=context.organisation,
        recipient=request.recipient,
        service=request.service,
        purpose=word(request.purpose),
        categories=words(request.categories),
        reason=request.reason,
    )


def hold(referral: Referral, command: Hold) -> Sequence[Event]:
    """What was not accepted yet is taken back, before anybody reads it; what is under way waits."""
    if referral.status == "requested":
        return [ReferralCancelled(**about_of(referral), reason="consent_withdrawn")]
    if "on-hold" in TRANSITIONS.get(referral.status, ()):
        return [ReferralHeld(**about_of(referral), reason="consent_withdrawn", basis=command.basis)]
    return []


def become(referral: Referral, status: str) -> None:
    if status not in TRANSITIONS.get(referral.status, ()):
        raise StepNotAllowed(referral=referral.id, status=referral.status, to=status)


def reply_by(request: referrals.RequestReferral, asked_at: datetime) -> datetime:
    if not request.HasField("reply_by"):
        return working_days_after(asked_at, REPLY_TIME)
    asked = request.reply_by.ToDatetime(UTC)
    if asked <= asked_at:
        raise ReplyByPassed
    return asked


def working_days_after(start: datetime, days: int) -> datetime:
    """The same hour, `days` Mondays to Fridays later. Public holidays count as working days."""
    time = start
    while days:
        time += timedelta(days=1)
        days -= time.weekday() < 5
    return time


def about_of(referral: Referral) -> dict[str, str]:
    return {"citizen": referral.citizen, "case": referral.case, "category": "referral"}


def evolve(referral: Referral, event: Event) -> Referral:
    change = msgspec.structs.replace
    match event:
        case ReferralDrafted():
            names = ("citizen", "case", "sender", "recipient", "service", "purpose", "categories")
            return Referral(id=event.referral, status="draft", **{name: getattr(event, name) for name in names})
        case ReferralRequested():
            return change(referral, status="requested", bases=event.bases, reply_by=event.reply_by)
        case ReferralAccepted():
            return change(referral, status="accepted")
        case ReferralRejected():
            return change(referral, status="rejected", reason=event.reason)
        case ReferralStarted():
            return change(referral, status="in-progress", reason="", bases=event.bases or referral.bases)
        case ReferralCompleted():
            return change(referral, status="completed", outcome=event.outcome)
        case ReferralCancelled():
            return change(referral, status="cancelled", reason=event.reason)
        case ReferralHeld():
            return change(referral, status="on-hold", reason=event.reason)
    return referral


REFERRAL: Final = Decider(Referral, decide, evolve)
