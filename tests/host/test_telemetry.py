"""One trace from the first call to the last, to a file and to a collector."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from samspor.common.v1 import common_pb2

from deploy.local.ports import free_port
from libs.host.calls import Caller
from libs.host.clients import GrpcClients
from libs.host.rpc import Server
from libs.host.settings import Settings
from libs.host.telemetry import CLIENT, Telemetry, new_traceparent
from tests.host.conftest import declared, open_case

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "spans" / "spans.jsonl"


def spans(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_spans_of_several_services_join(file: Path) -> None:
    gateway, cases = (Telemetry(name, Settings(otlp_file=file)) for name in ("gateway", "cases"))
    with gateway.span("click", kind=CLIENT) as click, cases.span("OpenCase", parent=click.traceparent) as call:
        call.note("samspor.position", 7)
    gateway.flush()
    inner, outer = spans(file)
    assert (inner["service"], inner["name"], inner["kind"]) == ("cases", "OpenCase", "server")
    assert (outer["service"], outer["name"], outer["kind"]) == ("gateway", "click", "client")
    assert inner["trace"] == outer["trace"]
    assert (inner["parent"], outer["parent"]) == (outer["span"], "")
    assert inner["attributes"] == {"samspor.position": 7}
    assert outer["start"] <= inner["start"] <= inner["end"] <= outer["end"]


@pytest.mark.parametrize("parent", ["", "x", PARENT.upper(), PARENT + "\n", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_malformed_parent_begins_a_trace(parent: str, file: Path) -> None:
    telemetry = Telemetry("cases", Settings(otlp_file=file))
    with telemetry.span("call", parent=parent):
        pass
    telemetry.flush()
    (span,) = spans(file)
    assert span["parent"] == ""
    assert int(span["trace"], 16)


def test_a_failure_is_marked_without_its_words(file: Path) -> None:
    telemetry = Telemetry("cases", Settings(otlp_file=file))
    with pytest.raises(ValueError, match="Anna"), telemetry.span("call"):
        raise ValueError("Anna Jensen")
    telemetry.flush()
    assert "Anna" not in file.read_text()
    assert (spans(file)[0]["ok"], spans(file)[0]["attributes"]) == (False, {"samspor.reason": "ValueError"})


def test_a_trace_goes_on_where_nobody_records_it() -> None:
    telemetry = Telemetry("cases", Settings())
    with telemetry.span("call", parent=PARENT) as span:
        assert span.traceparent == PARENT
    with telemetry.span("call", parent="x") as span:
        assert len(span.traceparent) == len(PARENT)


def test_what_a_caller_does_not_sample_is_not_recorded(file: Path) -> None:
    telemetry = Telemetry("cases", Settings(otlp_file=file))
    with telemetry.span("call", parent=new_traceparent()):
        pass
    telemetry.flush()
    assert not file.exists() or spans(file) == []


def test_a_call_joins_its_callers_trace(file: Path, settings: Settings, caller: Caller) -> None:
    service = SimpleNamespace(seen=[], does={})
    here = settings.model_copy(update={"rpc": {"cases": f"127.0.0.1:{free_port()}"}, "otlp_file": file})
    server, clients = Server(declared(lambda _: service), here), GrpcClients("gateway", here)
    server.start()
    clients.ask(open_case(), common_pb2.Recorded, replace(caller, traceparent=PARENT))
    clients.close()
    server.stop()
    (span,) = spans(file)
    assert (span["name"], span["trace"], span["parent"]) == (
        "samspor.cases.v1.CasesService/OpenCase",
        PARENT.split("-")[1],
        PARENT.split("-")[2],
    )
    assert service.seen[0][1].traceparent == f"00-{span['trace']}-{span['span']}-01"


@pytest.fixture
def collector() -> Iterator[SimpleNamespace]:
    """A receiver of OTLP over HTTP."""
    received: Queue[Any] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.put((self.path, ExportTraceServiceRequest.FromString(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield SimpleNamespace(endpoint=f"http://127.0.0.1:{server.server_port}", received=received)
        server.shutdown()


def test_spans_reach_a_collector(collector: SimpleNamespace) -> None:
    telemetry = Telemetry("cases", Settings(otlp=collector.endpoint, environment="test"))
    with telemetry.span("call", parent=PARENT):
        pass
    telemetry.flush()
    path, request = collector.received.get(timeout=5)
    (of_resource,) = request.resource_spans
    attributes = {item.key: item.value.string_value for item in of_resource.resource.attributes}
    assert path == "/v1/traces"
    assert (attributes["service.name"], attributes["deployment.environment.name"]) == ("cases", "test")
    assert of_resource.scope_spans[0].spans[0].trace_id.hex() == PARENT.split("-")[1]
