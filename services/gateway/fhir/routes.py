"""The addresses under /api/fhir. A bearer token as for the rest of the REST mount; errors are OperationOutcomes."""

import re
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import msgspec
from anyio.to_thread import run_sync
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.eventlog import Kind
from libs.eventlog.refusal import Refusal
from libs.fhir.elements import Element, coding
from libs.host.errors import STATUSES, Refused, RequestInvalid
from libs.host.tokens import Verifier
from services.gateway.api import bearer, person_of
from services.gateway.fhir import capability, exchange, searching
from services.gateway.fhir.exchange import Desk
from services.gateway.fhir.reading import decoded, refused
from services.gateway.fhir.words import JSON, REASON, ROOT
from services.gateway.site import Site
from services.gateway.visit import COMMAND, is_id
from services.gateway.web.forms import RULES

READABLE: Final = (JSON, "application/json", "")
ETAG: Final = re.compile(r'W/"([0-9]{1,9})"').fullmatch
ISSUES: Final[dict[Kind | None, str]] = {
    Kind.INVALID: "invalid",
    Kind.UNAUTHENTICATED: "login",
    Kind.FORBIDDEN: "forbidden",
    Kind.UNKNOWN: "not-found",
    Kind.CONFLICT: "business-rule",
    Kind.STALE: "conflict",
    Kind.TOO_LARGE: "too-long",
    Kind.UNAVAILABLE: "transient",
    None: "exception",
}
"""hl7.org/fhir/R4/valueset-issue-type.html"""

Work = Callable[[Desk, Request, bytes], Response]


def routes(site: Site, verifier: Verifier) -> list[Route]:
    def route(path: str, **by_method: Work) -> Route:
        async def answer(request: Request) -> Response:
            body = await request.body()
            work = by_method[request.method.lower()]
            return await run_sync(lambda: answered(site, verifier, work, request, body))

        return Route(ROOT + path, answer, methods=[method.upper() for method in by_method])

    return [
        Route(f"{ROOT}/metadata", metadata, methods=["GET"]),
        route("/Task", get=searching.tasks, post=created(exchange.create_task)),
        route("/Task/{id}", get=one(exchange.task), put=changed),
        route("/ServiceRequest", get=searching.requests, post=created(exchange.create_request)),
        route("/ServiceRequest/{id}", get=one(exchange.request)),
        route("/Organization", get=searching.organizations, post=created(exchange.create_organization)),
        route("/Organization/{id}", get=one(searching.organization)),
        route("/HealthcareService", get=searching.services, post=created(exchange.create_service)),
        route("/HealthcareService/{id}", get=one(searching.service)),
        route("", post=both),
    ]


def answered(site: Site, verifier: Verifier, work: Work, request: Request, body: bytes) -> Response:
    with site.telemetry.span(named(request), request.headers.get("traceparent", "")) as span:
        try:
            desk = desk_of(site, verifier, request, span.traceparent)
            if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() not in READABLE:
                raise refused("Resource", f"send {JSON}")
            return work(desk, request, body)
        except (Refusal, Refused) as no:
            span.failed(no.reason)
            return outcome(no)


def named(request: Request) -> str:
    """Of a span: the kind of resource, and no id."""
    return f"gateway {request.method} {'/'.join(request.url.path.split('/')[:4])}"


def desk_of(site: Site, verifier: Verifier, request: Request, traceparent: str) -> Desk:
    person = person_of(verifier.claims(bearer(request)))

    def ask(question: Message, answer: type[Any]) -> Any:
        RULES.check(question)
        return site.clients.ask(question, answer, person.asking(traceparent), COMMAND)

    asked, match = request.headers.get("x-request-id", ""), request.headers.get("if-match", "")
    version = ETAG(match)
    if match and not version:
        raise refused("Resource.meta.versionId", 'If-Match is W/"" with the version between')
    return Desk(ask, person.organisation, asked if is_id(asked) else str(uuid4()), int(version[1]) if version else None)


def one(reading: Callable[[Desk, str], Element]) -> Work:
    def work(desk: Desk, request: Request, _body: bytes) -> Response:
        return shown(reading(desk, id_of(request)))

    return work


def created(creating: Callable[[Desk, dict[str, Any]], Element]) -> Work:
    def work(desk: Desk, _request: Request, body: bytes) -> Response:
        return shown(creating(desk, decoded(body)), 201)

    return work


def changed(desk: Desk, request: Request, body: bytes) -> Response:
    return shown(exchange.change_task(desk, id_of(request), decoded(body)))


def both(desk: Desk, _request: Request, body: bytes) -> Response:
    """The answer to a transaction: both resources as they are now."""
    entries = [
        {"resource": resource(each), "response": {"status": "201", "location": location(each)}}
        for each in exchange.create_both(desk, decoded(body))
    ]
    return answer_of({"resourceType": "Bundle", "type": "transaction-response", "entry": entries})


def metadata(_request: Request) -> Response:
    return answer_of(capability.STATEMENT)


def id_of(request: Request) -> str:
    found = str(request.path_params["id"])
    if not is_id(found):
        raise Refused(Kind.UNKNOWN, "NOT_FOUND", "No such resource.")
    return found


def shown(found: Any, status: int = 200) -> Response:
    headers = {"location": f"{ROOT}/{location(found)}"} if status == 201 else {}
    if found.meta and found.meta.version_id:
        headers["etag"] = f'W/"{found.meta.version_id}"'
    return answer_of(resource(found), status, headers)


def location(found: Any) -> str:
    return f"{found.resource_type}/{found.id}"


def resource(found: Element) -> Any:
    return msgspec.to_builtins(found)


def answer_of(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), status, headers, media_type=JSON)


def outcome(no: Refusal | Refused) -> Response:
    """OperationOutcome: the element, where one is to blame, and our reason code."""
    elements = [no.details["element"]] if "element" in no.details else []
    if isinstance(no, RequestInvalid | Refused):
        elements += [violation.field for violation in no.violations]
    issue = {
        "severity": "error",
        "code": ISSUES[no.kind],
        "details": {"coding": [msgspec.to_builtins(coding(REASON, no.reason))], "text": str(no) or no.reason},
        **({"expression": elements} if elements else {}),
    }
    status = STATUSES[no.kind].http if no.kind else 500
    return answer_of(
        {"resourceType": "OperationOutcome", "issue": [issue]},
        status,
        {"www-authenticate": "Bearer"} if status == 401 else {},
    )
