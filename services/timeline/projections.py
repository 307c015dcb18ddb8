"""entries: what the published events of all services are turned into."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import psycopg

from libs.bus.projection import Projection
from libs.bus.received import Received
from services.timeline.entry import AccessClass, Row, rows_of

COLUMN_TYPES: Final = ("uuid", "timestamptz", "text", "int8", "uuid", "bytea")


def add_events(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    """Raises msgspec.ValidationError for an event without the attributes that place it."""
    rows, classes = rows_of((event.position, event.body) for event in events)
    if rows:
        add_classes(connection, classes)
        copy_rows(connection, rows)


def copy_rows(connection: psycopg.Connection[Any], rows: Iterable[Row]) -> None:
    with connection.cursor().copy("COPY entries FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(COLUMN_TYPES)
        for row in rows:
            copy.write_row(row)


def add_classes(connection: psycopg.Connection[Any], classes: Mapping[tuple[UUID, UUID], AccessClass]) -> None:
    """Known classes stay as they are: a class id is the digest of what it stands for."""
    keys = sorted(classes)
    connection.execute(
        "INSERT INTO classes"
        " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::uuid[])"
        " ON CONFLICT DO NOTHING",
        [
            [citizen for citizen, _ in keys],
            [class_id for _, class_id in keys],
            *([getattr(classes[key], field) for key in keys] for field in AccessClass._fields),
        ],
    )


ENTRIES: Final = Projection(name="timeline", apply=add_events, bulk=("entries",), keyed=("classes",))
