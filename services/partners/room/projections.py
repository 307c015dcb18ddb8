"""capacities and capacity_questions: room as it is now, made from this service's own events with the directory."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import psycopg

from libs.bus.received import Received
from services.partners.room.events import (
    CapacityAnswered,
    CapacityAsked,
    CapacityDeclared,
    PlaceRefused,
    PlaceReleased,
    PlaceReserved,
)

Connection = psycopg.Connection[Any]
TABLES: Final = ("capacities", "capacity_questions")


def put_capacity(connection: Connection, event: Received) -> None:
    said = {"unit": "", "maximum": 0, **event.data, "version": event.envelope.streamversion}
    connection.execute(
        """
        INSERT INTO capacities (service, organisation, version, unit, available, maximum, updated, fresh_days)
        VALUES (%(service)s, %(organisation)s, %(version)s, %(unit)s, %(available)s, %(maximum)s, %(updated)s,
                %(fresh_days)s)
        ON CONFLICT (service) DO UPDATE SET version = excluded.version, unit = excluded.unit,
            available = excluded.available, maximum = excluded.maximum, updated = excluded.updated,
            fresh_days = excluded.fresh_days
        """,
        said,
    )


def count_place(connection: Connection, event: Received) -> None:
    connection.execute(
        "UPDATE capacities SET available = coalesce(%s, available), version = %s WHERE service = %s",
        [event.data.get("available"), event.envelope.streamversion, event.data["service"]],
    )


def put_question(connection: Connection, event: Received) -> None:
    asked = {"need": "", "age_band": "", **event.data, "asked": event.envelope.recordedtime}
    connection.execute(
        "INSERT INTO capacity_questions (id, service, asker, recipient, need, age_band, asked) VALUES"
        " (%(question)s, %(service)s, %(asker)s, %(recipient)s, %(need)s, %(age_band)s, %(asked)s)"
        " ON CONFLICT DO NOTHING",
        asked,
    )


def put_answer(connection: Connection, event: Received) -> None:
    data = event.data
    connection.execute(
        "UPDATE capacity_questions SET answer = %s, weeks = %s, answered = %s WHERE id = %s",
        [data["answer"], data.get("weeks", 0), event.envelope.recordedtime, data["question"]],
    )


APPLY: Final[Mapping[str, Callable[[Connection, Received], None]]] = {
    CapacityDeclared.type: put_capacity,
    **dict.fromkeys((PlaceReserved.type, PlaceRefused.type, PlaceReleased.type), count_place),
    CapacityAsked.type: put_question,
    CapacityAnswered.type: put_answer,
}
