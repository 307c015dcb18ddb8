"""The consumer and the relay as nameko extensions. Imported in patched processes only.

nameko's `@event_handler` acknowledges and loses what fails and reorders streams (docs/adr/0001); this entrypoint has a
connection of its own in a managed thread, and one nameko worker at a time for each batch.
"""

from collections.abc import Callable
from threading import Event as Stopping
from typing import Any, Protocol

import structlog
from eventlet import Timeout
from eventlet.event import Event
from kombu.exceptions import KombuError
from nameko.containers import WorkerContext
from nameko.exceptions import UnknownService
from nameko.extensions import DependencyProvider, Entrypoint
from nameko.rpc import ReplyListener, Rpc, ServiceProxy

from libs.bus.connection import BROKEN
from libs.bus.consumer import Apply, Consumer
from libs.bus.inbox import Applied
from libs.bus.message import Batch
from libs.bus.names import log_service_of
from libs.bus.pages import PAGE, PATIENCE, Fetch, SourceAway, from_wire

log = structlog.get_logger("samspor.bus")

Outcome = Applied | Exception
"""What the service's method answers: it must not raise, since nameko would log the error's text."""


class Consume(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """Feeds a method `(batch) -> Outcome` with the batches of one source."""

    replies = ReplyListener()

    def __init__(self, source: str, make: Callable[[Fetch, Apply], Consumer]) -> None:
        """`make` builds the consumer from how pages are fetched and how batches are applied."""
        super().__init__()
        self._source, self._make = source, make

    def setup(self) -> None:
        self._consumer = self._make(self._fetch, self._apply)

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._consumer.run, identifier=f"consume {self._source}")

    def stop(self) -> None:
        self._consumer.stop()
        self._thread.wait()

    def _apply(self, batch: Batch) -> Applied:
        outcome_of = Event()

        def handle_result(_context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            outcome_of.send(exc_info[1] if exc_info else result)
            return result, exc_info

        self.container.spawn_worker(self, [batch], {}, handle_result=handle_result)
        outcome: Outcome = outcome_of.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _fetch(self, after: int) -> Batch:
        caller = WorkerContext(self.container, None, self)
        log = ServiceProxy(caller, log_service_of(self._source), self.replies)
        try:
            with Timeout(PATIENCE, SourceAway(self._source)):
                return from_wire(log.page(after, PAGE))
        except UnknownService as error:
            raise SourceAway(self._source) from error


class Answer(Rpc):  # type: ignore[misc]  # nameko is untyped
    """nameko's rpc, but a reply that cannot be sent does not end the container: whoever asked asks again."""

    def handle_result(self, message: Any, context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        try:
            answered: tuple[Any, Any] = super().handle_result(message, context, result, exc_info)
        except (KombuError, *BROKEN) as error:
            log.warning("reply not sent", service=self.container.service_name, error=type(error).__name__)
            return result, exc_info
        return answered


class Running(Protocol):
    """`run` goes on until `stop`."""

    def run(self) -> None: ...

    def stop(self) -> None: ...


class Beside(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Runs a part for as long as the container does: the relay, the alarms."""

    def __init__(self, part: Running) -> None:
        self._part = part

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._part.run, identifier=type(self._part).__name__.lower())

    def stop(self) -> None:
        self._part.stop()
        self._thread.wait()


class Repeat(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Calls a function about once a second for as long as the container lives; one that fails is called again."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work, self._stopping = work, Stopping()

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="chore")

    def stop(self) -> None:
        self._stopping.set()
        self._thread.wait()

    def _run(self) -> None:
        trouble = ""
        while not self._stopping.wait(INTERVAL):
            try:
                self._work()
                trouble = ""
            except Exception as error:  # noqa: BLE001 -- its class only: a text may quote a row
                if trouble != type(error).__name__:
                    log.warning("a chore waits", service=self.container.service_name, error=type(error).__name__)
                trouble = type(error).__name__


INTERVAL = 1.0
"""Seconds between two calls of a chore."""

consume = Consume.decorator
answer = Answer.decorator
