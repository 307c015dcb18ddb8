"""The addresses under /api/hsds. Read only, the same for everybody, without signing in; no redacted location leaves.

An answer bears an ETag by which it is asked for again. Errors are problem details, as of the rest of the REST mount.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from samspor.partners.v1 import partners_pb2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from libs.eventlog import Kind
from libs.eventlog.refusal import Refusal
from libs.host.errors import Refused
from services.gateway.api import problem
from services.gateway.hsds.description import ROOT, about, description
from services.gateway.hsds.parameters import LISTINGS, Listing, question_of, values
from services.gateway.person import EVERYBODY
from services.gateway.site import Site
from services.gateway.visit import COMMAND, is_id
from services.gateway.web.rate import WINDOW, address_of

HEADERS: Final = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "no-cache",
}
"""Any site may show the directory. A copy is kept, and asked about each time: what is redacted today is gone today."""

Work = Callable[["Reader", Request], Response]


class Reader:
    """Asks partners in nobody's name."""

    def __init__(self, site: Site, traceparent: str) -> None:
        self._site, self._caller = site, EVERYBODY.asking(traceparent)

    def entities(self, question: partners_pb2.ListEntities) -> partners_pb2.EntityList:
        return self._site.clients.ask(question, partners_pb2.EntityList, self._caller, COMMAND)

    def entity(self, question: partners_pb2.GetEntity) -> str:
        return self._site.clients.ask(question, partners_pb2.EntityDocument, self._caller, COMMAND).document


def routes(site: Site) -> list[Route]:
    def route(path: str, work: Work) -> Route:
        def answer(request: Request) -> Response:
            who = address_of(request)
            if site.readings.exceeded(who):
                return too_many()
            site.readings.failed(who)
            with site.telemetry.span(f"gateway GET {ROOT}{path}", request.headers.get("traceparent", "")) as span:
                try:
                    found = work(Reader(site, span.traceparent), request)
                except (Refusal, Refused) as refused:
                    span.failed(refused.reason)
                    found = problem(refused)
            found.headers.update(HEADERS)
            return found

        return Route(ROOT + path, answer, methods=["GET"])

    return [
        *(route(path, lambda _, request: tagged(request, about(base(request)))) for path in ("", "/")),
        route("/openapi.json", lambda _, request: tagged(request, description(base(request)))),
        *(route(f"/{name}", listed(listing)) for name, listing in LISTINGS.items()),
        *(route(f"/{name}/{{id}}", one(listing)) for name, listing in LISTINGS.items()),
    ]


def base(request: Request) -> str:
    return str(request.base_url).rstrip("/") + ROOT


def listed(listing: Listing) -> Work:
    def work(reader: Reader, request: Request) -> Response:
        given = values(request.query_params, listing.takes)
        question = question_of(listing, given)
        found = reader.entities(question)
        if given.get("format") == "ndjson":
            return StreamingResponse(lines(reader, question, found), media_type="application/x-ndjson")
        return tagged(request, page_of(question, found))

    return work


def page_of(question: partners_pb2.ListEntities, found: partners_pb2.EntityList) -> dict[str, Any]:
    """The specification's Page."""
    pages = -(-found.total // question.per_page)
    return {
        "total_items": found.total,
        "total_pages": pages,
        "page_number": question.page,
        "size": len(found.documents),
        "first_page": question.page == 1,
        "last_page": question.page >= pages,
        "empty": not found.documents,
        "contents": [msgspec.Raw(text.encode()) for text in found.documents],
    }


def lines(reader: Reader, question: partners_pb2.ListEntities, found: partners_pb2.EntityList) -> Iterator[str]:
    """Every entity on a line; the stream breaks off where partners does not answer any more."""
    seen = 0
    while found.documents:
        yield from (f"{text}\n" for text in found.documents)
        seen += len(found.documents)
        if seen >= found.total:
            return
        question.page += 1
        found = reader.entities(question)


def one(listing: Listing) -> Work:
    def work(reader: Reader, request: Request) -> Response:
        given = values(request.query_params, listing.one_takes)
        id_ = str(request.path_params["id"]).lower()
        if not is_id(id_):
            raise Refused(Kind.UNKNOWN, "ENTITY_UNKNOWN", f"The directory has no {listing.kind} with this id.")
        question = partners_pb2.GetEntity(kind=listing.kind, id=id_, **given)
        return tagged(request, msgspec.Raw(reader.entity(question).encode()))

    return work


def tagged(request: Request, body: Any) -> Response:
    """With an ETag of what it says, or 304 where the reader has just that. Weak: the same, compressed or not."""
    content = msgspec.json.encode(body)
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = {each.strip() for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers={"etag": tag})
    return Response(content, headers={"etag": tag}, media_type="application/json")


def too_many() -> Response:
    body = {"type": "about:blank", "title": "REQUESTS_TOO_MANY", "status": 429, "detail": "Wait a minute."}
    headers = HEADERS | {"retry-after": str(int(WINDOW))}
    return JSONResponse(body, 429, headers, media_type="application/problem+json")
