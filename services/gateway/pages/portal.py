"""The open portal: what organisations offer and need, for everybody, signed in or not."""

from typing import Final
from urllib.parse import urlsplit

from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway.pages.introductions import is_broker
from services.gateway.person import EVERYBODY
from services.gateway.visit import PATIENCE, Page, Visit
from services.gateway.web.dates import last_day_of
from services.vocabulary import VOCABULARIES


def portal(visit: Visit) -> Response:
    direction, kind = visit.query("direction"), visit.query("kind")
    question = partners_pb2.ListOffers(
        direction=direction if direction in VOCABULARIES["offer_direction"] else "",
        kind=kind if kind in VOCABULARIES["partner_resource"] else "",
        area=visit.query("area")[:100],
        page=common_pb2.PageRequest(size=50, token=visit.query("page")),
    )
    caller = EVERYBODY.asking(visit.traceparent)
    answer = visit.site.clients.ask(question, partners_pb2.PortalOfferList, caller, PATIENCE)
    return visit.page(
        "portal.html",
        offers=[(one, last_day_of(one.period.until), safe(one.website)) for one in answer.offers],
        next=answer.page.next,
        keeps=visit.person is not None and visit.person.role == "partner_administrator",
        brokers=is_broker(visit),
        directions=VOCABULARIES["offer_direction"],
        kinds=VOCABULARIES["partner_resource"],
    )


def safe(website: str) -> str:
    return website if urlsplit(website).scheme in ("http", "https") else ""


PAGES: Final = (Page("/portal", portal),)
