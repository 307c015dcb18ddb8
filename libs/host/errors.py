"""Refusals on the wire: one reason code, its gRPC and HTTP status, and the way back into Python at the caller.

Rich errors are google.rpc.Status with ErrorInfo and BadRequest (AIP-193). Nothing here imports grpc.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from google.rpc import code_pb2, error_details_pb2, status_pb2

from libs.eventlog.refusal import Kind, Refusal

DOMAIN: Final = "samspor"


class Statuses(NamedTuple):
    grpc: int
    """google.rpc.Code"""
    http: int


STATUSES: Final[dict[Kind, Statuses]] = {
    Kind.INVALID: Statuses(code_pb2.INVALID_ARGUMENT, 400),
    Kind.UNAUTHENTICATED: Statuses(code_pb2.UNAUTHENTICATED, 401),
    Kind.FORBIDDEN: Statuses(code_pb2.PERMISSION_DENIED, 403),
    Kind.UNKNOWN: Statuses(code_pb2.NOT_FOUND, 404),
    Kind.CONFLICT: Statuses(code_pb2.FAILED_PRECONDITION, 409),
    Kind.STALE: Statuses(code_pb2.ABORTED, 412),
    Kind.TOO_LARGE: Statuses(code_pb2.RESOURCE_EXHAUSTED, 413),
    Kind.UNAVAILABLE: Statuses(code_pb2.UNAVAILABLE, 503),
}
KINDS: Final = {statuses.grpc: kind for kind, statuses in STATUSES.items()} | {
    code_pb2.DEADLINE_EXCEEDED: Kind.UNAVAILABLE,
    code_pb2.CANCELLED: Kind.UNAVAILABLE,
}


class Violation(NamedTuple):
    """A field that is not accepted, and why. Never its value."""

    field: str
    """Path from the request, for instance `command.command_id` or `categories[2]`."""
    code: str
    message: str


class RequestInvalid(Refusal):
    kind = Kind.INVALID
    reason = "REQUEST_INVALID"
    message = "{request} is not accepted; the fields to correct: {fields}."

    def __init__(self, request: str, violations: Sequence[Violation]) -> None:
        super().__init__(request=request, fields=", ".join(violation.field for violation in violations))
        self.violations = tuple(violations)


class RequestMalformed(Refusal):
    kind = Kind.INVALID
    reason = "REQUEST_MALFORMED"
    message = "The bytes sent are not a {request} message."


class RequestTooLarge(Refusal):
    kind = Kind.TOO_LARGE
    reason = "REQUEST_TOO_LARGE"
    message = "The request is {size} bytes; at most {most} are accepted."


class ServiceUnavailable(Refusal):
    kind = Kind.UNAVAILABLE
    reason = "SERVICE_UNAVAILABLE"
    message = "{service} does not answer just now. Try again in a moment; repeat a command with the same command id."


class Refused(Exception):
    """Another service said no. Raised again by a handler, it reaches the first caller with the same reason."""

    def __init__(
        self,
        kind: Kind | None,
        reason: str,
        message: str,
        details: Mapping[str, str] | None = None,
        violations: Sequence[Violation] = (),
    ) -> None:
        super().__init__(message)
        self.kind = kind
        """None when the other service failed: reason INTERNAL, with `incident` in the details."""
        self.reason, self.message = reason, message
        self.details = dict(details or {})
        self.violations = tuple(violations)

    @property
    def http_status(self) -> int:
        return STATUSES[self.kind].http if self.kind else 500


def status_of(refusal: Refusal | Refused) -> status_pb2.Status:
    """The rich status of a refusal."""
    code = STATUSES[refusal.kind].grpc if refusal.kind else code_pb2.INTERNAL
    status = status_pb2.Status(code=code, message=str(refusal))
    status.details.add().Pack(
        error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=refusal.details)
    )
    if violations := getattr(refusal, "violations", ()):
        bad = error_details_pb2.BadRequest()
        for violation in violations:
            bad.field_violations.add(field=violation.field, reason=violation.code, description=violation.message)
        status.details.add().Pack(bad)
    return status


def internal(incident: str) -> status_pb2.Status:
    """The status of an unexpected failure: an id to look for in the logs, and nothing about what happened."""
    return status_of(
        Refused(
            None, "INTERNAL", f"Something failed here. Give incident {incident} to support.", {"incident": incident}
        )
    )


def refused(status: status_pb2.Status) -> Refused:
    """The way back: what a status from another service says."""
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info) or detail.Unpack(bad)
    return Refused(
        KINDS.get(status.code),
        info.reason or "INTERNAL",
        status.message,
        info.metadata,
        [Violation(field.field, field.reason, field.description) for field in bad.field_violations],
    )
