"""One command from its stream's state to recorded events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from eventsourcing.persistence import EventStore

from libs.eventlog.append import Command, CommandRepeated, Result, VersionTaken
from libs.eventlog.codec import decode_head
from libs.eventlog.datastore import Datastore
from libs.eventlog.decider import Context, Decider
from libs.eventlog.event import Event
from libs.eventlog.loaded import Loaded
from libs.eventlog.refusal import CommandReused, Refusal, VersionStale
from libs.eventlog.stamp import stamped
from libs.eventlog.states import States
from libs.eventlog.turns import Turns

State = TypeVar("State")
C = TypeVar("C")

ATTEMPTS: Final = 40
"""Times a command is decided when other processes keep changing its stream first."""

RESULT: Final = "SELECT stream::text, version, position, fingerprint FROM commands WHERE command = %s"
EVENT: Final = "SELECT body, position FROM events WHERE stream = %s AND version = %s"
VERSION: Final = "SELECT coalesce(max(version), 0) FROM events WHERE stream = %s"


@dataclass(frozen=True, slots=True)
class Order(Generic[State, C]):
    """A command on its way."""

    decider: Decider[State, C]
    stream: str
    content: C
    context: Context
    command: Command
    check: Callable[[State], object]
    """Raises a Refusal when the caller may not."""


class Execution:
    """Decides on the state in memory first, or on that of a new stream; only what is refused then is asked of the log.

    That is right with any number of processes: what is decided on a state that is no longer the newest is not recorded.
    """

    def __init__(self, source: str, datastore: Datastore, store: EventStore[str], states: States) -> None:
        self._source = source
        self._datastore = datastore
        self._store = store
        self._states = states
        self._turns = Turns()

    def run(self, order: Order[State, C]) -> Result:
        with self._turns.of(order.stream):
            loaded = self._states.known(order.decider, order.stream) or Loaded(order.decider.state(), 0)
            fresh = False
            for _ in range(ATTEMPTS):
                events, refusal = self._decide(order, loaded)
                if events:
                    try:
                        return self._record(order, loaded, events)
                    except VersionTaken:
                        pass
                elif fresh:
                    return self._nothing(order, loaded, refusal)
                loaded, fresh = self._states.load(order.decider, order.stream), True
            raise self.stale(order.stream, loaded.version)

    def _decide(self, order: Order[State, C], loaded: Loaded[State]) -> tuple[Sequence[Event], Refusal | None]:
        """Nothing is decided on another version than the command expects. Who may not is told nothing of versions."""
        try:
            order.check(loaded.state)
            if order.context.expected_version not in (None, loaded.version):
                return (), None
            return order.decider.decide(loaded.state, order.content, order.context), None
        except Refusal as refusal:
            return (), refusal

    def _record(self, order: Order[State, C], loaded: Loaded[State], events: Sequence[Event]) -> Result:
        try:
            result = self.put(order.stream, loaded.version, events, order.context, order.command)
        except CommandRepeated as repeated:
            return repeated.result
        self._states.extend(order.decider, order.stream, loaded, events)
        return result

    def put(self, stream: str, version: int, events: Sequence[Event], context: Context, command: Command) -> Result:
        """Append `events` after `version`. Raises as Committer.commit, and EventTooLarge."""
        recordings = self._store.put(stamped(events, self._source, stream, version, context), command=command)
        return Result(stream, version + len(events), recordings[-1].notification.id)

    def _nothing(self, order: Order[State, C], loaded: Loaded[State], refusal: Refusal | None) -> Result:
        """The answer when nothing is to be recorded now: the first result, the refusal, or that all is as it was."""
        if (row := self.command(order.command.id)) is not None:
            if row[3] != order.command.fingerprint:
                raise CommandReused(command_id=order.command.id)
            return Result(*row[:3])
        if refusal is not None:
            raise refusal
        expected = order.context.expected_version
        if expected is not None and expected != loaded.version:
            raise self.stale(order.stream, expected)
        last = self._datastore.rows(EVENT, (order.stream, loaded.version))
        return Result(order.stream, loaded.version, last[0][1] if last else 0)

    def command(self, command_id: str) -> tuple[Any, ...] | None:
        """Stream, version, position and fingerprint that the command left."""
        rows = self._datastore.rows(RESULT, (command_id,))
        return rows[0] if rows else None

    def stale(self, stream: str, expected: int) -> VersionStale:
        """Says who was first."""
        ((actual,),) = self._datastore.rows(VERSION, (stream,))
        first = self._datastore.rows(EVENT, (stream, expected + 1))
        by = decode_head(first[0][0]).organisation if first else ""
        return VersionStale(actual=actual, expected=expected, by=by or "somebody")
