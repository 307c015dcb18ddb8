"""One run of control: which looks, by which rules, how far it has come, what it found. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Decider, Event
from services.consents.control.events import ControlAdvanced, ControlBegun, ControlCompleted
from services.consents.control.rulebook import RULEBOOK
from services.consents.errors import PeriodMalformed


class Place(NamedTuple):
    """An access record in the order in which a run examines them."""

    time: datetime
    position: int


SETTLED: Final = timedelta(seconds=5)
"""After which every look of a time is in the log or was refused: nobody waits longer for it (libs/eventlog)."""
START: Final = Place(datetime.min.replace(tzinfo=UTC), 0)


class Control(msgspec.Struct, frozen=True):
    organisation: str = ""
    """Whose people are controlled; empty: there is no such run."""
    since: datetime = START.time
    until: datetime = START.time
    rules: tuple[str, ...] = ()
    rulebook: str = ""
    place: Place = START
    """The last access record that was examined."""
    examined: int = 0
    found: dict[str, int] = {}
    raised: int = 0
    complete: bool = False


class Stretch(msgspec.Struct, frozen=True):
    """What came of examining the access records from one place to another."""

    start: Place
    end: Place
    examined: int
    found: Mapping[str, int]
    raised: int
    last: bool
    """Nothing of the period is left."""


def decide(control: Control, command: Any, context: Context) -> Sequence[Event]:
    """Raises PeriodMalformed."""
    match command:
        case consents.RunControl():
            return [] if control.organisation else [begun(command, context)]
        case Stretch():
            return [advanced(control, command)] if follows(control, command) else []
    raise TypeError(f"not a command to a run of control: {type(command).__name__}")


def begun(command: consents.RunControl, context: Context) -> ControlBegun:
    period = command.period
    since, until = getattr(period, "from"), period.until
    if not (period.HasField("from") and period.HasField("until")):
        raise PeriodMalformed(problem="of a control has a beginning and an end")
    if until.ToDatetime(UTC) > context.now - SETTLED:
        raise PeriodMalformed(problem=f"is not over since {SETTLED.seconds} seconds: control looks back")
    return ControlBegun(
        controlled=command.organisation,
        since=since.ToDatetime(UTC),
        until=until.ToDatetime(UTC),
        rules=tuple(RULEBOOK.rules),
        rulebook=RULEBOOK.digest,
    )


def follows(control: Control, stretch: Stretch) -> bool:
    """Not so when somebody else has gone on with the run meanwhile: theirs counts."""
    return not control.complete and stretch.start == control.place


def advanced(control: Control, stretch: Stretch) -> ControlAdvanced | ControlCompleted:
    examined, raised = control.examined + stretch.examined, control.raised + stretch.raised
    rules = control.found.keys() | stretch.found.keys()
    found = {rule: control.found.get(rule, 0) + stretch.found.get(rule, 0) for rule in sorted(rules)}
    if stretch.last:
        return ControlCompleted(examined=examined, found=found, raised=raised)
    time, position = stretch.end
    return ControlAdvanced(time=time, position=position, examined=examined, found=found, raised=raised)


def evolve(control: Control, event: Event) -> Control:
    match event:
        case ControlBegun():
            return Control(
                organisation=event.controlled,
                since=event.since,
                until=event.until,
                rules=event.rules,
                rulebook=event.rulebook,
            )
        case ControlAdvanced():
            change: dict[str, Any] = {"place": Place(event.time, event.position)}
        case ControlCompleted():
            change = {"complete": True}
        case _:
            return control
    return msgspec.structs.replace(control, examined=event.examined, found=event.found, raised=event.raised, **change)


CONTROL: Final = Decider(Control, decide, evolve)
