"""The consuming half in the database: a batch's effect and its position in one transaction, each event once, in order.

No broker and no threads here: what arrives when is consumer.py's concern.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from libs.bus.message import Batch
from libs.bus.parking import Reason, park
from libs.bus.received import Handler
from libs.bus.trouble import passes

Connect = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]
"""A pool's `connection`."""

FATAL_STARTS: Final = 5
"""So many processes in a row that began to apply an event and ended before its position moved: it kills them."""


class Gap(Exception):
    """Events between the position and the batch are missing. Nothing was applied."""


class Moved(Exception):
    """Another process has moved the position meanwhile. Nothing was applied."""


@dataclass(frozen=True, slots=True)
class Applied:
    position: int
    """The source's position now."""
    events: int
    parked: int


class Inbox:
    """One source as one service consumes it."""

    def __init__(self, connect: Connect, source: str, handler: Handler) -> None:
        self.source = source
        self._connect, self._handler = connect, handler
        self._position: int | None = None
        self._begun = False

    def position(self) -> int:
        """Read from the database, so also right after another process has moved it."""
        with self._connect() as connection:
            row = connection.execute("SELECT position FROM positions WHERE source = %s", [self.source]).fetchone()
            if row is None:
                connection.execute("INSERT INTO positions VALUES (%s) ON CONFLICT DO NOTHING", [self.source])
            self._position = row[0] if row else 0
            return self._position

    def apply(self, batch: Batch) -> Applied:
        """Apply what of the batch is new.

        Raises Gap, Moved, and those of the handler's errors that pass by themselves (libs/bus/trouble.py). An event
        that the handler refuses for good is parked alone.
        """
        position = self.position() if self._position is None else self._position
        fresh = batch.after(position)
        if not fresh.bodies:
            return Applied(position, 0, 0)
        if fresh.first != position + 1:
            raise Gap
        starts = self._begin()
        try:
            if starts > 1:
                return self._one_by_one(fresh, fatal_first=starts >= FATAL_STARTS)
            return self._all_at_once(fresh)
        except Moved:
            self._position = None
            raise
        except Exception:
            self._lived()
            raise

    def _begin(self) -> int:
        """How many processes, this one included, began at this position; counted once per process."""
        if self._begun:
            return 0
        with self._connect() as connection:
            row = connection.execute(
                "UPDATE positions SET starts = starts + 1 WHERE source = %s RETURNING starts", [self.source]
            ).fetchone()
        self._begun = True
        return row[0] if row else 0

    def _lived(self) -> None:
        """The process outlived a failure: it does not count among those that died."""
        with suppress(psycopg.OperationalError), self._connect() as connection:
            connection.execute("UPDATE positions SET starts = 0 WHERE source = %s", [self.source])
            self._begun = False

    def _all_at_once(self, batch: Batch) -> Applied:
        try:
            self._move(batch)
        except Exception as error:
            if isinstance(error, Moved) or passes(error):
                raise
            return self._one_by_one(batch)
        return Applied(batch.last, len(batch.bodies), 0)

    def _move(self, batch: Batch) -> None:
        with self._connect() as connection, connection.transaction():
            self._move_position(connection, batch)
            self._handler(connection, batch.received())
        self._position = batch.last

    def _move_position(self, connection: psycopg.Connection[Any], batch: Batch) -> None:
        # First in the transaction: the row is locked, so that a second process waits here and then finds it moved.
        moved = connection.execute(
            "UPDATE positions SET position = %s, starts = 0 WHERE source = %s AND position = %s",
            [batch.last, self.source, batch.first - 1],
        )
        if moved.rowcount != 1:
            raise Moved

    def _one_by_one(self, batch: Batch, *, fatal_first: bool = False) -> Applied:
        """Each event in its own transaction, so that the one the handler refuses is parked alone."""
        parked = 0
        for index, body in enumerate(batch.bodies):
            alone = Batch(batch.first + index, [body])
            if fatal_first and index == 0:
                self._park(alone, Reason.PROCESS_DIED, "")
                parked += 1
                continue
            try:
                self._move(alone)
            except Exception as error:
                if isinstance(error, Moved) or passes(error):
                    raise
                self._park(alone, Reason.REFUSED, type(error).__name__)
                parked += 1
        return Applied(batch.last, len(batch.bodies), parked)

    def _park(self, alone: Batch, reason: Reason, cause: str) -> None:
        with self._connect() as connection, connection.transaction():
            self._move_position(connection, alone)
            park(connection, self.source, alone.first, alone.bodies[0], reason=reason, cause=cause)
        self._position = alone.last

    def park_message(self, body: bytes, cause: str) -> None:
        """Put a message aside that holds no batch. Its events, if any, come by catch-up."""
        with self._connect() as connection:
            park(connection, self.source, None, body, reason=Reason.UNDECODABLE, cause=cause)
