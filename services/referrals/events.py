"""What becomes of a referral."""

from datetime import datetime
from typing import ClassVar, Final, Literal

from libs.eventlog import Event, Personal
from services.vocabulary import CancelReason, Category, Purpose, ReferralOutcome, RejectReason


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


class ReferralRequested(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralRequested.v1"
    bases: tuple[str, ...]
    """The bases in consents that let the recipient be told."""
    reply_by: datetime


class ReferralAccepted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralAccepted.v1"
    note: Personal = ""


class ReferralRejected(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralRejected.v1"
    reason: RejectReason
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
    note: Personal = ""


class ReferralCancelled(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.ReferralCancelled.v1"
    reason: CancelReason


class ReferralHeld(Event, frozen=True, kw_only=True):
    """It waits: the basis it rested on is gone."""

    type: ClassVar[str] = "referrals.ReferralHeld.v1"
    reason: Literal["consent_withdrawn"]
    basis: str


EVENTS: Final = (
    ReferralDrafted,
    ReferralRequested,
    ReferralAccepted,
    ReferralRejected,
    ReferralStarted,
    ContactReported,
    ReferralCompleted,
    ReferralCancelled,
    ReferralHeld,
)
