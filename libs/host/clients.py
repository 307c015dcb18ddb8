"""The other services over gRPC, for rpc processes, the gateway and the CLI.

    clients = GrpcClients("gateway", settings)
    clients.ask(cases_pb2.GetCase(case=id), cases_pb2.Case, caller)

Which service and method a request goes to is said in the protos: it is the one that takes this message.
"""

import json
from threading import Lock
from time import monotonic
from typing import Any, Final

import grpc
from google.protobuf.message import Message
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2

from libs.eventlog.decider import Context
from libs.eventlog.refusal import Kind
from libs.host.calls import Answer, Caller
from libs.host.errors import Refused, ServiceUnavailable, refused
from libs.host.settings import DEADLINE, Settings
from libs.host.tokens import Issuer

STATUS_KEY: Final = "grpc-status-details-bin"
OPTIONS: Final = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    (
        # Safe for commands too: the same command id returns the first result.
        "grpc.service_config",
        json.dumps(
            {
                "methodConfig": [
                    {
                        "name": [{}],
                        "retryPolicy": {
                            "maxAttempts": 3,
                            "initialBackoff": "0.05s",
                            "maxBackoff": "0.5s",
                            "backoffMultiplier": 3,
                            "retryableStatusCodes": ["UNAVAILABLE"],
                        },
                    }
                ]
            }
        ),
    ),
)


class NotBelieved(RuntimeError):
    """Another service does not accept this service's tokens: a key is missing or wrong."""


class GrpcClients:
    """Asks in the name of `issuer`: a login (gateway, cli) or the service that was asked first. Thread-safe."""

    def __init__(self, issuer: str, settings: Settings) -> None:
        self._settings = settings
        self._issuer = Issuer(issuer, settings.folder("signing_keys"))
        self._is_service = issuer in settings.rpc
        self._lock = Lock()
        self._channels: dict[str, grpc.Channel] = {}
        self._calls: dict[str, tuple[str, Any]] = {}

    def ask(self, request: Message, answer: type[Answer], caller: Context, deadline: float = DEADLINE) -> Answer:
        """libs/host/calls.py says what it promises."""
        service, call = self._call(request, answer)
        metadata = [("authorization", f"Bearer {self.token(service, caller)}")]
        if caller.traceparent:
            metadata.append(("traceparent", caller.traceparent))
        try:
            result: Answer = call(request, timeout=seconds_for(caller, deadline), metadata=metadata)
        except grpc.RpcError as error:
            refusal = _refused(error, service)
            if self._is_service and refusal.kind is Kind.UNAUTHENTICATED:
                # The token is ours, so the fault is too: the person who asked us is who they say.
                raise NotBelieved(f"{service}: {refusal}") from None
            raise refusal from None
        return result

    def token(self, service: str, caller: Context) -> str:
        """The token that says to `service` who the caller is."""
        via = caller.via if isinstance(caller, Caller) else ()
        if self._is_service and caller.actor != self._issuer.name:
            via = (self._issuer.name, *via)
        return self._issuer.token(
            service, caller.actor, organisation=caller.organisation, role=caller.role, unit=caller.unit, via=via
        )

    def check(self, service: str) -> None:
        """Raises unless the service says that it is serving."""
        request = health_pb2.HealthCheckRequest()
        call = self._channel(service).unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        if call(request, timeout=1.0).status != health_pb2.HealthCheckResponse.SERVING:
            raise ServiceUnavailable(service=service)

    def close(self) -> None:
        with self._lock:
            for channel in self._channels.values():
                channel.close()

    def _call(self, request: Message, answer: type[Message]) -> tuple[str, Any]:
        name = request.DESCRIPTOR.full_name
        found = self._calls.get(name)
        if found is None:
            path = path_of(request.DESCRIPTOR)
            service = name.split(".")[1]
            found = self._calls[name] = (
                service,
                self._channel(service).unary_unary(
                    path,
                    request_serializer=type(request).SerializeToString,
                    response_deserializer=answer.FromString,
                ),
            )
        return found

    def _channel(self, service: str) -> grpc.Channel:
        with self._lock:
            if service not in self._channels:
                self._channels[service] = grpc.insecure_channel(self._settings.rpc_of(service), options=OPTIONS)
            return self._channels[service]


def seconds_for(caller: Context, deadline: float) -> float:
    """How long another service is waited for: no longer than whoever asked us waits for us."""
    if isinstance(caller, Caller):
        return max(min(deadline, caller.until - monotonic()), 0.0)
    return deadline


def path_of(request: Any) -> str:
    """`/package.Service/Method` of the method that takes `request`. Raises LookupError."""
    for service in request.file.services_by_name.values():
        for method in service.methods:
            if method.input_type == request:
                return f"/{service.full_name}/{method.name}"
    raise LookupError(f"no method takes {request.full_name}")


def _refused(error: Any, service: str) -> Refused:
    for key, value in error.trailing_metadata() or ():
        if key == STATUS_KEY:
            return refused(status_pb2.Status.FromString(value))
    if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED):
        away = ServiceUnavailable(service=service)
        return Refused(Kind.UNAVAILABLE, away.reason, str(away), away.details)
    return Refused(None, "INTERNAL", f"{service} failed.", {"service": service, "status": error.code().name})
