"""A batch of appends as one statement: positions, events and commands in one round trip and one fsync."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

import psycopg

from libs.eventlog.append import Append, CommandRepeated, Result, VersionTaken
from libs.eventlog.packed import Booleans, Bytes, Integers, Texts, Uuids
from libs.eventlog.refusal import CommandReused

Connection = psycopg.Connection[tuple[Any, ...]]

# The counter's row lock, held until commit, makes positions follow the order of commit without gaps. An event whose
# predecessor is missing gets no position, which NOT NULL refuses; a version or command that is taken violates a key.
INSERT: Final[LiteralString] = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::integer[], %s::boolean[], %s::text[], %s::bytea[], %s::uuid[], %s::bytea[])
        WITH ORDINALITY AS given (stream, version, starts, type, body, command, fingerprint, n)
), moved AS (
    UPDATE counter SET position = position + %s WHERE one RETURNING position - %s AS before
), recorded AS (
    INSERT INTO events (position, stream, version, type, body)
    SELECT CASE WHEN version = 1 OR NOT starts OR EXISTS (
            SELECT FROM events WHERE stream = given.stream AND version = given.version - 1
        ) THEN before + n END, stream, version, type, body
    FROM moved, given
), remembered AS (
    INSERT INTO commands (command, fingerprint, stream, version, position)
    SELECT command, fingerprint, stream, version, before + n FROM moved, given WHERE command IS NOT NULL
)
SELECT before FROM moved
"""
COMMANDS: Final = "SELECT command, fingerprint, stream, version, position FROM commands WHERE command = ANY(%s::uuid[])"
TAKEN: Final = """
SELECT position, body FROM unnest(%s::uuid[], %s::integer[]) WITH ORDINALITY AS given (stream, version, n)
    LEFT JOIN events USING (stream, version) ORDER BY n
"""
REFUSED: Final = (psycopg.errors.UniqueViolation, psycopg.errors.NotNullViolation)
"""What INSERT raises when an append of the batch cannot be recorded; then none of them is."""


def insert(connection: Connection, batch: Sequence[Append]) -> int:
    """Record `batch`, in which no stream and no command occurs twice. The position before its first event."""
    rows = [row for append in batch for row in append.rows]
    streams, versions, starts, types, bodies, commands, fingerprints = zip(*rows, strict=True)
    cursor = connection.cursor(binary=True)
    arrays = (Uuids(streams), Integers(versions), Booleans(starts), Texts(types), Bytes(bodies))
    cursor.execute(INSERT, (*arrays, Uuids(commands), Bytes(fingerprints), len(rows), len(rows)), prepare=True)
    row = cursor.fetchone()
    if row is None:
        raise psycopg.InternalError("the counter has no row")
    return int(row[0])


def settle(connection: Connection, batch: Sequence[Append]) -> list[Append]:
    """Answer those of `batch` that the log has an answer for; the rest.

    An append finds its own events when an earlier attempt was committed and the reply lost.
    """
    ids = [append.command.id for append in batch if append.command]
    commands = {str(row[0]): row for row in connection.execute(COMMANDS, (ids,))}
    firsts = [append.rows[0] for append in batch]
    places = (Uuids(row[0] for row in firsts), Integers(row[1] for row in firsts))
    rest = []
    for append, (position, body) in zip(batch, connection.execute(TAKEN, places).fetchall(), strict=True):
        command = commands.get(append.command.id) if append.command else None
        if body == append.rows[0][4]:
            append.succeed(position)
        elif command is not None:
            append.fail(_repeated(append, command))
        elif body is not None:
            append.fail(VersionTaken("The stream has an event of that version"))
        else:
            rest.append(append)
    return rest


def _repeated(append: Append, row: tuple[Any, ...]) -> Exception:
    command, fingerprint, stream, version, position = row
    if append.command is None or append.command.fingerprint != fingerprint:
        return CommandReused(command_id=str(command))
    return CommandRepeated(Result(str(stream), version, position))
