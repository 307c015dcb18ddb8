"""Reading the log in the order of commit: pages for whoever missed something, and the tail for the relay."""

from collections.abc import Generator
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any, Final

import psycopg
from psycopg.rows import tuple_row

from libs.eventlog.datastore import LOST, PATIENCE, connect
from libs.eventlog.notifier import CHANNEL
from libs.eventlog.refusal import LogUnavailable

HEAVY: Final = 4_000_000
"""Bytes of bodies after which a page ends early."""

PAGE: Final = "SELECT position, body FROM events WHERE position > %s ORDER BY position LIMIT %s"


class LogDamaged(RuntimeError):
    """A position is missing. Never from appending: somebody deleted events or restored half a database."""


@dataclass(frozen=True, slots=True)
class Page:
    """The published bytes of the events from position `first` on, without gaps."""

    first: int
    bodies: list[bytes]

    @property
    def last(self) -> int:
        """Position of the last event; `first - 1` when the page is empty."""
        return self.first + len(self.bodies) - 1


def page(connection: psycopg.Connection[Any], after: int, limit: int) -> Page:
    """At most `limit` events after position `after`. Raises LogDamaged."""
    rows = connection.cursor(binary=True, row_factory=tuple_row).execute(PAGE, (after, limit), prepare=True).fetchall()
    if rows and rows[-1][0] != after + len(rows):
        raise LogDamaged(f"of the {len(rows)} events after position {after} the last has position {rows[-1][0]}")
    bodies: list[bytes] = []
    size = 0
    for _, body in rows:
        size += len(body)
        if bodies and size > HEAVY:
            break
        bodies.append(body)
    return Page(after + 1, bodies)


def follow(dsn: str, after: int, limit: int, poll: float) -> Generator[Page]:
    """As Log.follow. Its connection is its own: it listens before it reads, so no growth goes unheard."""
    connection: psycopg.Connection[Any] | None = None
    try:
        while True:
            try:
                if connection is None or connection.closed:
                    connection = connect(dsn)
                    connection.execute(f"LISTEN {CHANNEL}")
                read = page(connection, after, limit)
                until = monotonic() + poll
                while not read.bodies and _heard(connection, until - monotonic()):
                    read = page(connection, after, limit)
            except LOST:
                connection = None
                sleep(poll)
                read = Page(after + 1, [])
            yield read
            after = read.last
    finally:
        if connection is not None:
            connection.close()


def _heard(connection: psycopg.Connection[Any], seconds: float) -> bool:
    """Whether a notification came in time. The generator holds the connection until it ends: it is used up here."""
    return bool(list(connection.notifies(timeout=max(seconds, 0.0), stop_after=1)))


class Cursor:
    """How far a follower has come. Held through a database session: whoever loses the session has lost the cursor."""

    def __init__(self, connection: psycopg.Connection[Any], name: str, position: int) -> None:
        self._connection = connection
        self.name = name
        self.position = position

    def advance(self, position: int) -> None:
        """All events up to `position` are done. Raises LogUnavailable when the session, and so the claim, is lost."""
        try:
            self._connection.execute("UPDATE cursors SET position = %s WHERE name = %s", (position, self.name))
        except LOST as lost:
            raise LogUnavailable(seconds=int(PATIENCE)) from lost
        self.position = position

    def release(self) -> None:
        self._connection.close()


def claim(dsn: str, name: str) -> Cursor | None:
    """As Log.claim."""
    try:
        connection = connect(dsn)
        held = connection.execute("SELECT pg_try_advisory_lock(hashtext('cursor'), hashtext(%s))", (name,)).fetchone()
        if held != (True,):
            connection.close()
            return None
        connection.execute("INSERT INTO cursors (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", (name,))
        row = connection.execute("SELECT position FROM cursors WHERE name = %s", (name,)).fetchone()
    except LOST as lost:
        raise LogUnavailable(seconds=int(PATIENCE)) from lost
    return Cursor(connection, name, row[0] if row else 0)
