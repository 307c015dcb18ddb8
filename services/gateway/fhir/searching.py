"""Searches. A parameter that is not known is refused: who filters by it would otherwise be shown too much."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2
from starlette.requests import Request
from starlette.responses import Response

from libs.eventlog import Kind
from libs.fhir.elements import Element
from libs.host.errors import Refused
from services.gateway.fhir.directory import HealthcareService, Organization, organization_of, service_of
from services.gateway.fhir.reading import refused
from services.gateway.fhir.request import STATUSES, request_of
from services.gateway.fhir.task import task_of
from services.gateway.fhir.words import JSON, ROOT

if TYPE_CHECKING:
    from services.gateway.fhir.exchange import Desk

MOST: Final = 200
PAGING: Final = ("_count", "_page")
BOXES: Final = {"owner": "inbox", "requester": "outbox"}


def tasks(desk: "Desk", request: Request, _body: bytes) -> Response:
    asked = parameters(request, "owner", "requester", "status", "patient")
    return bundle(request, *referrals(desk, asked, asked.get("status", "")), task_of)


def requests(desk: "Desk", request: Request, _body: bytes) -> Response:
    """Without their reasons: each of those is read by itself, and the look recorded."""
    asked = parameters(request, "performer", "requester", "status", "patient")
    if "performer" in asked:
        asked["owner"] = asked.pop("performer")
    status = asked.pop("status", "")
    found, following = referrals(desk, asked, "")
    fitting = [one for one in found if one.citizen and status in ("", STATUSES.get(one.status, "active"))]
    return bundle(request, fitting, following, request_of)


def referrals(desk: "Desk", asked: Mapping[str, str], status: str) -> tuple[Sequence[referrals_pb2.Referral], str]:
    """A page of the inbox, the outbox, or one after the other, and which page follows: the box and its token."""
    boxes = [box for name, box in BOXES.items() if name in asked] or list(BOXES.values())
    for name in BOXES:
        if name in asked and asked[name].removeprefix("Organization/") != desk.organisation:
            return [], ""
    if len(asked.keys() & BOXES.keys()) > 1:
        raise refused("owner", "ask for what you own or what you requested, one at a time")
    box, _, token = (asked.get("_page") or boxes[0]).partition(".")
    if box not in boxes:
        raise refused("_page", "it is not a page of this search")
    question = referrals_pb2.ListReferrals(
        box=box, status=status, citizen=asked.get("patient", "").removeprefix("Patient/")
    )
    question.page.size, question.page.token = count(asked), token
    found = desk.ask(question, referrals_pb2.ReferralList)
    later = boxes[boxes.index(box) + 1 :]
    following = f"{box}.{found.page.next}" if found.page.next else next(iter(later), "")
    return found.referrals, following


def organizations(desk: "Desk", request: Request, _body: bytes) -> Response:
    asked = parameters(request, "name", "_id")
    question = partners_pb2.ListOrganisations(query=asked.get("name", ""), ids=filter(None, [asked.get("_id", "")]))
    question.page.size, question.page.token = count(asked), asked.get("_page", "")
    found = desk.ask(question, partners_pb2.OrganisationList)
    return bundle(request, found.organisations, found.page.next, organization_of)


def organization(desk: "Desk", id_: str) -> Organization:
    return organization_of(desk.ask(partners_pb2.GetOrganisation(organisation=id_), partners_pb2.Organisation))


def services(desk: "Desk", request: Request, _body: bytes) -> Response:
    asked = parameters(request, "organization", "name", "_id")
    question = partners_pb2.SearchServices(
        query=asked.get("name", ""),
        organisation=asked.get("organization", "").removeprefix("Organization/"),
        ids=filter(None, [asked.get("_id", "")]),
    )
    question.page.size, question.page.token = count(asked), asked.get("_page", "")
    found = desk.ask(question, partners_pb2.ServiceList)
    return bundle(request, found.services, found.page.next, service_of)


def service(desk: "Desk", id_: str) -> HealthcareService:
    found = desk.ask(partners_pb2.SearchServices(ids=[id_]), partners_pb2.ServiceList).services
    if not found:
        raise Refused(Kind.UNKNOWN, "SERVICE_UNKNOWN", "There is no such service.")
    return service_of(found[0])


def parameters(request: Request, *known: str) -> dict[str, str]:
    """Raises ElementRefused for a parameter that is unknown, or given twice."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in (*known, *PAGING) or name in found:
            raise refused(name, f"search by {', '.join(known)}, each once")
        found[name] = value
    return found


def count(asked: Mapping[str, str]) -> int:
    text = asked.get("_count", "50")
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= MOST):
        raise refused("_count", f"a number from 1 to {MOST}")
    return int(text)


def bundle(request: Request, found: Iterable[Any], following: str, made: Callable[[Any], Element]) -> Response:
    base = f"{str(request.base_url).rstrip('/')}{ROOT}"
    entries = [
        {
            "fullUrl": f"{base}/{one['resourceType']}/{one['id']}",
            "resource": one,
            "search": {"mode": "match"},
        }
        for one in (msgspec.to_builtins(made(each)) for each in found)
    ]
    body: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if following:
        asked = {name: value for name, value in request.query_params.items() if name != "_page"}
        url = f"{base}{request.url.path.removeprefix(ROOT)}?{urlencode({**asked, '_page': following})}"
        body["link"] = [{"relation": "next", "url": url}]
    if entries:
        body["entry"] = entries
    return Response(msgspec.json.encode(body), media_type=JSON)
