"""The open portal: what organisations offer and need, for everybody, signed in or not."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from libs.eventlog import Context
from services.gateway.visit import PATIENCE, Page, Visit
from services.gateway.web.dates import last_day_of
from services.vocabulary import VOCABULARIES


def portal(visit: Visit) -> Response:
    """Asked in the gateway's own name: the answer is the same for everybody."""
    now = datetime.now(UTC)
    caller = Context(command_id="", actor="gateway", organisation="", role="operator", now=now, occurred=now)
    direction, kind = visit.query("direction"), visit.query("kind")
    question = partners_pb2.ListOffers(
        direction=direction if direction in VOCABULARIES["offer_direction"] else "",
        kind=kind if kind in VOCABULARIES["partner_resource"] else "",
    )
    offers = visit.site.clients.ask(question, partners_pb2.PortalOfferList, caller, PATIENCE).offers
    return visit.page(
        "portal.html",
        offers=[(one, last_day_of(one.period.until), safe(one.website)) for one in offers],
        directions=VOCABULARIES["offer_direction"],
        kinds=VOCABULARIES["partner_resource"],
    )


def safe(website: str) -> str:
    return website if urlsplit(website).scheme in ("http", "https") else ""


PAGES: Final = (Page("/portal", portal),)
