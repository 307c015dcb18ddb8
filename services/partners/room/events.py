"""What partners records about room. Of a referral nothing but its id: no event here is about a citizen."""

from datetime import datetime
from typing import ClassVar, Final, Literal

from libs.eventlog import Event
from services.vocabulary import AgeBand, CapacityAnswer, Category


class CapacityDeclared(Event, frozen=True, kw_only=True):
    """HSDS `service_capacity`, as the partner says it is from now on."""

    type: ClassVar[str] = "partners.CapacityDeclared.v1"

    service: str
    organisation: str
    """Whose service it is."""
    unit: str = ""
    """What is counted; empty: places."""
    available: int
    maximum: int = 0
    """Free and taken together; 0: not said."""
    updated: datetime
    fresh_days: int
    """Days for which it holds unless it is declared again."""


class PlaceReserved(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.PlaceReserved.v1"

    service: str
    referral: str
    available: int
    """What is left."""


class PlaceRefused(Event, frozen=True, kw_only=True):
    """There was no room."""

    type: ClassVar[str] = "partners.PlaceRefused.v1"

    service: str
    referral: str


class PlaceReleased(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.PlaceReleased.v1"

    service: str
    referral: str
    available: int


class CapacityAsked(Event, frozen=True, kw_only=True):
    """Whether there is room for somebody, before anybody is named."""

    type: ClassVar[str] = "partners.CapacityAsked.v1"

    question: str
    service: str
    asker: str
    recipient: str
    need: Category | Literal[""] = ""
    age_band: AgeBand | Literal[""] = ""


class CapacityAnswered(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.CapacityAnswered.v1"

    question: str
    answer: CapacityAnswer
    weeks: int = 0
    """How long the wait is; 0: not said."""


EVENTS: Final = (
    CapacityDeclared,
    PlaceReserved,
    PlaceRefused,
    PlaceReleased,
    CapacityAsked,
    CapacityAnswered,
)
