"""Traces: one span for each call and each batch, joined across processes by W3C traceparent.

    telemetry = Telemetry("cases", settings)
    with telemetry.span("cases/OpenCase", parent=traceparent) as span:
        ...  span.traceparent goes on to whoever is called and into the event

Works without grpc, so in workers too. Spans go to an OTLP/HTTP collector, to a file of JSON lines, or nowhere.
"""

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import (
    INVALID_SPAN_CONTEXT,
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)

from libs.host.settings import Settings

_traceparent: Final = re.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})").fullmatch
SERVER: Final = SpanKind.SERVER
CLIENT: Final = SpanKind.CLIENT
PRODUCER: Final = SpanKind.PRODUCER
CONSUMER: Final = SpanKind.CONSUMER


class Timed:
    """A span while it runs."""

    __slots__ = ("_span", "traceparent")

    def __init__(self, traceparent: str, span: Span | None = None) -> None:
        self.traceparent, self._span = traceparent, span

    def note(self, name: str, value: str | int) -> None:
        """An attribute; never anything personal."""
        if self._span:
            self._span.set_attribute(name, value)

    def failed(self, reason: str) -> None:
        """The call was answered with no, or with an error: its reason code."""
        if self._span:
            self._span.set_attribute("samspor.reason", reason)
            self._span.set_status(Status(StatusCode.ERROR))


class Telemetry:
    """The spans of one service. Several in one process share the way out."""

    def __init__(self, service: str, settings: Settings) -> None:
        processor = _processor(settings.otlp, settings.otlp_file)
        self._provider: TracerProvider | None = None
        if processor:
            resource = Resource.create(
                {
                    "service.name": service,
                    "service.namespace": "samspor",
                    "deployment.environment.name": settings.environment,
                }
            )
            self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
            self._provider.add_span_processor(processor)
            self._tracer = self._provider.get_tracer("samspor")

    @contextmanager
    def span(self, name: str, parent: str = "", kind: SpanKind = SERVER, links: Sequence[str] = ()) -> Iterator[Timed]:
        """`parent` and `links` are traceparents; a parent that is malformed, or none, begins a new trace."""
        if self._provider is None:
            yield Timed(parent if _traceparent(parent) else new_traceparent())
            return
        span = self._tracer.start_span(
            name,
            _context(parent),
            kind,
            links=[Link(get_current_span(_context(link)).get_span_context()) for link in links],
            record_exception=False,
            set_status_on_exception=False,
        )
        timed = Timed(_format(span.get_span_context()), span)
        try:
            yield timed
        except BaseException as error:
            timed.failed(getattr(error, "reason", type(error).__name__))
            raise
        finally:
            span.end()

    def flush(self) -> None:
        """Sends what waits, for at most two seconds."""
        if self._provider:
            self._provider.force_flush(2000)


def new_traceparent() -> str:
    """A trace of its own that nobody samples."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def _context(parent: str) -> Any:
    found = _traceparent(parent)
    if not found:
        return set_span_in_context(NonRecordingSpan(INVALID_SPAN_CONTEXT))
    trace, span, flags = (int(part, 16) for part in found.groups())
    return set_span_in_context(
        NonRecordingSpan(SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(flags)))
    )


def _format(context: SpanContext) -> str:
    return f"00-{format_trace_id(context.trace_id)}-{format_span_id(context.span_id)}-{context.trace_flags:02x}"


@cache
def _processor(endpoint: str, file: Path | None) -> SpanProcessor | None:
    """One for each way out in a process."""
    if endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=5))
    return BatchSpanProcessor(FileExporter(file), schedule_delay_millis=200) if file else None


class FileExporter(SpanExporter):
    """Spans as JSON lines, appended; several processes may write to the same file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        lines = "".join(json.dumps(_line(span), ensure_ascii=False) + "\n" for span in spans)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(lines)
        return SpanExportResult.SUCCESS


def _line(span: ReadableSpan) -> dict[str, Any]:
    context = span.get_span_context() or INVALID_SPAN_CONTEXT
    return {
        "trace": format_trace_id(context.trace_id),
        "span": format_span_id(context.span_id),
        "parent": format_span_id(span.parent.span_id) if span.parent else "",
        "service": span.resource.attributes.get("service.name"),
        "name": span.name,
        "kind": span.kind.name.lower(),
        "start": span.start_time,
        "end": span.end_time,
        "ok": span.status.status_code is not StatusCode.ERROR,
        "attributes": dict(span.attributes or {}),
    }
