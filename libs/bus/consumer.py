"""One source's events into one service: from the queue while that suffices, from the source's log when it does not.

A queue is fast and may lose, repeat or reorder; the log is complete. So messages are applied while they fit the
position, and pages of the log whenever they do not, at the start of each connection, and every few idle seconds.
"""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from threading import Event
from typing import Final

import structlog
from opentelemetry.trace import SpanKind

from libs.bus.backoff import Backoff
from libs.bus.connection import BROKEN, Link
from libs.bus.inbox import Applied, Gap, Inbox, Moved
from libs.bus.message import TRACEPARENT, Batch, Undecodable, merge, split
from libs.bus.names import queue_of
from libs.bus.pages import Fetch, SourceAway
from libs.bus.queue import Delivery, Queue, QueueStuck
from libs.bus.topology import remove
from libs.bus.tracing import NoSpans, Spans, batch_span

PROBE: Final = 5.0
"""Idle seconds after which the source is asked whether there is more."""

STUCK: Final = 2
"""Times in a row that the queue alone does not answer before it is deleted and declared again."""

Apply = Callable[[Batch], Applied]

log = structlog.get_logger("samspor.bus")


class Ended(Exception):
    """The connection or the process ends: leave everything unacknowledged."""


@dataclass(slots=True)
class Standing:
    """How a consumer is doing, for health answers."""

    connected: bool = False
    position: int = 0
    head: int = 0
    """The last position it knows to exist."""
    trouble: str = ""
    """Why it is not moving: the class of the last error; empty while it moves."""

    @property
    def lag(self) -> int:
        """Events."""
        return max(0, self.head - self.position)


class Consumer:
    """Reads the queue on the thread that calls `run`, and applies on another."""

    def __init__(
        self,
        url: str,
        name: str,
        inbox: Inbox,
        fetch: Fetch,
        *,
        apply: Apply | None = None,
        spans: Spans | None = None,
        probe: float = PROBE,
    ) -> None:
        self.standing = Standing()
        self.source = inbox.source
        self._url, self._name, self._probe = url, name, probe
        self._inbox, self._fetch = inbox, fetch
        self._apply_now = apply or inbox.apply
        self._spans: Spans = spans or NoSpans()
        self._stopping = Event()

    def run(self) -> None:
        """Consume until `stop`; connects again whenever the connection is lost."""
        backoff = Backoff(self._stopping)
        stuck = 0
        while not self._stopping.is_set():
            try:
                queue = Queue(self._url, self._name, self.source)
                self.standing.connected, stuck = True, 0
                backoff.reset()
                queue.run(self._work, self._stopping)
            except Exception as error:  # noqa: BLE001 -- py-amqp's broken connections have many faces
                stuck += isinstance(error, QueueStuck)
                log.warning("broker lost", queue=queue_of(self._name, self.source), error=type(error).__name__)
            self.standing.connected = False
            if stuck >= STUCK:
                self._remove_queue()
                stuck = 0
            backoff.wait()

    def _remove_queue(self) -> None:
        log.error("queue removed", queue=queue_of(self._name, self.source), reason="it does not answer")
        with suppress(*BROKEN), closing(Link(self._url)) as link, link.asking() as channel:
            remove(channel, self.source, [self._name])

    def stop(self) -> None:
        """Let the batch at hand be finished and acknowledged, then end."""
        self._stopping.set()

    def _work(self, queue: Queue) -> None:
        try:
            self._probe_source(queue)
            while not queue.ended:
                if deliveries := queue.take(self._probe):
                    self._consume(queue, deliveries)
                else:
                    self._probe_source(queue)
        except Ended:
            return

    def _consume(self, queue: Queue, deliveries: Sequence[Delivery]) -> None:
        batches: list[Batch] = []
        for delivery in deliveries:
            try:
                batches.append(split(delivery.body, delivery.headers))
            except Undecodable as error:
                self._park(queue, delivery, str(error))
        traceparents = [str(delivery.headers.get(TRACEPARENT, "")) for delivery in deliveries]
        for batch in merge(batches):
            self._apply(queue, batch, traceparents)
        queue.acknowledge(deliveries[-1])
        if len(batches) < len(deliveries):
            self._probe_source(queue)

    def _apply(self, queue: Queue, batch: Batch, traceparents: Sequence[str]) -> None:
        self.standing.head = max(self.standing.head, batch.last)
        backoff = Backoff(queue.ending)
        while not queue.ended:
            try:
                with batch_span(self._spans, f"consume {queue.name}", SpanKind.CONSUMER, traceparents) as span:
                    applied = self._apply_now(batch)
                    span.note("messaging.batch.message_count", applied.events)
            except Gap:
                if self._catch_up(queue) is None:
                    backoff.wait()
            except Moved:
                self._inbox.position()
            except Exception as error:  # noqa: BLE001 -- whatever it is, the event stays where it is until it passes
                self._troubled(error)
                backoff.wait()
            else:
                self._moved(applied)
                return
        raise Ended

    def _probe_source(self, queue: Queue) -> None:
        try:
            position = self._inbox.position()
        except Exception as error:  # noqa: BLE001 -- the database is away; the next probe asks again
            self._troubled(error)
            return
        self.standing.position = position
        self._catch_up(queue)

    def _catch_up(self, queue: Queue) -> int | None:
        """Apply the source's log from the position to its head. The new position, or None if that did not succeed."""
        position: int | None = None
        while not queue.ended:
            try:
                position = self._inbox.position()
                page = self._fetch(position)
            except Exception as error:  # noqa: BLE001 -- the source, the broker or the database is away
                self._troubled(error)
                return None
            if not page.bodies:
                self.standing.position = self.standing.head = position
                self.standing.trouble = ""
                return position
            self._apply(queue, page, ())
        raise Ended

    def _park(self, queue: Queue, delivery: Delivery, cause: str) -> None:
        backoff = Backoff(queue.ending)
        while not queue.ended:
            try:
                self._inbox.park_message(delivery.body, cause)
            except Exception as error:  # noqa: BLE001 -- not acknowledged before it is kept
                self._troubled(error)
                backoff.wait()
            else:
                log.warning("message parked", source=self.source, reason=cause)
                return
        raise Ended

    def _moved(self, applied: Applied) -> None:
        self.standing.position, self.standing.trouble = applied.position, ""
        if applied.parked:
            log.warning("events parked", source=self.source, consumer=self._name, count=applied.parked)

    def _troubled(self, error: Exception) -> None:
        # The class only: an error's text may quote a row.
        trouble = type(error).__name__
        if trouble != self.standing.trouble and not isinstance(error, SourceAway):
            log.warning("consumer waits", source=self.source, consumer=self._name, error=trouble)
        self.standing.trouble = trouble
