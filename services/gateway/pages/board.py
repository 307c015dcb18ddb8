"""The board: an organisation's referrals by what is to be done next, received or sent."""

from typing import Final

from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2
from starlette.responses import Response

from services.gateway.pages.cards import referral_cards
from services.gateway.pages.referrals import BOXES
from services.gateway.pages.room import services_of
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit, is_id
from services.gateway.web.forms import Option
from services.gateway.web.languages import word
from services.vocabulary import VOCABULARIES

COLUMN: Final = 25
"""Referrals of a column's page."""
MOST_PARTNERS: Final = 10
"""Partners whose services can be chosen among what was sent to them."""


def board(visit: Visit) -> Response:
    box = visit.query("box")
    box = box if box in BOXES else BOXES[0]
    stages = [stage for stage in VOCABULARIES["referral_stage"] if stage != "draft" or box == "outbox"]
    lists = {stage: column(visit, box, stage) for stage in stages}
    found = [one for answer in lists.values() for one in answer.referrals]
    people, services = colleagues(visit), services_among(visit, box, found)
    cards = {card.id: card for card in referral_cards(visit, found)}
    return visit.page(
        "board.html",
        box=box,
        columns=[
            {
                "stage": stage,
                "heading": word("referral_stage", stage),
                "total": answer.total,
                "next": answer.page.next,
                "rows": [
                    (
                        cards[one.id],
                        services.get(one.service, ""),
                        people.get(answer.colleagues.get(one.id, ""), ""),
                    )
                    for one in answer.referrals
                ],
            }
            for stage, answer in lists.items()
        ],
        services=[Option(*pair) for pair in services.items()],
        colleagues=[Option(*pair) for pair in people.items()],
        filtered=bool(visit.query("service") or visit.query("colleague")),
    )


def column(visit: Visit, box: str, stage: str) -> referrals_pb2.ReferralList:
    service = visit.query("service")
    question = referrals_pb2.ListReferrals(
        box=box,
        stage=stage,
        service=service if is_id(service) else "",
        colleague=visit.query("colleague")[:200],
        page=common_pb2.PageRequest(size=COLUMN, token=visit.query(stage)),
    )
    return visit.ask(question, referrals_pb2.ReferralList)


def colleagues(visit: Visit) -> dict[str, str]:
    """Person id -> name, of those at the reader's organisation who work with citizens."""
    answer = visit.ask(partners_pb2.ListMembers(organisation=visit.who.organisation), partners_pb2.MemberList)
    return {one.person: one.name for one in answer.members if one.role in PROFESSIONAL}


def services_among(visit: Visit, box: str, found: list[referrals_pb2.Referral]) -> dict[str, str]:
    """Service id -> name: the reader's own, or of what was sent those that it was sent to."""
    if box == BOXES[0]:
        return services_of(visit, visit.who.organisation)
    partners = list(dict.fromkeys(one.recipient for one in found if one.service))[:MOST_PARTNERS]
    names = {service: name for partner in partners for service, name in services_of(visit, partner).items()}
    return {service: names[service] for one in found if (service := one.service) in names}


PAGES: Final = (Page("/board", board, PROFESSIONAL),)
