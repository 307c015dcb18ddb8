"""Reading stored entries: which classes a citizen has, and one page of those that may be shown."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from services.timeline.entry import AccessClass


class Place(NamedTuple):
    """An entry's place on one citizen's timeline."""

    time: datetime
    source: str
    position: int


class Filter(NamedTuple):
    sources: Collection[str] = ()
    """Empty: every source."""
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""


class Stored(NamedTuple):
    time: datetime
    source: str
    position: int
    class_: UUID
    body: bytes

    @property
    def place(self) -> Place:
        return Place(self.time, self.source, self.position)


def classes_of(connection: psycopg.Connection[Any], citizen: UUID) -> dict[UUID, AccessClass]:
    rows = connection.execute(
        'SELECT class, organisation, category, sensitivity, "case" FROM classes WHERE citizen = %s ORDER BY class',
        [citizen],
    )
    return {row[0]: AccessClass(*row[1:]) for row in rows}


def page_of(
    connection: psycopg.Connection[Any],
    citizen: UUID,
    classes: Collection[UUID],
    chosen: Filter,
    *,
    before: Place | None,
    size: int,
) -> list[Stored]:
    """Up to `size` entries of the classes, newest first, that come before a place (keyset, never OFFSET)."""
    conditions, values = ["citizen = %(citizen)s", "class = ANY(%(classes)s)"], dict[str, object]()
    if chosen.sources:
        conditions.append("source = ANY(%(sources)s)")
    if chosen.since:
        conditions.append("time >= %(since)s")
    if chosen.until:
        conditions.append("time < %(until)s")
    if before:
        conditions.append("(time, source, position) < (%(time)s, %(source)s, %(position)s)")
        values |= before._asdict()
    values |= {
        "citizen": citizen,
        "classes": list(classes),
        "sources": list(chosen.sources),
        "since": chosen.since,
        "until": chosen.until,
        "size": size,
    }
    cursor = connection.cursor(binary=True)
    cursor.execute(
        f"SELECT time, source, position, class, body FROM entries WHERE {' AND '.join(conditions)}"  # noqa: S608 -- constants only
        " ORDER BY citizen DESC, time DESC, source DESC, position DESC LIMIT %(size)s",
        values,
    )
    return [Stored(*row) for row in cursor]
