"""The small REST mount: what the pages show, as JSON, for programs. Read only.

A bearer token is one that the services themselves accept, with the audience `gateway`. Errors are problem details
(RFC 9457) with the services' reason codes.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2
from samspor.timeline.v1 import timeline_pb2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from libs.eventlog import Kind
from libs.eventlog.refusal import Refusal
from libs.host.errors import STATUSES, Refused, RequestInvalid
from libs.host.tokens import Claims, TokenMissing, Verifier
from services.gateway.person import Person
from services.gateway.site import Site
from services.gateway.visit import PATIENCE
from services.gateway.web.forms import RULES

AUDIENCE: Final = "gateway"
MOST: Final = 200
"""Entries of one page."""

Answering = Callable[[Request], tuple[Message, type[Message]]]


class NumberMalformed(Refusal):
    kind = Kind.INVALID
    reason = "NUMBER_MALFORMED"
    message = "The parameter {name} is not a number from 1 to {most}."


def routes(site: Site, verifier: Verifier) -> list[Route]:
    def route(path: str, question: Answering) -> Route:
        def answer(request: Request) -> Response:
            with site.telemetry.span(f"gateway GET {path}", request.headers.get("traceparent", "")) as span:
                try:
                    person = person_of(verifier.claims(bearer(request)))
                    asked, kind = question(request)
                    RULES.check(asked)
                    found = site.clients.ask(asked, kind, person.asking(span.traceparent), PATIENCE)
                    return JSONResponse(as_json(found))
                except (Refusal, Refused) as refused:
                    span.failed(refused.reason)
                    return problem(refused)

        return Route(path, answer, methods=["GET"])

    return [route("/api/v1/timeline/{citizen}", timeline), route("/api/v1/cases", cases)]


def timeline(request: Request) -> tuple[Message, type[Message]]:
    query = request.query_params
    question = timeline_pb2.GetTimeline(
        citizen=request.path_params["citizen"],
        purpose=query.get("purpose", ""),
        categories=query.getlist("category"),
        organisations=query.getlist("organisation"),
        sources=query.getlist("source"),
        case=query.get("case", ""),
        page=page_of(request),
    )
    return question, timeline_pb2.Timeline


def cases(request: Request) -> tuple[Message, type[Message]]:
    query = request.query_params
    question = cases_pb2.ListCases(
        status=query.get("status", ""), citizen=query.get("citizen", ""), page=page_of(request)
    )
    return question, cases_pb2.CaseList


def page_of(request: Request) -> common_pb2.PageRequest:
    size = request.query_params.get("size", "50")
    if not (size.isascii() and size.isdecimal() and len(size) < 4 and 1 <= int(size) <= MOST):
        raise NumberMalformed(name="size", most=MOST)
    return common_pb2.PageRequest(size=int(size), token=request.query_params.get("page", ""))


def bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing
    return token.strip()


def person_of(claims: Claims) -> Person:
    return Person(claims.sub, claims.org, claims.role, claims.unit)


def as_json(message: Message) -> dict[str, Any]:
    """Protobuf's JSON mapping with the protos' own names; an entry's data as an object."""
    found: dict[str, Any] = MessageToDict(message, preserving_proto_field_name=True)
    for entry in found.get("entries", ()):
        if "data" in entry:
            entry["data"] = json.loads(entry["data"])
    return found


def problem(refused: Refusal | Refused) -> Response:
    """application/problem+json (RFC 9457)."""
    status = STATUSES[refused.kind].http if refused.kind else 500
    body: dict[str, Any] = {"type": "about:blank", "title": refused.reason, "status": status, "detail": str(refused)}
    if isinstance(refused, RequestInvalid | Refused) and refused.violations:
        body["violations"] = [violation._asdict() for violation in refused.violations]
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")
