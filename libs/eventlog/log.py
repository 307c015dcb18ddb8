"""The event log of one service, as its handlers, relay and operators use it."""

from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import EventStore

from libs.eventlog.append import Command, CommandRepeated, Result, VersionTaken
from libs.eventlog.codec import decode
from libs.eventlog.committer import Committer
from libs.eventlog.datastore import Datastore
from libs.eventlog.decider import Context, Decider
from libs.eventlog.event import Event, Recorded
from libs.eventlog.execution import Execution, Order
from libs.eventlog.fingerprint import fingerprint
from libs.eventlog.follow import Cursor, Page, claim, follow, page
from libs.eventlog.loaded import Loaded
from libs.eventlog.mapper import RecordMapper
from libs.eventlog.recorder import GroupRecorder
from libs.eventlog.registry import Registry, Upcasts
from libs.eventlog.sealer import Sealer
from libs.eventlog.states import States

State = TypeVar("State")
C = TypeVar("C")

HISTORY: Final = "SELECT body FROM events WHERE stream = %s ORDER BY version"
FIRSTS: Final = "SELECT body FROM events WHERE stream = ANY(%s::uuid[]) AND version = 1"


class Log:
    """One per service and process; threads and green threads share it.

    Made also while the database is away. Every method that needs the database gives up after two seconds with
    LogUnavailable, and works again by itself when the database is back.
    """

    def __init__(
        self,
        source: str,
        dsn: str,
        events: Iterable[type[Event]],
        upcasts: Upcasts | None = None,
        sealer: Sealer | None = None,
        *,
        secret: bytes = b"",
        connections: int = 8,
        states: int = 4096,
    ) -> None:
        """`secret` keys the fingerprints of commands, and is the same in each process that takes commands with personal
        text. `connections` for reading at most; `states` of streams kept in memory at most."""
        self.source = source
        self.registry = Registry(events, upcasts)
        self._dsn, self._secret = dsn, secret
        self._datastore = Datastore(dsn, connections)
        self._committer = Committer(dsn)
        recorder = GroupRecorder(self._datastore, self._committer)
        self.store = EventStore[str](RecordMapper(self.registry, sealer), recorder)
        self._states = States(self._datastore, self.registry, states)
        self._execution = Execution(source, self._datastore, self.store, self._states)

    def execute(
        self,
        decider: Decider[State, C],
        stream: UUID | str,
        command: C,
        context: Context,
        check: Callable[[State], object] = lambda _: None,
    ) -> Result:
        """Load, check, decide, append. The same command id gives the first result again and records nothing.

        `check` says whether the caller may, by the very state that is decided on: it raises a Refusal if not. A no to
        what was carried out before does not count. Like `decide`, it may be called several times for one command.
        Another change of the stream in between makes it decide again, unless `context.expected_version` is set:
        then it is VersionStale. Raises also what `decide` refuses, CommandReused, EventTooLarge, LogUnavailable;
        ValueError when `stream` or the command's id is no UUID.
        """
        identity = Command(_canonical(context.command_id), fingerprint(command, context, self._secret))
        return self._execution.run(Order(decider, _canonical(stream), command, context, identity, check))

    def append(self, stream: UUID | str, expected_version: int, events: Sequence[Event], context: Context) -> Result:
        """Record `events` after `expected_version`, undecided. The same command id gives the first result again.

        Raises VersionStale, CommandReused, EventTooLarge, LogUnavailable; ValueError when there are no events.
        """
        if not events:
            raise ValueError("nothing to append")
        content = [msgspec.to_builtins(event) for event in events]
        identity = Command(_canonical(context.command_id), fingerprint(content, context, self._secret))
        stream = _canonical(stream)
        if expected_version < 0:
            raise self._execution.stale(stream, expected_version)
        try:
            return self._execution.put(stream, expected_version, events, context, identity)
        except CommandRepeated as repeated:
            return repeated.result
        except VersionTaken:
            raise self._execution.stale(stream, expected_version) from None

    def load(self, decider: Decider[State, Any], stream: UUID | str) -> Loaded[State]:
        """The stream's state as committed now; the initial state and version 0 when there is no such stream."""
        try:
            stream = _canonical(stream)
        except ValueError:
            return Loaded(decider.state(), 0)
        return self._states.load(decider, stream)

    def result_of(self, command_id: str) -> Result | None:
        """What the command recorded; None when it recorded nothing, or was never given."""
        row = self._execution.command(_canonical(command_id))
        return Result(*row[:3]) if row else None

    def history(self, stream: UUID | str, until: datetime | None = None) -> list[Recorded]:
        """The stream's records in order: all, or those recorded at `until` (UTC) or before. Empty: no such stream."""
        bodies = self._datastore.rows(HISTORY, (_canonical(stream),))
        records = [decode(body, self.registry) for (body,) in bodies]
        return [record for record in records if until is None or record.recordedtime <= until]

    def firsts(self, streams: Iterable[UUID | str]) -> list[Recorded]:
        """The first record of each of the streams that there are, in any order."""
        bodies = self._datastore.rows(FIRSTS, ([_canonical(stream) for stream in streams],))
        return [decode(body, self.registry) for (body,) in bodies]

    def page(self, after: int, limit: int) -> Page:
        """At most `limit` events after position `after`, as published. Empty at the end of the log."""
        return self._datastore.read(lambda connection: page(connection, after, limit))

    def follow(self, after: int, limit: int = 500, poll: float = 0.2) -> Generator[Page]:
        """Pages after position `after`, for ever: at once when the log grows, and an empty one after `poll` seconds
        without growth or without a database, so that the caller can do other things and stop."""
        return follow(self._dsn, after, limit, poll)

    def claim(self, name: str = "relay") -> Cursor | None:
        """The cursor `name`, for one process at a time. None while another holds it. Raises LogUnavailable."""
        return claim(self._dsn, name)

    def close(self) -> None:
        """Record what waits, and let go of all connections."""
        self._committer.close()
        self._datastore.close()


def _canonical(text: UUID | str) -> str:
    """Raises ValueError for what is no UUID."""
    return str(UUID(str(text)))
