"""A secret address at which calendars read deadlines. Pure."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

import msgspec
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Context, Decider, Event
from services.referrals.errors import CalendarUnknown
from services.vocabulary import CalendarWhose


class CalendarOpened(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.CalendarOpened.v1"
    owner: str
    person: str
    """Who opened it, of the owner's people."""
    whose: CalendarWhose
    digest: str
    """SHA-256 of the token."""


class CalendarClosed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.CalendarClosed.v1"


CALENDAR_EVENTS: Final = (CalendarOpened, CalendarClosed)


class Calendar(msgspec.Struct, frozen=True):
    owner: str = ""
    person: str = ""
    whose: str = ""
    closed: bool = False


class Open(msgspec.Struct, frozen=True):
    whose: CalendarWhose
    digest: str


def theirs(calendar: Calendar, organisation: str, person: str) -> bool:
    """Whether this person may close it: one's own, or one of the organisation."""
    return calendar.owner == organisation != "" and (calendar.whose == "organisation" or calendar.person == person)


def decide(calendar: Calendar, command: Any, context: Context) -> Sequence[Event]:
    match command:
        case Open():
            opened = CalendarOpened(
                owner=context.organisation, person=context.actor, whose=command.whose, digest=command.digest
            )
            return [opened]
        case referrals.CloseCalendar():
            if not theirs(calendar, context.organisation, context.actor):
                raise CalendarUnknown
            return [] if calendar.closed else [CalendarClosed()]
    raise TypeError(f"not a command to a calendar: {type(command).__name__}")


def evolve(calendar: Calendar, event: Event) -> Calendar:
    match event:
        case CalendarOpened():
            return Calendar(event.owner, event.person, event.whose)
        case CalendarClosed():
            return msgspec.structs.replace(calendar, closed=True)
    return calendar


CALENDAR: Final = Decider(Calendar, decide, evolve)
