"""offers and introductions, made from this service's own events."""

from typing import Any, Final

import psycopg

from libs.bus.received import Received
from services.partners.portal.events import IntroductionProposed, OfferChanged, OfferPublished, OfferWithdrawn
from services.partners.words import searchable

Connection = psycopg.Connection[Any]


def publish(connection: Connection, event: Received) -> None:
    """What is changed stays in its place."""
    data = event.data
    said = {name: data.get(name, "") for name in ("direction", "kind", "title", "description", "area", "contact")}
    connection.execute(
        """
        INSERT INTO offers (id, organisation, position, since, until, direction, kind, title, description, area,
                            area_words, contact)
        VALUES (%(id)s, %(organisation)s, %(position)s, %(since)s, %(until)s, %(direction)s, %(kind)s, %(title)s,
                %(description)s, %(area)s, array_to_tsvector(string_to_array(%(area_words)s, ' ')), %(contact)s)
        ON CONFLICT (id) DO UPDATE SET since = excluded.since, until = excluded.until,
            direction = excluded.direction, kind = excluded.kind, title = excluded.title,
            description = excluded.description, area = excluded.area, area_words = excluded.area_words,
            contact = excluded.contact
        """,
        said
        | {
            "id": event.envelope.subject,
            "organisation": data["organisation"],
            "position": event.position,
            "since": data.get("since"),
            "until": data.get("until"),
            "area_words": searchable([said["area"]]),
        },
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
    OfferChanged.type: publish,
    OfferWithdrawn.type: withdraw,
    IntroductionProposed.type: propose,
}
