"""What becomes of a referral. Reasons are the codes of reasons.toml, which an operator may add to."""

from datetime import datetime
from typing import ClassVar, Final, Literal

from libs.eventlog import Event, Personal
from services.vocabulary import (
    Category,
    Country,
    Deadline,
    GoalReached,
    Priority,
    Purpose,
    ReferralOutcome,
    ReplyLinkKind,
    WhatNext,
)


class ReferralDrafted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralDrafted.v1"
    referral: str
    sender: str
    recipient: str
    service: str = ""
    purpose: Purpose
    categories: tuple[Category, ...]
    """What the recipient will be told about."""
    reason: Personal
    priority: Priority = "routine"
    escalate_to: str = ""
    """The sender's unit that is told when nobody answers."""
    part_of: str = ""
    """The referral that its recipient sends on with this one."""
    replaces: str = ""
    """The rejected referral that this one is sent for again."""
    action: str = ""
    """The action of the case's plan that it is made from."""
    candidates: tuple[str, ...] = ()
    """Organisations that are asked at once; the recipient is then whoever claims it first."""
    self_referral: bool = False
    """The citizen asked for it; the sender is then where citizens sign in, and works with nobody."""


class ReferralRequested(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralRequested.v1"
    bases: tuple[str, ...]
    """The bases in consents that let the recipient be told."""
    acknowledge_by: datetime | None = None
    """None in records of the time before a receipt was acknowledged."""
    reply_by: datetime
    """When it is to be accepted or rejected."""
    country: Country = "DK"
    """Whose public holidays the deadlines keep."""


class ReferralReceived(Event, frozen=True, kw_only=True):
    """The recipient has seen it."""

    type: ClassVar[str] = "referrals.ReferralReceived.v1"


class ReferralWaitListed(Event, frozen=True, kw_only=True):
    """The recipient has seen it, has no place now, and keeps it until it has one."""

    type: ClassVar[str] = "referrals.ReferralWaitListed.v1"


class PlaceOffered(Event, frozen=True, kw_only=True):
    """A place is free for one that waits."""

    type: ClassVar[str] = "referrals.PlaceOffered.v1"


class ReferralPlaceAsked(Event, frozen=True, kw_only=True):
    """The recipient takes it if its service has a place; the status stays until that is known."""

    type: ClassVar[str] = "referrals.ReferralPlaceAsked.v1"
    service: str
    reason: str = ""
    note: Personal = ""


class ReferralNotPlaced(Event, frozen=True, kw_only=True):
    """There is no room. It can go on the wait-list, or be rejected."""

    type: ClassVar[str] = "referrals.ReferralNotPlaced.v1"


class ReferralAccepted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralAccepted.v1"
    reason: str = ""
    note: Personal = ""


class ReferralClaimed(Event, frozen=True, kw_only=True):
    """The first of several that were asked has taken it, which is its acceptance."""

    type: ClassVar[str] = "referrals.ReferralClaimed.v1"
    recipient: str
    bases: tuple[str, ...]
    """The bases that let this one be told; those of the others no longer count."""


class CandidateDeclined(Event, frozen=True, kw_only=True):
    """One of several that were asked will not take it."""

    type: ClassVar[str] = "referrals.CandidateDeclined.v1"
    candidate: str
    reason: str


class ReferralRejected(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralRejected.v1"
    reason: str
    note: Personal = ""


class ReferralReadied(Event, frozen=True, kw_only=True):
    """A place and a person are agreed."""

    type: ClassVar[str] = "referrals.ReferralReadied.v1"
    note: Personal = ""


class ReferralStarted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralStarted.v1"
    bases: tuple[str, ...] = ()
    """The bases it rests on from now on, where it was on hold; empty: the same as before."""


class ContactReported(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ContactReported.v1"
    text: Personal


class ReferralCompleted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralCompleted.v1"
    outcome: ReferralOutcome
    contacts: int = 0
    goal: GoalReached | Literal[""] = ""
    next: WhatNext | Literal[""] = ""
    note: Personal = ""


class ReferralFailed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralFailed.v1"
    reason: str
    note: Personal = ""


class ReferralCancelled(Event, frozen=True, kw_only=True):
    """The sender took it back, or the basis it rested on is gone."""

    type: ClassVar[str] = "referrals.ReferralCancelled.v1"
    reason: str


class ReferralHeld(Event, frozen=True, kw_only=True):
    """It waits."""

    type: ClassVar[str] = "referrals.ReferralHeld.v1"
    reason: str
    basis: str = ""
    """The basis that is gone, where that is why."""
    note: Personal = ""


class ReferralMarkedInError(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralMarkedInError.v1"
    reason: str


class ReferralReminded(Event, frozen=True, kw_only=True):
    """The recipient is reminded of a deadline, before it and at it."""

    type: ClassVar[str] = "referrals.ReferralReminded.v1"
    alarm: str
    deadline: Deadline
    at: datetime
    """The deadline itself."""


class ReferralEscalated(Event, frozen=True, kw_only=True):
    """A deadline has passed and nobody answered: the sender's unit is told."""

    type: ClassVar[str] = "referrals.ReferralEscalated.v1"
    alarm: str
    deadline: Deadline
    at: datetime
    """The deadline itself."""
    unit: str = ""
    """Empty: whoever looks after the sender's referrals."""


class ReplyLinkSent(Event, frozen=True, kw_only=True):
    """Written down before it is sent, so that what is sent twice is the same link."""

    type: ClassVar[str] = "referrals.ReplyLinkSent.v1"
    link: str
    kind: ReplyLinkKind
    digest: str
    """SHA-256 of the token, in hex. The token itself is in the mail only."""
    until: datetime


class ReplyLinkAsked(Event, frozen=True, kw_only=True):
    """Whoever held an older link asked for a new one; it goes to the recipient's address."""

    type: ClassVar[str] = "referrals.ReplyLinkAsked.v1"
    kind: ReplyLinkKind


class ReplyLinkUsed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReplyLinkUsed.v1"
    link: str


class ReplyCodeRefused(Event, frozen=True, kw_only=True):
    """Somebody with the link gave a wrong code; at the last try the link is locked."""

    type: ClassVar[str] = "referrals.ReplyCodeRefused.v1"
    link: str


class ReplyLinksRevoked(Event, frozen=True, kw_only=True):
    """By hand. A link is also over when its referral was answered, or taken back, by another way."""

    type: ClassVar[str] = "referrals.ReplyLinksRevoked.v1"


EVENTS: Final = (
    ReferralDrafted,
    ReferralRequested,
    ReferralReceived,
    ReferralWaitListed,
    PlaceOffered,
    ReferralPlaceAsked,
    ReferralNotPlaced,
    ReferralAccepted,
    ReferralClaimed,
    CandidateDeclined,
    ReferralRejected,
    ReferralReadied,
    ReferralStarted,
    ContactReported,
    ReferralCompleted,
    ReferralFailed,
    ReferralCancelled,
    ReferralHeld,
    ReferralMarkedInError,
    ReferralReminded,
    ReferralEscalated,
    ReplyLinkSent,
    ReplyLinkAsked,
    ReplyLinkUsed,
    ReplyCodeRefused,
    ReplyLinksRevoked,
)
