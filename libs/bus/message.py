"""The one message format: a CloudEvents JSON batch of the exact stored bytes, positions beside them in headers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from libs.bus.received import Received

CONTENT_TYPE: Final = "application/cloudevents-batch+json"
"""CloudEvents 1.0, JSON event format, section 4 (JSON batch format)."""
FIRST: Final = "first-position"
COUNT: Final = "count"
TRACEPARENT: Final = "traceparent"
MOST_EVENTS: Final = 500
MOST_BYTES: Final = 1_000_000
"""Of one message. An event is at most 64,000 bytes."""

MERGED_EVENTS: Final = 2_000
"""Of several messages applied in one transaction."""

_split = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Undecodable(ValueError):
    """A message that is not a batch of events. `args[0]` says which part is not; never holds any of the body."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive events of one source: the first one's position, and the published bytes."""

    first: int
    bodies: Sequence[bytes]

    @property
    def last(self) -> int:
        return self.first + len(self.bodies) - 1

    def after(self, position: int) -> "Batch":
        """What of it comes after a position."""
        seen = max(0, position - self.first + 1)
        return Batch(self.first + seen, self.bodies[seen:]) if seen else self

    def received(self) -> list[Received]:
        return [Received(self.first + index, body) for index, body in enumerate(self.bodies)]

    def cut(self, events: int = MOST_EVENTS, size: int = MOST_BYTES) -> "Iterator[Batch]":
        """The same events in parts that keep both limits; a part has at least one event."""
        start, total = 0, 0
        for index, body in enumerate(self.bodies):
            if index > start and (index - start == events or total + len(body) > size):
                yield Batch(self.first + start, self.bodies[start:index])
                start, total = index, 0
            total += len(body) + 1
        if start < len(self.bodies):
            yield Batch(self.first + start, self.bodies[start:])


def join(bodies: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(bodies) + b"]"


def split(body: bytes, headers: Mapping[str, Any]) -> Batch:
    """The batch in a message, each event byte for byte as published. Raises Undecodable."""
    first, count = headers.get(FIRST), headers.get(COUNT)
    if not isinstance(first, int) or first < 1:
        raise Undecodable("no first-position")
    try:
        bodies = [bytes(raw) for raw in _split(body)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Undecodable("no JSON array") from error
    if not bodies or count != len(bodies):
        raise Undecodable("count and array differ")
    if not all(raw.startswith(b"{") for raw in bodies):
        raise Undecodable("not all objects")
    return Batch(first, bodies)


def merge(batches: Iterable[Batch], most: int = MERGED_EVENTS) -> Iterator[Batch]:
    """The same events in ascending order, in as few batches as they are contiguous; repetitions go."""
    current: Batch | None = None
    for batch in sorted(batches, key=lambda each: each.first):
        if current is None:
            current = batch
        elif batch.first <= current.last + 1 and len(current.bodies) + len(batch.bodies) <= most:
            current = Batch(current.first, [*current.bodies, *batch.after(current.last).bodies])
        else:
            yield current
            current = batch
    if current is not None:
        yield current
