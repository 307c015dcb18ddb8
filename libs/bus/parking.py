"""The parking lot: what could not be applied, kept until somebody has looked at it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import class_row

from libs.bus.received import Handler, Received


class Reason(StrEnum):
    UNDECODABLE = "UNDECODABLE"
    """A message that is no batch of events."""
    REFUSED = "REFUSED"
    """The handler raised for this event; `cause` is the error's class."""
    PROCESS_DIED = "PROCESS_DIED"
    """Several processes in a row ended while they applied this event."""


class Parked(NamedTuple):
    id: int
    source: str
    position: int | None
    """None for a message."""
    reason: str
    cause: str
    """Never the text of an error: that could hold a person's data."""
    parked: datetime
    size: int


class NotParked(LookupError):
    """No such row in the parking lot."""


_COLUMNS = "id, source, position, reason, cause, parked, length(body) AS size"


def park(
    connection: psycopg.Connection[Any], source: str, position: int | None, body: bytes, *, reason: Reason, cause: str
) -> None:
    """Put aside; a second time changes nothing."""
    connection.execute(
        "INSERT INTO parked (source, position, body, reason, cause) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [source, position, body, reason, cause],
    )


def parked(connection: psycopg.Connection[Any]) -> Sequence[Parked]:
    with connection.cursor(row_factory=class_row(Parked)) as cursor:
        return cursor.execute(f"SELECT {_COLUMNS} FROM parked ORDER BY id").fetchall()  # noqa: S608 -- constant


def show(connection: psycopg.Connection[Any], number: int) -> tuple[Parked, bytes]:
    """The row and its body. Raises NotParked."""
    row = connection.execute(f"SELECT {_COLUMNS}, body FROM parked WHERE id = %s", [number]).fetchone()  # noqa: S608
    if row is None:
        raise NotParked(number)
    return Parked(*row[:-1]), row[-1]


def retry(connection: psycopg.Connection[Any], number: int, handler: Handler) -> None:
    """Apply a parked event out of turn and forget it, in one transaction; raises what the handler raises.

    A parked message is only forgotten: its events have come from the source meanwhile. Raises NotParked.
    """
    with connection.transaction():
        row = connection.execute("DELETE FROM parked WHERE id = %s RETURNING position, body", [number]).fetchone()
        if row is None:
            raise NotParked(number)
        position, body = row
        if position is not None:
            handler(connection, [Received(position, body)])
