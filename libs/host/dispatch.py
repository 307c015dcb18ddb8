"""One call from bytes to bytes: token, size, rules, caller, handler, answer. No grpc here; libs/host/rpc.py carries it.

Everything that can be made once per process is made once per method; what is left per call is what the call needs.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, timedelta
from time import monotonic
from typing import Any, Final

from google.protobuf.message import DecodeError, Message
from google.rpc import status_pb2
from psycopg import OperationalError
from psycopg.errors import ReadOnlySqlTransaction

from libs.eventlog.refusal import Refusal
from libs.host import clock, logs
from libs.host.calls import Caller
from libs.host.errors import (
    Refused,
    RequestInvalid,
    RequestMalformed,
    RequestTooLarge,
    ServiceUnavailable,
    Violation,
    internal,
    status_of,
)
from libs.host.service import Handler
from libs.host.settings import DEADLINE, SPARE
from libs.host.telemetry import Telemetry
from libs.host.tokens import Claims, TokenMissing, Verifier
from libs.host.validation import Rulebook

LARGEST: Final = 1024 * 1024
"""Bytes of a request."""
AWAY: Final = (OperationalError, ReadOnlySqlTransaction)
"""What a database that cannot be used just now raises; one that failed over can still be read."""
AHEAD: Final = timedelta(minutes=5)
"""How far in the future something may be said to have occurred."""


class Failed(Exception):
    """The call is answered with this status."""

    def __init__(self, status: status_pb2.Status) -> None:
        super().__init__(status.code)
        self.status = status


class Method:
    """A command or a question of one service."""

    def __init__(
        self,
        path: str,
        request: type[Message],
        handler: Handler,
        *,
        service: Any,
        name: str,
        rulebook: Rulebook,
        verifier: Verifier,
        telemetry: Telemetry,
    ) -> None:
        rulebook.compile(request.DESCRIPTOR)
        self.path = path
        self._request, self._handler, self._service, self._name = request, handler, service, name
        self._rulebook, self._verifier, self._telemetry = rulebook, verifier, telemetry
        self._is_command = "command" in request.DESCRIPTOR.fields_by_name
        self._log = logs.logger(name)

    def answer(self, body: bytes, metadata: Mapping[str, str], seconds: float = DEADLINE) -> bytes:
        """`seconds`: how long the caller waits. Raises Failed, and nothing else."""
        until = monotonic() + min(seconds, DEADLINE) - SPARE
        with self._telemetry.span(self.path, metadata.get("traceparent", "")) as span:
            try:
                return self._answer(body, metadata, span.traceparent, until)
            except (Refusal, Refused) as refusal:
                span.failed(refusal.reason)
                raise Failed(status_of(refusal)) from None
            except AWAY as error:
                span.failed(ServiceUnavailable.reason)
                self._log.warning("database away", method=self.path, **logs.failure(error))
                raise Failed(status_of(ServiceUnavailable(service=self._name))) from None
            except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets an answer and we get a line
                incident = secrets.token_hex(6)
                span.failed("INTERNAL")
                self._log.error(
                    "call failed",
                    method=self.path,
                    incident=incident,
                    traceparent=span.traceparent,
                    **logs.failure(error),
                )
                raise Failed(internal(incident)) from None

    def _answer(self, body: bytes, metadata: Mapping[str, str], traceparent: str, until: float) -> bytes:
        claims = self._verifier.claims(bearer(metadata))
        if len(body) > LARGEST:
            raise RequestTooLarge(size=len(body), most=LARGEST)
        request = self._request()
        try:
            request.ParseFromString(body)
        except DecodeError:
            raise RequestMalformed(request=self._request.DESCRIPTOR.name) from None
        self._rulebook.check(request)
        called_by = command_caller if self._is_command else asker
        return self._handler(self._service, request, called_by(request, claims, traceparent, until)).SerializeToString()


def bearer(metadata: Mapping[str, str]) -> str:
    """The token of a call. Raises TokenMissing."""
    scheme, _, token = metadata.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing
    return token


def asker(_question: Any, claims: Claims, traceparent: str, until: float) -> Caller:
    """Who asks a question."""
    now = clock.now()
    return Caller(
        command_id="",
        actor=claims.sub,
        organisation=claims.org,
        role=claims.role,
        unit=claims.unit,
        via=claims.via,
        until=until,
        now=now,
        occurred=now,
        traceparent=traceparent,
    )


def command_caller(request: Any, claims: Claims, traceparent: str, until: float) -> Caller:
    """Who commands, and what the command says of itself. Raises RequestInvalid for a time to come."""
    command, now = request.command, clock.now()
    occurred = command.occurred.ToDatetime(UTC) if command.HasField("occurred") else now
    if occurred > now + AHEAD:
        late = Violation("command.occurred", "TIME_AHEAD", "What is recorded has happened: give a time that is past.")
        raise RequestInvalid(request.DESCRIPTOR.name, [late])
    return Caller(
        command_id=command.command_id,
        actor=claims.sub,
        organisation=claims.org,
        role=claims.role,
        unit=claims.unit,
        via=claims.via,
        until=until,
        now=now,
        occurred=occurred,
        expected_version=command.expected_version if command.HasField("expected_version") else None,
        correlationid=command.command_id,
        traceparent=traceparent,
    )
