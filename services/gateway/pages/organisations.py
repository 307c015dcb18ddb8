"""Organisations: what each can and cannot do, and lists to choose one from."""

from typing import Final
from urllib.parse import urlsplit

from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway.pages.open_services import ask_path, takes_self_referral
from services.gateway.pages.role import profile_lines
from services.gateway.pages.room import rooms
from services.gateway.pages.service_fields import lines
from services.gateway.pages.unconfirmed import stale
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.forms import Option

READERS: Final = PROFESSIONAL | {"auditor", "citizen", "partner_administrator"}
MOST: Final = 200
MOST_PAGES: Final = 10


def organisation(visit: Visit) -> Response:
    question = partners_pb2.GetOrganisation(organisation=visit.path("organisation"))
    one = visit.ask(question, partners_pb2.Organisation)
    return visit.page(
        "organisation.html",
        one=one,
        room=rooms(visit, services=[service.id for service in one.services[:MOST]]),
        open={each.id: ask_path(each) for each in one.services if takes_self_referral(each)}
        if visit.who.role == "citizen"
        else {},
        may_ask=visit.who.role in PROFESSIONAL and visit.who.organisation != one.id,
        may_describe=visit.who.role == "partner_administrator" and visit.who.organisation == one.id,
        parent=visit.organisations([one.parent]).get(one.parent, "") if one.parent else "",
        role=profile_lines(one.role_profile),
        said=lines,
        stale=stale,
        website=one.website if urlsplit(one.website).scheme in ("http", "https") else "",
    )


def organisation_options(visit: Visit) -> list[Option]:
    """Organisations to choose from, by name; the first MOST_PAGES * MOST where a directory is very large."""
    options: list[Option] = []
    token = ""
    for _ in range(MOST_PAGES):
        question = partners_pb2.ListOrganisations(page=common_pb2.PageRequest(size=MOST, token=token))
        answer = visit.ask(question, partners_pb2.OrganisationList)
        options += [Option(one.id, one.name) for one in answer.organisations]
        token = answer.page.next
        if not token:
            break
    return options


PAGES: Final = (Page("/organisations/{organisation}", organisation, READERS),)
