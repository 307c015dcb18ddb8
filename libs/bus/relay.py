"""Publishing a service's log: follow it, publish each page, move the cursor once the broker has confirmed.

One relay per service is active: it holds the claim on the cursor, which dies with its database session. A relay that
dies between confirm and cursor publishes again: consumers drop what they have seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from typing import Final

import structlog

from libs.bus.backoff import Backoff
from libs.bus.connection import TICK, Link
from libs.bus.message import MOST_EVENTS, Batch
from libs.bus.publisher import ConfirmLate, Publisher
from libs.bus.topology import declare, remove
from libs.bus.tracing import NoSpans, Spans
from libs.eventlog import Cursor, Log

CURSOR: Final = "relay"
POLL: Final = 0.5
"""Seconds after which the log is read without having been told that it has grown."""
SAVE_EVERY: Final = 0.25
"""Seconds between two writes of the cursor: as much is published again after a crash."""
STUCK: Final = 2
"""Times in a row that confirms do not come before the queues are deleted and declared again."""
LAST_CONFIRMS: Final = 5.0
"""Seconds to wait for them at the end."""

log = structlog.get_logger("samspor.bus")


@dataclass(slots=True)
class RelayStanding:
    """How a relay is doing, for health answers."""

    connected: bool = False
    active: bool = False
    """False for one that waits for another process to end."""
    position: int = 0


class Relay:
    """`run` on a thread of its own until `stop`."""

    def __init__(self, url: str, events: Log, consumers: Iterable[str], *, spans: Spans | None = None) -> None:
        """`consumers`: the services whose queues must exist before anything is published."""
        self.standing = RelayStanding()
        self._url, self._log = url, events
        self._consumers = tuple(consumers)
        self._spans: Spans = spans or NoSpans()
        self._stopping = Event()
        self._late = 0

    def run(self) -> None:
        backoff = Backoff(self._stopping)
        while not self._stopping.is_set():
            try:
                if cursor := self._log.claim(CURSOR):
                    try:
                        self._publish(cursor, backoff)
                    finally:
                        cursor.release()
            except Exception as error:  # noqa: BLE001 -- py-amqp's broken connections have many faces
                self._late += isinstance(error, ConfirmLate)
                log.warning("relay interrupted", source=self._log.source, error=type(error).__name__)
            self.standing.connected = self.standing.active = False
            backoff.wait()

    def stop(self) -> None:
        self._stopping.set()

    def _publish(self, cursor: Cursor, backoff: Backoff) -> None:
        link = Link(self._url)
        try:
            with link.asking() as channel:
                if self._late >= STUCK:
                    log.error("queues removed", source=self._log.source, reason="confirms do not come")
                    remove(channel, self._log.source, self._consumers)
                    self._late = 0
                declare(channel, self._log.source, self._consumers)
            source, mandatory = self._log.source, bool(self._consumers)
            publisher = Publisher(link, source, cursor.position, mandatory=mandatory, spans=self._spans)
            self.standing.connected = self.standing.active = True
            self.standing.position = cursor.position
            backoff.reset()
            self._publish_pages(publisher, cursor)
        except BaseException:
            link.abandon()
            raise
        link.close()

    def _publish_pages(self, publisher: Publisher, cursor: Cursor) -> None:
        ending = Event()
        confirms = Thread(target=self._read_confirms, args=[publisher, cursor, ending], daemon=True)
        confirms.start()
        try:
            for page in self._log.follow(cursor.position, MOST_EVENTS, POLL):
                publisher.check()
                for message in Batch(page.first, page.bodies).cut():
                    publisher.publish(message)
                if self._stopping.is_set():
                    break
            publisher.wait_confirmed(LAST_CONFIRMS)
        finally:
            ending.set()
            confirms.join()
        publisher.check()

    def _read_confirms(self, publisher: Publisher, cursor: Cursor, ending: Event) -> None:
        due = 0.0
        try:
            while not ending.is_set():
                publisher.read(TICK)
                if publisher.confirmed > cursor.position and monotonic() >= due:
                    due = monotonic() + SAVE_EVERY
                    self._advance(cursor, publisher.confirmed)
                    self._late = 0
            self._advance(cursor, publisher.confirmed)
        except Exception as error:  # noqa: BLE001 -- the publishing thread raises it
            publisher.fail(type(error).__name__)

    def _advance(self, cursor: Cursor, position: int) -> None:
        cursor.advance(position)
        self.standing.position = position
