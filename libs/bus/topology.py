"""Which exchanges and queues there are. Everybody declares all he knows of before he publishes or consumes."""

from collections.abc import Iterable
from typing import Any, Final

from libs.bus.names import exchange_of, queue_of

DELIVERY_LIMIT: Final = 50
"""Deliveries after which the broker drops a message. Its events then come from the source (a gap)."""
MOST_QUEUED: Final = 64_000_000
"""Bytes that wait for an absent consumer; older messages are dropped, and come from the source when it is back."""

QUEUE_ARGUMENTS: Final = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-max-length-bytes": MOST_QUEUED,
    "x-overflow": "drop-head",
}


def remove(channel: Any, source: str, consumers: Iterable[str]) -> None:
    """Delete queues that no longer work; their events come from the source.

    A broker killed within half a second of declaring a quorum queue finds it again without its Raft identity, and it
    stays without a leader for ever (rabbitmq-server 15725). Deleting still works, after five seconds.
    """
    for consumer in consumers:
        channel.queue_delete(queue_of(consumer, source))


def declare(channel: Any, source: str, consumers: Iterable[str]) -> None:
    """The exchange of a source, and the queue of each consumer bound to all of it. Repeating changes nothing."""
    exchange = exchange_of(source)
    channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
    for consumer in consumers:
        queue = queue_of(consumer, source)
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=dict(QUEUE_ARGUMENTS))
        channel.queue_bind(queue, exchange, routing_key="#")
