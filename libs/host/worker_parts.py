"""One service in a worker process: its relay, its consumers, and the remote procedure that answers for its log.

Imported in patched processes only.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from libs.bus.alarms import Alarms
from libs.bus.consumer import Apply, Consumer
from libs.bus.entrypoint import Beside, Outcome, Repeat, answer, consume
from libs.bus.inbox import Inbox
from libs.bus.message import Batch
from libs.bus.names import log_service_of
from libs.bus.pages import PAGE, Fetch, to_wire
from libs.bus.relay import Relay
from libs.host import clock
from libs.host.service import Runtime, Service
from libs.host.settings import Settings
from libs.host.telemetry import Telemetry


class Hosted:
    def __init__(self, service: Service, settings: Settings, known: Iterable[Service]) -> None:
        """`known`: every service there is; those that consume from this one get their queues before it publishes."""
        self.name = service.name
        self.runtime = Runtime(service, settings)
        self.telemetry = Telemetry(f"{service.name} worker", settings)
        self.consumers: list[Consumer] = []
        self.relay: Relay | None = None
        composed = service.compose(self.runtime)
        self._inboxes = {
            source: Inbox(self.runtime.pool.connection, source, partial(handler, composed))
            for source, handler in service.consumes.items()
        }
        if any(True for _ in service.events):
            names = sorted(each.name for each in known if service.name in each.consumes)
            self.relay = Relay(settings.broker, self.runtime.log, names, spans=self.telemetry)
        self.alarms: Alarms | None = None
        if service.fires:
            self.alarms = Alarms(self.runtime.pool.connection, partial(service.fires, composed), clock.now)
        self._chores = [partial(chore, composed) for chore in service.chores]
        self._broker = settings.broker

    def nameko_class(self) -> type:
        """What ServiceRunner runs."""
        members: dict[str, Any] = {"name": log_service_of(self.name)}
        if self.relay:
            members |= {"relay": Beside(self.relay), "page": answer(self._page_method())}
        if self.alarms:
            members["alarms"] = Beside(self.alarms)
        members |= {f"chore_{index}": Repeat(chore) for index, chore in enumerate(self._chores)}
        for source, inbox in self._inboxes.items():
            members[f"consume_{source}"] = consume(source, partial(self._consumer, inbox))(_batch_method(inbox))
        return type(f"{self.name.capitalize()}Worker", (), members)

    def _consumer(self, inbox: Inbox, fetch: Fetch, apply: Apply) -> Consumer:
        consumer = Consumer(self._broker, self.name, inbox, fetch, apply=apply, spans=self.telemetry)
        self.consumers.append(consumer)
        return consumer

    def _page_method(self) -> Any:
        def page(_self: object, after: int, limit: int) -> list[Any]:
            found = self.runtime.log.page(after, min(limit, PAGE))
            return to_wire(Batch(found.first, found.bodies))

        return page

    def close(self) -> None:
        self.runtime.close()
        self.telemetry.flush()


def _batch_method(inbox: Inbox) -> Any:
    def apply(_self: object, batch: Batch) -> Outcome:
        try:
            return inbox.apply(batch)
        except Exception as error:  # noqa: BLE001 -- the consumer decides; nameko would log its text
            return error

    return apply
