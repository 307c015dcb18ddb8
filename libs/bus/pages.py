"""Asking a source for what is missing: a page of its log, over nameko's RPC `<source>_log.page(after, limit)`."""

from collections.abc import Callable
from typing import Any, Final

from libs.bus.message import Batch

PAGE: Final = 2_000
"""Events asked for at once."""
PAGE_BYTES: Final = 8_000_000
"""Of one answer; it may then hold fewer events, but at least one."""
PATIENCE: Final = 15.0
"""Seconds to wait for a page."""

SERIALIZER: Final = "msgpack"
CONTENT_TYPE: Final = "application/x-msgpack"
NAMEKO: Final[dict[str, Any]] = {
    "serializer": SERIALIZER,
    "ACCEPT": [SERIALIZER],
    "SERIALIZERS": {
        SERIALIZER: {
            "encoder": "msgspec.msgpack.encode",
            "decoder": "msgspec.msgpack.decode",
            "content_type": CONTENT_TYPE,
            "content_encoding": "binary",
        }
    },
}
"""nameko's configuration, so that bodies travel as bytes."""

Fetch = Callable[[int], Batch]
"""The page after a position; empty at the head of the log. Raises SourceAway."""


class SourceAway(ConnectionError):
    """The source's worker does not answer. Ask again later."""


def to_wire(batch: Batch) -> list[Any]:
    """The answer to a page request: first position and bodies, cut to what one message may hold."""
    part = next(batch.cut(PAGE, PAGE_BYTES), batch)
    return [part.first, list(part.bodies)]


def from_wire(answer: list[Any]) -> Batch:
    return Batch(answer[0], answer[1])
