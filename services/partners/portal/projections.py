"""offers and introductions, made from this service's own events."""

from typing import Any, Final

import psycopg

from libs.bus.received import Received
from services.partners.portal.events import IntroductionProposed, OfferPublished, OfferWithdrawn

Connection = psycopg.Connection[Any]


def publish(connection: Connection, event: Received) -> None:
    data = event.data
    names = ("direction", "kind", "title", "description", "area", "contact")
    connection.execute(
        "INSERT INTO offers (id, organisation, position, since, until, direction, kind, title, description, area,"
        " contact) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        [
            event.envelope.subject,
            data["organisation"],
            event.position,
            data.get("since"),
            data.get("until"),
            *(data.get(name, "") for name in names),
        ],
    )


def withdraw(connection: Connection, event: Received) -> None:
    connection.execute("DELETE FROM offers WHERE id = %s", [event.envelope.subject])


def propose(connection: Connection, event: Received) -> None:
    data = event.data
    connection.execute(
        "INSERT INTO introductions (id, concerned, position) VALUES (%s, %s::uuid[], %s) ON CONFLICT (id) DO NOTHING",
        [event.envelope.subject, [data["broker"], *data["parties"]], event.position],
    )


PORTAL_EFFECTS: Final = {
    OfferPublished.type: publish,
    OfferWithdrawn.type: withdraw,
    IntroductionProposed.type: propose,
}
