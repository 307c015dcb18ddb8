"""An event as a consumer gets it: the published bytes, and their position in the source's log."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
import psycopg


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The CloudEvents attributes of a published document as they are written, `data` undecoded."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    recordedtime: str
    streamversion: int
    organisation: str = ""
    actor: str = ""
    citizen: str = ""
    case: str = ""
    category: str = "administrative"
    sensitivity: str = "normal"
    legalbasis: str = ""
    correlationid: str = ""
    causationid: str = ""
    traceparent: str = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


_read_envelope = msgspec.json.Decoder(Envelope).decode


class Received:
    """One event of a source. Nothing is decoded before it is asked for."""

    def __init__(self, position: int, body: bytes) -> None:
        self.position = position
        self.body = body

    @cached_property
    def envelope(self) -> Envelope:
        """Raises msgspec.ValidationError or DecodeError for what is no published event."""
        return _read_envelope(self.body)

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The clear fields of the event as published, before any upcast; `personal` is sealed."""
        fields: dict[str, Any] = msgspec.json.decode(self.envelope.data)
        return fields

    def __repr__(self) -> str:
        return f"Received({self.position}, {len(self.body)} bytes)"


Handler = Callable[[psycopg.Connection[Any], Sequence[Received]], None]
"""Applies events of one source, in order and each of them once, on a connection inside the transaction that also moves
the source's position. What it writes elsewhere must be idempotent (a command with a derived id).

It raises for an event it cannot take: that event alone is parked. Trouble that is not the event's fault (a database
away, a lock, a Refusal of kind UNAVAILABLE) is tried again until it is over. It never commits."""
