"""Questions to the portal: what is offered and needed now, to everybody; introductions, to whom they concern."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from libs.host.times import period
from services.partners.portal.introduction import INTRODUCTION

if TYPE_CHECKING:
    from services.partners.service import Partners

MOST: Final = 200
OFFERS: Final = """
SELECT f.*, o.name, o.website FROM offers f JOIN organisations o ON o.id = f.organisation
WHERE (f.until IS NULL OR f.until > %(now)s)
  AND (%(direction)s = '' OR f.direction = %(direction)s)
  AND (%(kind)s = '' OR f.kind = %(kind)s)
  AND (%(organisation)s = '' OR f.organisation = nullif(%(organisation)s, '')::uuid)
ORDER BY f.position DESC LIMIT %(most)s
"""
INTRODUCTIONS: Final = (
    "SELECT id::text FROM introductions WHERE concerned @> ARRAY[%s::uuid] ORDER BY position DESC LIMIT %s"
)
CONTACTS: Final = "SELECT name, email, website FROM organisations WHERE id = ANY(%s::uuid[]) ORDER BY name_order, id"
SAME: Final = ("direction", "kind", "title", "description", "area", "contact")


def list_offers(service: "Partners", question: partners.ListOffers, caller: Context) -> partners.PortalOfferList:
    """The newest first, MOST at most."""
    asked = {name: getattr(question, name) for name in ("direction", "kind", "organisation")}
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(OFFERS.encode(), asked | {"now": caller.now, "most": MOST}).fetchall()
    return partners.PortalOfferList(offers=map(offer_message, rows))


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
