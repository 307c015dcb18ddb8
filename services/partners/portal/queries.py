"""Questions to the portal: what is offered and needed now, to everybody; introductions, to whom they concern."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import period
from services.partners.portal.introduction import INTRODUCTION
from services.partners.words import query

if TYPE_CHECKING:
    from services.partners.service import Partners

MOST: Final = 200
FIRST_PAGE: Final = 2**63 - 1
OFFERS: Final = """
SELECT f.*, o.name, o.website FROM offers f JOIN organisations o ON o.id = f.organisation
WHERE (f.until IS NULL OR f.until > %(now)s)
  AND (%(direction)s = '' OR f.direction = %(direction)s)
  AND (%(kind)s = '' OR f.kind = %(kind)s)
  AND (%(organisation)s = '' OR f.organisation = nullif(%(organisation)s, '')::uuid)
  AND (%(offer)s = '' OR f.id = nullif(%(offer)s, '')::uuid)
  AND (%(area)s = '' OR f.area_words @@ %(area)s::text::tsquery)
  AND f.position < %(before)s
ORDER BY f.position DESC LIMIT %(size)s
"""
INTRODUCTIONS: Final = (
    "SELECT id::text FROM introductions WHERE concerned @> ARRAY[%s::uuid] ORDER BY position DESC LIMIT %s"
)
CONTACTS: Final = "SELECT name, email, website FROM organisations WHERE id = ANY(%s::uuid[]) ORDER BY name_order, id"
SAME: Final = ("direction", "kind", "title", "description", "area", "contact")


class Place(NamedTuple):
    position: int


def list_offers(service: "Partners", question: partners.ListOffers, caller: Context) -> partners.PortalOfferList:
    """The newest first."""
    size, before = page_size(question.page.size), place_of(question.page.token, Place)
    asked = {name: getattr(question, name) for name in ("direction", "kind", "organisation", "offer")} | {
        "area": query(question.area),
        "now": caller.now,
        "before": before.position if before else FIRST_PAGE,
        "size": size + 1,
    }
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(OFFERS.encode(), asked).fetchall()
    shown = rows[:size]
    page = common.PageAnswer(next=token_of(Place(shown[-1]["position"])) if len(rows) > size else "")
    return partners.PortalOfferList(offers=map(offer_message, shown), page=page)


def offer_message(row: Mapping[str, Any]) -> partners.PortalOffer:
    return partners.PortalOffer(
        id=str(row["id"]),
        organisation=str(row["organisation"]),
        organisation_name=row["name"],
        period=period(row["since"], row["until"]),
        website=row["website"] if row["contact"] == "website" else "",
        **{name: row[name] for name in SAME},
    )


def list_introductions(
    service: "Partners", _question: partners.ListIntroductions, caller: Context
) -> partners.IntroductionList:
    service.authorizer.require(caller, "ListIntroductions", {"concerned": True})
    with service.pool.connection() as connection:
        rows = connection.execute(INTRODUCTIONS, [caller.organisation, MOST]).fetchall()
    return partners.IntroductionList(introductions=[introduction_message(service, id_) for (id_,) in rows])


def introduction_message(service: "Partners", id_: str) -> partners.Introduction:
    one = service.log.load(INTRODUCTION, id_).state
    return partners.Introduction(
        id=id_,
        broker=one.broker,
        parties=one.parties,
        offer=one.offer,
        reason=one.reason,
        status=one.status,
        accepted=one.accepted,
        outcome=one.outcome,
        contacts=contacts(service, one.parties) if one.status in ("introduced", "closed") else (),
    )


def contacts(service: "Partners", parties: tuple[str, ...]) -> list[str]:
    """How each organisation is reached, by what its directory entry says."""
    with service.pool.connection() as connection:
        rows = connection.execute(CONTACTS, [list(parties)]).fetchall()
    return [": ".join((name, ", ".join(filter(None, ways)))) for name, *ways in rows]


PORTAL_QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.ListOffers: list_offers,
    partners.ListIntroductions: list_introductions,
}
