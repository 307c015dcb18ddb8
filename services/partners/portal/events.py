"""What the portal records. None of it is about a citizen, and none of it names a person."""

from datetime import datetime
from typing import ClassVar, Final

from libs.eventlog import Event
from services.vocabulary import (
    IntroductionAnswer,
    IntroductionOutcome,
    OfferContact,
    OfferDirection,
    PartnerResource,
)


class OfferPublished(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.OfferPublished.v1"

    organisation: str
    direction: OfferDirection
    kind: PartnerResource
    title: str
    description: str = ""
    area: str = ""
    since: datetime | None = None
    until: datetime | None = None
    contact: OfferContact


class OfferChanged(OfferPublished, frozen=True, kw_only=True):
    """The whole of it anew."""

    type: ClassVar[str] = "partners.OfferChanged.v1"


class OfferWithdrawn(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.OfferWithdrawn.v1"

    organisation: str


class IntroductionProposed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.IntroductionProposed.v1"

    broker: str
    parties: tuple[str, str]
    offer: str = ""
    reason: str


class IntroductionAnswered(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.IntroductionAnswered.v1"

    party: str
    answer: IntroductionAnswer


class IntroductionClosed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.IntroductionClosed.v1"

    outcome: IntroductionOutcome


PORTAL_EVENTS: Final = (
    OfferPublished,
    OfferChanged,
    OfferWithdrawn,
    IntroductionProposed,
    IntroductionAnswered,
    IntroductionClosed,
)
