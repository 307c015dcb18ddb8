"""Asking workers from a process that runs no nameko: its remote procedure calls on a connection of one's own.

What nameko 2.14 puts on the wire: a request `{"args", "kwargs"}` to the exchange `nameko-rpc` with the routing key
`<service>.<method>`, answered as `{"result", "error"}` to the routing key in `reply_to`.
"""

from time import monotonic
from types import TracebackType
from typing import Any, Final
from uuid import uuid4

import amqp
import msgspec

from libs.bus.connection import BROKEN, Link
from libs.bus.message import Batch
from libs.bus.names import log_service_of
from libs.bus.pages import CONTENT_TYPE, PAGE, PATIENCE, SourceAway, from_wire

EXCHANGE: Final = "nameko-rpc"


class Asker:
    """One connection; one question at a time."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        """Raises OSError or AMQPError when the broker is away."""
        self._patience = patience
        self._replies: dict[str, bytes] = {}
        self._returned = False
        self._link = Link(url)
        self._channel = self._link.channel
        self._channel.auto_decode = False
        self._channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        self._reply_to = str(uuid4())
        queue = self._channel.queue_declare(exclusive=True, auto_delete=True).queue
        self._channel.queue_bind(queue, EXCHANGE, routing_key=self._reply_to)
        self._channel.basic_consume(queue, no_ack=True, callback=self._on_reply)
        self._channel.events["basic_return"].add(self._on_return)

    def page(self, source: str, after: int) -> Batch:
        """A page of a source's log. Raises SourceAway."""
        correlation = str(uuid4())
        request = amqp.Message(
            msgspec.msgpack.encode({"args": [after, PAGE], "kwargs": {}}),
            content_type=CONTENT_TYPE,
            content_encoding="binary",
            reply_to=self._reply_to,
            correlation_id=correlation,
        )
        self._returned = False
        try:
            self._channel.basic_publish(request, EXCHANGE, f"{log_service_of(source)}.page", mandatory=True)
            deadline = monotonic() + self._patience
            while correlation not in self._replies and not self._returned and monotonic() < deadline:
                self._link.drain()
        except BROKEN as error:
            raise SourceAway(source) from error
        answer = self._replies.pop(correlation, None)
        if answer is None:
            raise SourceAway(source)
        reply = msgspec.msgpack.decode(answer)
        if reply["error"]:
            raise SourceAway(source)
        return from_wire(reply["result"])

    def __enter__(self) -> "Asker":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._link.close()

    def _on_reply(self, message: Any) -> None:
        self._replies[message.properties.get("correlation_id", "")] = bytes(message.body)

    def _on_return(self, *_about: Any) -> None:
        self._returned = True
