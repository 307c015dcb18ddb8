"""What the bus needs of telemetry: one span per published and per consumed batch, never per event."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from opentelemetry.trace import SpanKind

MOST_LINKS: Final = 32


class Timed(Protocol):
    traceparent: str

    def note(self, name: str, value: str | int) -> None: ...


class Spans(Protocol):
    """libs/host/telemetry.py's Telemetry."""

    def span(
        self, name: str, parent: str = "", kind: SpanKind = ..., links: Sequence[str] = ()
    ) -> AbstractContextManager[Timed]: ...


@dataclass(slots=True)
class _Unrecorded:
    traceparent: str

    def note(self, name: str, value: str | int) -> None:
        """Forgotten."""


class NoSpans:
    """Records nothing; the trace goes on past it."""

    @contextmanager
    def span(
        self,
        name: str,  # noqa: ARG002
        parent: str = "",
        kind: SpanKind = SpanKind.INTERNAL,  # noqa: ARG002
        links: Sequence[str] = (),  # noqa: ARG002
    ) -> Iterator[_Unrecorded]:
        yield _Unrecorded(parent)


def batch_span(spans: Spans, name: str, kind: SpanKind, traceparents: Iterable[str]) -> AbstractContextManager[Timed]:
    """A span whose parent is the first traceparent, with links to the others."""
    first, *others = list(dict.fromkeys(each for each in traceparents if each)) or [""]
    return spans.span(name, first, kind, others[:MOST_LINKS])
