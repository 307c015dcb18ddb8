"""One referral: FHIR R4 Task's states, and who may be told what on which basis. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import ABOUT, Context, Decider, Event
from services.referrals.claiming import (
    ANSWERS,
    NobodyTakes,
    asked_of_many,
    check_recipients,
    claimed,
    declined,
    nobody_takes,
)
from services.referrals.deadlines import DEFAULT, deadlines
from services.referrals.errors import (
    NotUnderWay,
    NotWaiting,
    ReferralUnknown,
    SentToOneself,
    StepNotAllowed,
    WaitsAlready,
)
from services.referrals.events import (
    CandidateDeclined,
    ContactReported,
    PlaceOffered,
    ReferralCancelled,
    ReferralClaimed,
    ReferralDrafted,
    ReferralEscalated,
    ReferralHeld,
    ReferralReminded,
)
from services.referrals.link import AWAITED, ByLink, Link, decide_link, evolve_links
from services.referrals.link import COMMANDS as LINK_COMMANDS
from services.referrals.link import EVENTS as LINK_EVENTS
from services.referrals.place import Accept, Placed, accept, place_after, placed
from services.referrals.self_referral import Help, ask_for_help
from services.referrals.transitions import BUSINESS, STATUSES, STEPS, TRANSITIONS
from services.vocabulary import word, words

REPORTABLE: Final = ("accepted", "ready", "in-progress")
"""Contacts are reported."""
GOALS: Final = {"goal_reached": "yes", "partly_reached": "partly"}
"""What an outcome says of the goal; otherwise it was not reached."""
KEPT: Final = ("bases", "acknowledge_by", "reply_by", "country", "outcome", "contacts", "goal", "next")
"""What a step may set and no later step takes away."""


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
    acknowledge_by: datetime | None = None
    reply_by: datetime | None = None
    country: str = DEFAULT
    escalated: bool = False
    bases: tuple[str, ...] = ()
    priority: str = "routine"
    escalate_to: str = ""
    part_of: str = ""
    replaces: str = ""
    business_status: str = ""
    contacts: int = 0
    """Reported; once it is completed, as its recipient counts them."""
    goal: str = ""
    next: str = ""
    links: tuple[Link, ...] = ()
    place: str = ""
    """asked, held or no_room; empty where no place was needed, or it is over."""
    reason_to_accept: str = ""
    """Of the acceptance that waits for a place."""
    candidates: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    """Of the candidates."""
    self_referral: bool = False


class Draft(msgspec.Struct, frozen=True):
    """DraftReferral, with the id that the referral is given."""

    referral: str
    request: referrals.DraftReferral


class Based(msgspec.Struct, frozen=True):
    """RequestReferral, ClaimReferral or StartReferral, with the bases that consents found for it."""

    request: referrals.RequestReferral | referrals.ClaimReferral | referrals.StartReferral
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


class Alarmed(msgspec.Struct, frozen=True):
    """An alarm is due: `acknowledge` or `answer`, a dot, and `soon`, `due` or `late`."""

    kind: str


def decide(referral: Referral, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/referrals/errors.py."""
    if isinstance(command, Draft):
        return [drafted(command, context)]
    if isinstance(command, Help):
        return ask_for_help(referral, command, context)
    if not referral.id:
        raise ReferralUnknown(referral=getattr(command, "referral", ""))
    if isinstance(command, LINK_COMMANDS):
        used = decide_link(referral, command, context)
        return [*used, *(decide(referral, step_of(command), context) if isinstance(command, ByLink) else ())]
    if isinstance(command, Hold):
        return hold(referral, command)
    if isinstance(command, NobodyTakes):
        return nobody_takes(referral, command, about_of(referral))
    if isinstance(command, Placed):
        return placed(referral, command, about_of(referral))
    if isinstance(command, Accept):
        become(referral, "accepted")
        return accept(referral, command, about_of(referral))
    if isinstance(command, Alarmed):
        return alarmed(referral, command)
    if isinstance(command, referrals.ReportContact):
        return [contact(referral, command)]
    if isinstance(command, referrals.OfferPlace):
        if referral.business_status != "waitlisted":
            raise NotWaiting(referral=referral.id)
        return [PlaceOffered(**about_of(referral))]
    asked, bases = (command.request, command.bases) if isinstance(command, Based) else (command, ())
    if isinstance(asked, referrals.ClaimReferral):
        taken = claimed(referral, bases, about_of(referral), context.organisation)
        become(msgspec.structs.replace(referral, recipient=context.organisation), "accepted")
        return taken
    if isinstance(asked, referrals.DeclineReferral):
        said_no = declined(referral, asked, about_of(referral), context.organisation)
        become(msgspec.structs.replace(referral, recipient=context.organisation), "rejected")
        return said_no
    if type(asked) not in STEPS:
        raise TypeError(f"not a command to a referral: {type(asked).__name__}")
    status, event = STEPS[type(asked)]
    if isinstance(asked, referrals.WaitListReferral) and referral.status == status:
        if referral.business_status:
            raise WaitsAlready(referral=referral.id)
    else:
        become(referral, status)
    return [event(**about_of(referral) | said(asked, event) | details(referral, asked, bases, context))]


