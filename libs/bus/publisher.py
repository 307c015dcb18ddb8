"""Publishing batches in order with pipelined confirms: a window of messages is on its way, none waits for another.

One thread publishes, another reads confirms (`read`, to be called without end). A confirm that does not come, a message
that no queue took, a refusal of the broker: the connection is given up, and the relay begins again after the last
confirmed position.
"""

from threading import Condition
from time import monotonic
from typing import Final

import amqp
import msgspec
from opentelemetry.trace import SpanKind

from libs.bus.connection import Link
from libs.bus.message import CONTENT_TYPE, COUNT, FIRST, TRACEPARENT, Batch, join
from libs.bus.names import batch_key, exchange_of
from libs.bus.tracing import Spans, batch_span

WINDOW: Final = 200
"""Messages that may be on their way unconfirmed."""
CONFIRM_TIMEOUT: Final = 10.0
"""Seconds."""
PERSISTENT: Final = 2
LATE: Final = "no confirm in time"


class PublishFailed(ConnectionError):
    """Messages after the last confirmed position may or may not have arrived. Begin again there."""


class ConfirmLate(PublishFailed):
    """The broker lives, and a queue may not."""


class _Heading(msgspec.Struct, frozen=True):
    type: str
    traceparent: str = ""


_read_heading = msgspec.json.Decoder(_Heading).decode


class Publisher:
    def __init__(self, link: Link, service: str, position: int, *, mandatory: bool, spans: Spans) -> None:
        """`position` is the last one confirmed before; `mandatory` if at least one queue is bound."""
        self.confirmed = position
        """All events up to this position are confirmed."""
        self._link, self._service, self._mandatory, self._spans = link, service, mandatory, spans
        self._published = position
        self._pending: dict[int, tuple[int, float]] = {}  # delivery tag -> first position, time of sending
        self._change = Condition()
        self._failure = ""
        self._tag = 0
        with link.asking() as channel:
            channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(lambda *_: self.fail("the broker refused a message"))
        channel.events["basic_return"].add(lambda *_: self.fail("no queue is bound"))

    def publish(self, batch: Batch) -> None:
        """Send one message; waits while the window is full. Raises PublishFailed."""
        headings = [_read_heading(body) for body in batch.bodies]
        types = {heading.type for heading in headings}
        key = types.pop() if len(types) == 1 else batch_key(self._service)
        exchange = exchange_of(self._service)
        parents = (heading.traceparent for heading in headings)
        with batch_span(self._spans, f"publish {exchange}", SpanKind.PRODUCER, parents) as span:
            headers = {FIRST: batch.first, COUNT: len(batch.bodies), TRACEPARENT: span.traceparent}
            span.note("messaging.batch.message_count", len(batch.bodies))
            message = amqp.Message(
                join(batch.bodies),
                content_type=CONTENT_TYPE,
                delivery_mode=PERSISTENT,
                application_headers=headers,
            )
            self._reserve(batch)
            with self._link.sending:
                self._link.channel.basic_publish(message, exchange, key, mandatory=self._mandatory)

    def _reserve(self, batch: Batch) -> None:
        with self._change:
            self._change.wait_for(lambda: len(self._pending) < WINDOW or self._failure)
            self.check()
            self._tag += 1
            self._pending[self._tag] = batch.first, monotonic()
            self._published = batch.last

    def read(self, seconds: float) -> None:
        """Handle confirms that arrive within `seconds`. Raises PublishFailed, or what broke the connection."""
        try:
            self._link.drain(seconds)
        except Exception as error:
            self.fail(type(error).__name__)
            raise
        with self._change:
            oldest = next(iter(self._pending.values()), None)
        if oldest and monotonic() - oldest[1] > CONFIRM_TIMEOUT:
            self.fail(LATE)
        self.check()

    def wait_confirmed(self, seconds: float) -> None:
        """Wait until nothing is on its way, it fails, or `seconds` are over."""
        with self._change:
            self._change.wait_for(lambda: not self._pending or self._failure, timeout=seconds)

    def check(self) -> None:
        """Raises PublishFailed if it has failed."""
        if self._failure:
            raise ConfirmLate(LATE) if self._failure is LATE else PublishFailed(self._failure)

    def fail(self, why: str) -> None:
        with self._change:
            self._failure = self._failure or why
            self._change.notify_all()

    def _on_ack(self, tag: int, multiple: bool) -> None:
        with self._change:
            if self._failure:
                return
            for done in [each for each in self._pending if each <= tag] if multiple else [tag]:
                self._pending.pop(done, None)
            first = next(iter(self._pending.values()), None)
            self.confirmed = first[0] - 1 if first else self._published
            self._change.notify_all()
