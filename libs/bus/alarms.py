"""What is to be done at a time: alarms that a service's projection writes, and the loop that fires those that are due.

An alarm is a row of the service's table `alarms (stream, kind, due)`. It is fired by a command whose id is derived from
stream and kind, and removed in a transaction that ends after the command was recorded: whoever ends between the two,
and however many look at once, the command is recorded once.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from threading import Event
from typing import Any, Final, NamedTuple

import psycopg
import structlog

INTERVAL: Final = 1.0
"""Seconds between two looks."""
PAGE: Final = 200
DUE: Final = """
    SELECT due, stream::text, kind FROM alarms
    WHERE due <= %(now)s
        AND (%(due)s::timestamptz IS NULL OR (due, stream, kind) > (%(due)s, %(stream)s::uuid, %(kind)s))
    ORDER BY due, stream, kind LIMIT %(size)s
"""
REMOVE: Final = "DELETE FROM alarms WHERE stream = %(stream)s AND kind = %(kind)s AND due = %(due)s RETURNING 1"

log = structlog.get_logger("samspor.bus")


class Alarm(NamedTuple):
    due: datetime
    stream: str
    kind: str


Connect = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]


class Alarms:
    """One thread's work, on the thread that calls `run`."""

    def __init__(
        self,
        connect: Connect,
        fire: Callable[[Alarm], object],
        now: Callable[[], datetime],
        *,
        interval: float = INTERVAL,
    ) -> None:
        """`fire` does what is due; when it raises, the alarm stays and is tried at the next look."""
        self._connect, self._fire, self._now, self._interval = connect, fire, now, interval
        self._stopping = Event()

    def run(self) -> None:
        """Fire until `stop`."""
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 -- the database is away; the next look asks again
                log.warning("alarms cannot be looked for", error=type(error).__name__)
            self._stopping.wait(self._interval)

    def stop(self) -> None:
        self._stopping.set()

    def look(self) -> int:
        """Fire all that is due now; how many were. One that cannot be fired keeps none of the others waiting."""
        fired = 0
        for alarm in self._due():
            if self._stopping.is_set():
                break
            try:
                fired += self._take(alarm)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the alarm stays until it passes
                log.warning("alarm not fired", stream=alarm.stream, kind=alarm.kind, error=type(error).__name__)
        return fired

    def _due(self) -> Iterator[Alarm]:
        asked: dict[str, Any] = {"now": self._now(), "size": PAGE, "due": None, "stream": None, "kind": None}
        while True:
            with self._connect() as connection:
                page = [Alarm(*row) for row in connection.execute(DUE, asked)]
            yield from page
            if len(page) < PAGE:
                return
            asked |= page[-1]._asdict()

    def _take(self, alarm: Alarm) -> bool:
        """Another worker that is at the same alarm is waited for, and leaves nothing to do."""
        with self._connect() as connection, connection.transaction():
            if connection.execute(REMOVE, alarm._asdict()).fetchone() is None:
                return False
            self._fire(alarm)
        return True
