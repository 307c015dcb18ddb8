"""What is appended, and what becomes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent

from libs.eventlog.datastore import PATIENCE
from libs.eventlog.refusal import LogUnavailable


@dataclass(frozen=True, slots=True)
class Command:
    """Which command an append answers, and a digest that tells it from others with the same id."""

    id: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What a command recorded: its stream, the stream's version after it, and its last event's position."""

    id: str
    version: int
    position: int


class VersionTaken(IntegrityError):
    """The stream has already an event of that version, or none of the version before."""


class CommandRepeated(IntegrityError):
    """The command was carried out before, with `result`."""

    def __init__(self, result: Result) -> None:
        super().__init__("The command was carried out before")
        self.result = result


Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes | None, bytes | None]
"""Stream, version, whether it starts an append, type, body; command and fingerprint at the end of one: in binary."""


START: Final = b"\1"
GOES_ON: Final = b"\0"


class Append:
    """Events of one stream that are recorded together or not at all, and their outcome once there is one."""

    __slots__ = ("_answered", "_error", "_first", "_woken", "command", "deadline", "keys", "rows")

    def __init__(self, events: Sequence[StoredEvent], command: Command | None, deadline: float) -> None:
        """`deadline` by the monotonic clock: when its caller stops waiting."""
        stream = _binary(events[0].originator_id)
        identity = _binary(command.id) if command else None
        self.command = command
        self.rows = list(_rows(stream, events, identity, command.fingerprint if command else None))
        self.keys = (stream, identity) if identity else (stream,)
        """What no two appends of a batch may share."""
        self.deadline = deadline
        self._first = 0
        self._error: Exception | None = None
        self._answered = False
        self._woken = Lock()
        self._woken.acquire()

    def succeed(self, first: int) -> None:
        """Recorded; `first` is the position of the first event."""
        self._first = first
        self._answered = True

    def fail(self, error: Exception) -> None:
        self._error = error
        self._answered = True

    def wake(self) -> None:
        """Let its caller take the result."""
        self._woken.release()

    def wait(self, seconds: float) -> bool:
        """Whether it was woken in time."""
        return self._woken.acquire(timeout=seconds)

    def result(self) -> range:
        """Positions of the events. Raises what the append failed with; LogUnavailable when nothing is known."""
        if not self._answered:
            raise LogUnavailable(seconds=int(PATIENCE))
        if self._error is not None:
            raise self._error
        return range(self._first, self._first + len(self.rows))


def _rows(
    stream: bytes, events: Sequence[StoredEvent], identity: bytes | None, fingerprint: bytes | None
) -> Iterator[Row]:
    *before, last = events
    mark = START
    for event in before:
        yield stream, event.originator_version.to_bytes(4, "big"), mark, event.topic.encode(), event.state, None, None
        mark = GOES_ON
    version = last.originator_version.to_bytes(4, "big")
    yield stream, version, mark, last.topic.encode(), last.state, identity, fingerprint


def _binary(text: UUID | str) -> bytes:
    """The 16 bytes of a UUID. Raises ValueError for other text."""
    if isinstance(text, str):
        binary = bytes.fromhex(text.replace("-", ""))
        if len(binary) == 16:
            return binary
    return UUID(str(text)).bytes
