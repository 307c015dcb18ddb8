"""What control of the access log records: runs, and findings that are assessed and closed."""

from datetime import datetime
from typing import ClassVar, Final

from libs.eventlog import Event, Personal
from services.vocabulary import FindingAssessment, FindingMeasure, Purpose


class ControlBegun(Event, frozen=True, kw_only=True):
    """Somebody has what an organisation's people looked at in a period examined."""

    type: ClassVar[str] = "consents.ControlBegun.v1"
    controlled: str
    """The organisation."""
    since: datetime
    until: datetime
    """Exclusive."""
    rules: tuple[str, ...]
    """Codes of those that were on."""
    rulebook: str
    """SHA-256 of the file with the rules and their parameters, in hex."""


class ControlAdvanced(Event, frozen=True, kw_only=True):
    """The numbers are those of the whole run so far."""

    type: ClassVar[str] = "consents.ControlAdvanced.v1"
    time: datetime
    """Of the last access record examined."""
    position: int
    """Its position in the log."""
    examined: int
    found: dict[str, int]
    """Rule -> looks that it found."""
    raised: int
    """Findings that were not known before."""


class ControlCompleted(Event, frozen=True, kw_only=True):
    """Every access record of the period was examined."""

    type: ClassVar[str] = "consents.ControlCompleted.v1"
    examined: int
    found: dict[str, int]
    raised: int


class FindingRaised(Event, frozen=True, kw_only=True):
    """A rule found a look that somebody must assess. The stream's id follows from the rule and the access record."""

    type: ClassVar[str] = "consents.FindingRaised.v1"
    controlled: str
    """The reader's organisation."""
    rule: str
    access: str
    """Id of the access record."""
    reader: str
    looked: datetime
    purpose: Purpose
    numbers: dict[str, int]
    """What the rule counted."""
    control: str
    """The run that found it first."""


class FindingAssessed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.FindingAssessed.v1"
    assessment: FindingAssessment
    note: Personal = ""


class FindingClosed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.FindingClosed.v1"
    measure: FindingMeasure


CONTROL_EVENTS: Final = (
    ControlBegun,
    ControlAdvanced,
    ControlCompleted,
    FindingRaised,
    FindingAssessed,
    FindingClosed,
)
