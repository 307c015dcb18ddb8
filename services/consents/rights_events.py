"""What consents records of the rights of GDPR articles 17 and 18, in the citizen's stream."""

from datetime import datetime
from typing import ClassVar

from libs.eventlog import Event
from services.vocabulary import Right, RightOutcome


class RightInvoked(Event, frozen=True, kw_only=True):
    """The citizen asks one controller. One event for each that is asked: none learns of the others."""

    type: ClassVar[str] = "consents.RightInvoked.v1"
    request: str
    """The same for all controllers that were asked at once."""
    right: Right
    controller: str
    invoked: datetime


class RightDecided(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.RightDecided.v1"
    request: str
    right: Right
    controller: str
    outcome: RightOutcome
    ground: str = ""
    """Code in grounds.toml."""
    keys: tuple[str, ...] = ()
    """Those that are destroyed because of it: no others, however often and late that is done."""
    decided: datetime


class RestrictionLifted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.RestrictionLifted.v1"
    request: str
    controller: str
    lifted: datetime
