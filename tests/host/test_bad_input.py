"""Whatever is sent, the answer has the right status and reason, no handler runs, and the process lives."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import psycopg
import pytest
import structlog
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import status_pb2
from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2

from libs.eventlog.refusal import Kind, Refusal, VersionStale
from libs.host.calls import Caller
from libs.host.clients import STATUS_KEY, GrpcClients, NotBelieved
from libs.host.dispatch import LARGEST
from libs.host.errors import Refused, Violation, refused
from libs.host.settings import Settings
from tests.host.conftest import CITIZEN, open_case

PATH = "/samspor.cases.v1.CasesService/"


@pytest.fixture
def channel(settings: Settings, service: SimpleNamespace) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(settings.rpc["cases"]) as channel:
        yield channel


@pytest.fixture
def token(clients: GrpcClients, caller: Caller) -> str:
    return clients.token("cases", caller)


def send(channel: grpc.Channel, body: bytes, token: str | None, method: str = "OpenCase") -> Any:
    """Raw bytes as a call; the status it fails with."""
    metadata = () if token is None else (("authorization", f"Bearer {token}"),)
    call = channel.unary_unary(PATH + method, request_serializer=bytes, response_deserializer=bytes)
    with pytest.raises(grpc.RpcError) as failed:
        call(body, metadata=metadata, timeout=5)
    return failed.value


def reason(error: Any) -> str:
    (details,) = (value for key, value in error.trailing_metadata() if key == STATUS_KEY)
    return refused(status_pb2.Status.FromString(details)).reason


def alive(service: SimpleNamespace, clients: GrpcClients, caller: Caller) -> bool:
    """Nothing reached a handler, and a good command still does."""
    assert service.seen == []
    return clients.ask(open_case(), common_pb2.Recorded, caller).id == CITIZEN


BODY = open_case().SerializeToString()
TOO_LARGE = open_case(title="x" * LARGEST).SerializeToString()
FAR_TOO_LARGE = b"\x22" + b"\xff" * 5 * LARGEST


@pytest.mark.parametrize(
    ("body", "code", "expected"),
    [
        pytest.param(b"\xff\xff\xff", grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_MALFORMED", id="no message"),
        pytest.param(BODY[:-3], grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_MALFORMED", id="cut short"),
        pytest.param(b"\x22\x03\xed\xa0\x80", grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_MALFORMED", id="surrogate"),
        pytest.param(b"", grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID", id="empty"),
        pytest.param(b"\x10\x01", grpc.StatusCode.INVALID_ARGUMENT, "REQUEST_INVALID", id="number for text"),
        pytest.param(TOO_LARGE, grpc.StatusCode.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE", id="over 1 MB"),
    ],
)
def test_bytes_that_are_no_command(
    body: bytes,
    code: grpc.StatusCode,
    expected: str,
    channel: grpc.Channel,
    token: str,
    service: SimpleNamespace,
    clients: GrpcClients,
    caller: Caller,
) -> None:
    error = send(channel, body, token)
    assert (error.code(), reason(error)) == (code, expected)
    assert alive(service, clients, caller)


def test_far_too_much_is_not_even_read(
    channel: grpc.Channel, token: str, service: SimpleNamespace, clients: GrpcClients, caller: Caller
) -> None:
    assert send(channel, FAR_TOO_LARGE, token).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert alive(service, clients, caller)


@pytest.mark.parametrize(("token", "expected"), [(None, "TOKEN_MISSING"), ("x.y.z", "TOKEN_INVALID")])
def test_who_asks_is_known_before_what_is_asked(
    token: str | None, expected: str, channel: grpc.Channel, service: SimpleNamespace
) -> None:
    error = send(channel, b"\xff\xff\xff", token)
    assert (error.code(), reason(error)) == (grpc.StatusCode.UNAUTHENTICATED, expected)
    assert service.seen == []


def test_an_unknown_method(channel: grpc.Channel, token: str) -> None:
    assert send(channel, b"", token, "DropCases").code() is grpc.StatusCode.UNIMPLEMENTED


def test_each_field_is_told(service: SimpleNamespace, clients: GrpcClients, caller: Caller) -> None:
    with pytest.raises(Refused) as error:
        clients.ask(open_case(citizen="x", category="y"), common_pb2.Recorded, caller)
    assert error.value.kind is Kind.INVALID
    assert [(violation.field, violation.code) for violation in error.value.violations] == [
        ("citizen", "UUID_MALFORMED"),
        ("category", "WORD_UNKNOWN"),
    ]
    assert all(violation.message for violation in error.value.violations)
    assert alive(service, clients, caller)


def command(**fields: Any) -> common_pb2.Command:
    return common_pb2.Command(command_id=CITIZEN, **fields)


def at(time: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp


def test_what_has_not_happened_is_not_recorded(service: SimpleNamespace, clients: GrpcClients, caller: Caller) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=4)
    clients.ask(open_case(command=command(occurred=at(soon))), common_pb2.Recorded, caller)
    assert service.seen.pop()[1].occurred == soon
    with pytest.raises(Refused) as error:
        clients.ask(open_case(command=command(occurred=at(soon + timedelta(minutes=2)))), common_pb2.Recorded, caller)
    assert [violation[:2] for violation in error.value.violations] == [("command.occurred", "TIME_AHEAD")]
    assert alive(service, clients, caller)


def test_the_expected_version_is_handed_on(service: SimpleNamespace, clients: GrpcClients, caller: Caller) -> None:
    clients.ask(open_case(command=command(expected_version=0)), common_pb2.Recorded, caller)
    assert service.seen[0][1].expected_version == 0


class CaseClosed(Refusal):
    kind = Kind.CONFLICT
    reason = "CASE_CLOSED"
    message = "The case {case} is closed. Reopen it first."


@pytest.mark.parametrize(
    ("raised", "kind", "expected", "http"),
    [
        (CaseClosed(case=CITIZEN), Kind.CONFLICT, "CASE_CLOSED", 409),
        (VersionStale(actual=3, expected=2, by="bo"), Kind.STALE, "VERSION_STALE", 412),
        (psycopg.OperationalError("connection to Anna lost"), Kind.UNAVAILABLE, "SERVICE_UNAVAILABLE", 503),
        (
            Refused(Kind.FORBIDDEN, "CONSENT_MISSING", "No consent.", {"a": "b"}, [Violation("x", "Y", "z")]),
            Kind.FORBIDDEN,
            "CONSENT_MISSING",
            403,
        ),
    ],
)
def test_a_refusal_arrives_as_it_was_raised(
    raised: Exception,
    kind: Kind,
    expected: str,
    http: int,
    service: SimpleNamespace,
    clients: GrpcClients,
    caller: Caller,
) -> None:
    service.does["refuse"] = raised
    with pytest.raises(Refused) as error:
        clients.ask(open_case(subject_code="refuse"), common_pb2.Recorded, caller)
    refusal = error.value
    assert (refusal.kind, refusal.reason, refusal.http_status) == (kind, expected, http)
    if isinstance(raised, Refusal | Refused):
        assert (str(refusal), refusal.details) == (str(raised), raised.details)
        assert refusal.violations == getattr(raised, "violations", ())
    assert "Anna" not in str(refusal)


def test_a_failure_says_nothing_but_an_incident(service: SimpleNamespace, clients: GrpcClients, caller: Caller) -> None:
    service.does["fail"] = ValueError("Anna Jensen, 010180-1234")
    with structlog.testing.capture_logs() as lines, pytest.raises(Refused) as error:
        clients.ask(open_case(subject_code="fail"), common_pb2.Recorded, caller)
    assert (error.value.kind, error.value.reason, error.value.http_status) == (None, "INTERNAL", 500)
    assert error.value.details["incident"] in str(error.value)
    (line,) = lines
    assert (line["incident"], line["error"]) == (error.value.details["incident"], "builtins.ValueError")
    assert line["frames"][-1].startswith("tests/host/conftest.py:")
    assert "Anna" not in str(error.value) + str(line)


def test_a_service_that_is_not_there(keys: Any, settings: Settings, caller: Caller) -> None:
    clients = GrpcClients("gateway", settings.model_copy(update={"rpc": {"cases": "127.0.0.1:9"}}))
    with pytest.raises(Refused) as error:
        clients.ask(cases_pb2.GetCase(case=CITIZEN), cases_pb2.Case, caller, deadline=1)
    assert (error.value.kind, error.value.reason) == (Kind.UNAVAILABLE, "SERVICE_UNAVAILABLE")
    clients.close()


def test_a_service_that_is_not_believed_is_not_its_callers_fault(
    settings: Settings, service: SimpleNamespace, caller: Caller, tmp_path: Path, keys: Path
) -> None:
    (tmp_path / "timeline.pem").write_bytes((keys / "private" / "stranger.pem").read_bytes())
    clients = GrpcClients("timeline", settings.model_copy(update={"signing_keys": tmp_path}))
    with pytest.raises(NotBelieved, match="cases: The token is not accepted"):
        clients.ask(open_case(), common_pb2.Recorded, caller)
    clients.close()


def test_a_service_asks_for_whom_it_was_asked_by(settings: Settings, service: SimpleNamespace, caller: Caller) -> None:
    clients = GrpcClients("timeline", settings)
    clients.ask(open_case(), common_pb2.Recorded, replace(caller, via=("gateway",)))
    clients.close()
    seen = service.seen[0][1]
    assert (seen.actor, seen.role, seen.via) == ("anna", "caseworker", ("timeline", "gateway"))
