"""What is recorded of an agreement. None of it is about a citizen; names are those of signatories."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from libs.eventlog import Event
from services.vocabulary import AgreementEnding, CollaborationDegree, GoalResult


class Goal(msgspec.Struct, frozen=True):
    title: str
    indicator: str = ""
    """What is counted or seen."""
    target: str = ""


class Commitment(msgspec.Struct, frozen=True):
    organisation: str
    text: str


class Contact(msgspec.Struct, frozen=True):
    organisation: str
    name: str
    email: str = ""
    phone: str = ""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    degree: CollaborationDegree
    purpose: str = ""
    goals: tuple[Goal, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    social_clauses: tuple[str, ...] = ()
    since: datetime
    until: datetime
    """Exclusive."""
    review_dates: tuple[datetime, ...] = ()
    """In order."""
    contacts: tuple[Contact, ...] = ()


class Result(msgspec.Struct, frozen=True):
    goal: str
    """Its title."""
    result: GoalResult
    note: str = ""
    figure: str = ""
    """What the goal's indicator counted."""


class AgreementDrafted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.AgreementDrafted.v1"

    parties: tuple[str, str]
    """Organisations; the first one drafted it."""
    terms: Terms


class AgreementChanged(Event, frozen=True, kw_only=True):
    """Other terms, which nobody has signed; those in force, if any, stay in force until both sides sign these."""

    type: ClassVar[str] = "partners.AgreementChanged.v1"

    party: str
    revision: int
    """Number of the terms, from 1."""
    terms: Terms


class AgreementProposed(Event, frozen=True, kw_only=True):
    """Who proposes terms signs them."""

    type: ClassVar[str] = "partners.AgreementProposed.v1"

    party: str
    revision: int
    person: str
    name: str
    title: str = ""
    """What the person is in the organisation."""


class AgreementSigned(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.AgreementSigned.v1"

    party: str
    revision: int
    person: str
    name: str
    title: str = ""


class AgreementDeclined(Event, frozen=True, kw_only=True):
    """The other side does not sign, or who proposed it takes it back."""

    type: ClassVar[str] = "partners.AgreementDeclined.v1"

    party: str
    note: str = ""


class AgreementCommented(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.AgreementCommented.v1"

    party: str
    note: str


class AgreementActivated(Event, frozen=True, kw_only=True):
    """Both sides have signed."""

    type: ClassVar[str] = "partners.AgreementActivated.v1"

    revision: int


class AgreementReviewBegun(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.AgreementReviewBegun.v1"

    party: str


class AgreementReviewed(Event, frozen=True, kw_only=True):
    """What the two sides found and agreed upon."""

    type: ClassVar[str] = "partners.AgreementReviewed.v1"

    party: str
    agreed: str
    results: tuple[Result, ...] = ()
    due: datetime | None = None
    """The review date that it answers."""


class AgreementRenewed(Event, frozen=True, kw_only=True):
    """Both sides have signed after a review: revision `revision` is in force in place of `supersedes`."""

    type: ClassVar[str] = "partners.AgreementRenewed.v1"

    revision: int
    supersedes: int


class AgreementEnded(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.AgreementEnded.v1"

    party: str
    reason: AgreementEnding
    note: str = ""


AGREEMENT_EVENTS: Final = (
    AgreementDrafted,
    AgreementChanged,
    AgreementProposed,
    AgreementSigned,
    AgreementDeclined,
    AgreementCommented,
    AgreementActivated,
    AgreementReviewBegun,
    AgreementReviewed,
    AgreementRenewed,
    AgreementEnded,
)