def step_of(command: ByLink) -> Any:
    """An acceptance by a link needs a place as any other does."""
    accepts = isinstance(command.step, referrals.AcceptReferral)
    return Accept(command.step, command.counted) if accepts else command.step


def said(command: Any, event: type[Event]) -> dict[str, Any]:
    """The command's words that its event repeats."""
    own = set(event.__struct_fields__) - set(ABOUT)
    return {field.name: getattr(command, field.name) for field in command.DESCRIPTOR.fields if field.name in own}


def details(referral: Referral, command: Any, bases: tuple[str, ...], context: Context) -> dict[str, Any]:
    """What an event says beside the command's words."""
    match command:
        case referrals.RequestReferral():
            return {
                "bases": bases,
                "country": word(command.country or DEFAULT),
                **deadlines(command, context.occurred)._asdict(),
                **({"acknowledge_by": None} if asked_of_many(referral) else {}),
            }
        case referrals.StartReferral():
            return {"bases": bases}
        case referrals.CompleteReferral():
            return {
                "contacts": command.contacts if command.HasField("contacts") else referral.contacts,
                "goal": command.goal or GOALS.get(command.outcome, "no"),
            }
    return {}


def drafted(command: Draft, context: Context) -> ReferralDrafted:
    request = command.request
    check_recipients(request)
    if context.organisation in (request.recipient, *request.candidates):
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
        priority=word(request.priority or "routine"),
        escalate_to=request.escalate_to,
        part_of=request.part_of,
        replaces=request.replaces,
        action=request.action,
        candidates=tuple(request.candidates),
    )


def contact(referral: Referral, command: referrals.ReportContact) -> ContactReported:
    if referral.status not in REPORTABLE:
        raise NotUnderWay(referral=referral.id, status=referral.status)
    return ContactReported(**about_of(referral) | {"category": command.category}, text=command.text)


def hold(referral: Referral, command: Hold) -> Sequence[Event]:
    """What was not accepted yet is taken back, before anybody reads it; what is under way waits."""
    if referral.status in AWAITED:
        return [ReferralCancelled(**about_of(referral), reason="consent_withdrawn")]
    if "on-hold" in TRANSITIONS.get(referral.status, ()):
        return [ReferralHeld(**about_of(referral), reason="consent_withdrawn", basis=command.basis)]
    return []


def alarmed(referral: Referral, command: Alarmed) -> Sequence[Event]:
    """Nothing where the step was taken meanwhile."""
    deadline, _, when = command.kind.partition(".")
    awaited = {"acknowledge": ("requested",), "answer": AWAITED}[deadline]
    at = {"acknowledge": referral.acknowledge_by, "answer": referral.reply_by}[deadline]
    if referral.status not in awaited or at is None or (when != "late" and asked_of_many(referral)):
        return []
    about: dict[str, Any] = {**about_of(referral), "alarm": command.kind, "deadline": word(deadline), "at": at}
    return [ReferralEscalated(**about, unit=referral.escalate_to) if when == "late" else ReferralReminded(**about)]


def become(referral: Referral, status: str) -> None:
    answered = asked_of_many(referral) and status in ANSWERS
    if answered or status not in TRANSITIONS.get(referral.status, ()):
        raise StepNotAllowed(referral=referral.id, status=referral.status, to=status)


def about_of(referral: Referral) -> dict[str, str]:
    return {"citizen": referral.citizen, "case": referral.case, "category": "referral"}


def evolve(referral: Referral, event: Event) -> Referral:
    change = msgspec.structs.replace
    if isinstance(event, ReferralDrafted):
        names = [name for name in Referral.__struct_fields__ if name != "reason" and hasattr(event, name)]
        return Referral(id=event.referral, status="draft", **{name: getattr(event, name) for name in names})
    if isinstance(event, LINK_EVENTS):
        return change(referral, links=evolve_links(referral.links, event))
    if isinstance(event, ContactReported):
        return change(referral, contacts=referral.contacts + 1)
    if isinstance(event, CandidateDeclined):
        return change(referral, declined=(*referral.declined, event.candidate))
    if isinstance(event, ReferralClaimed):
        referral = change(referral, recipient=event.recipient)
    status = STATUSES.get(event.type, referral.status)
    referral = change(referral, **place_after(referral, event, status))
    if event.type not in STATUSES:
        business, escalated = BUSINESS.get(event.type, referral.business_status), isinstance(event, ReferralEscalated)
        return change(referral, business_status=business, escalated=referral.escalated or escalated)
    kept = {name: value for name in KEPT if (value := getattr(event, name, None))}
    reason, business = getattr(event, "reason", ""), BUSINESS.get(event.type, "")
    return change(referral, status=status, reason=reason, business_status=business, escalated=False, **kept)


REFERRAL: Final = Decider(Referral, decide, evolve)
