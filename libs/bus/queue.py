"""One connection to one queue: a thread that reads it ahead, and a thread that works on what has arrived."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Condition, Event, Thread
from typing import Any, Final, NamedTuple

import structlog

from libs.bus.connection import BROKEN, Link
from libs.bus.names import queue_of
from libs.bus.topology import declare

PREFETCH: Final = 100
"""Messages the broker sends ahead of their acknowledgement."""
MOST_BYTES: Final = 4_000_000
"""That are worked on at once, unless one message is larger."""


log = structlog.get_logger("samspor.bus")


class Delivery(NamedTuple):
    tag: int
    body: bytes
    headers: Mapping[str, Any]


class QueueStuck(ConnectionError):
    """The broker answers, and the queue does not."""


class Queue:
    """The queue of one consumer for one source, declared and consumed. Raises BROKEN if the broker is away."""

    def __init__(self, url: str, consumer: str, source: str) -> None:
        self.name = queue_of(consumer, source)
        self.ending = Event()
        self._waiting: deque[Delivery] = deque()
        self._arrival = Condition()
        self._link = Link(url)
        try:
            with self._link.asking() as channel:
                channel.auto_decode = False
                declare(channel, source, [consumer])
                channel.basic_qos(0, PREFETCH, False)
                self._consume(channel)
        except BaseException:
            self._link.abandon()
            raise

    def _consume(self, channel: Any) -> None:
        try:
            channel.basic_consume(self.name, callback=self._on_message)
        except BROKEN as error:
            raise QueueStuck(self.name) from error

    @property
    def ended(self) -> bool:
        return self.ending.is_set()

    def run(self, work: Callable[["Queue"], None], stopping: Event) -> None:
        """Read until `stopping` is set or the connection breaks (BROKEN), while `work` runs on a thread of its own."""
        worker = Thread(target=self._guarded, args=[work], name=self.name, daemon=True)
        worker.start()
        try:
            while not stopping.is_set() and not self.ended:
                self._link.drain()
        except BaseException:
            self._end()
            worker.join()
            self._link.abandon()
            raise
        self._end()
        worker.join()
        self._link.close()

    def _guarded(self, work: Callable[["Queue"], None]) -> None:
        try:
            work(self)
        except Exception as error:  # noqa: BLE001 -- of an acknowledgement: the reader meets the same
            log.warning("consumer interrupted", queue=self.name, error=type(error).__name__)
        finally:
            self._end()

    def _end(self) -> None:
        with self._arrival:
            self.ending.set()
            self._arrival.notify_all()

    def take(self, seconds: float) -> Sequence[Delivery]:
        """What has arrived, in order; waits up to `seconds` for something. Empty also when it ends."""
        with self._arrival:
            self._arrival.wait_for(lambda: self._waiting or self.ended, timeout=seconds)
            taken: list[Delivery] = []
            size = 0
            while self._waiting and not self.ended and (not taken or size + len(self._waiting[0].body) <= MOST_BYTES):
                taken.append(self._waiting.popleft())
                size += len(taken[-1].body)
            return taken

    def acknowledge(self, last: Delivery) -> None:
        """Everything up to and including `last`."""
        with self._link.sending:
            self._link.channel.basic_ack(last.tag, multiple=True)

    def _on_message(self, message: Any) -> None:
        with self._arrival:
            self._waiting.append(Delivery(message.delivery_tag, bytes(message.body or b""), message.headers or {}))
            self._arrival.notify_all()
