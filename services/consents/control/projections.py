"""What control works with, made from this service's own events: looks, bases, relatives, and runs and findings."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
import psycopg

from libs.bus.received import Received
from services.consents.control.events import (
    ControlAdvanced,
    ControlBegun,
    ControlCompleted,
    FindingAssessed,
    FindingClosed,
    FindingRaised,
)
from services.consents.events import (
    AccessRecorded,
    BasisEnded,
    BasisEstablished,
    ConsentGiven,
    ConsentInvalidated,
    ConsentWithdrawn,
    GlassBroken,
    HouseholdLinked,
    HouseholdUnlinked,
)

Connection = psycopg.Connection[Any]

LOOKS: Final = (
    "INSERT INTO looks SELECT organisation, time, position, access, reader, citizen, purpose,"
    " ARRAY(SELECT jsonb_array_elements_text(reasons))"
    " FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[], %s::uuid[], %s::text[], %s::uuid[], %s::text[],"
    " %s::jsonb[]) AS new (organisation, time, position, access, reader, citizen, purpose, reasons)"
)


class Seen(msgspec.Struct, frozen=True):
    """What of an access record is asked for."""

    purpose: str
    reasons: tuple[str, ...] = ()


read_seen: Final = msgspec.json.Decoder(Seen).decode


def add_looks(connection: Connection, looks: Sequence[Received]) -> None:
    """Of nobody's organisation there is nothing to control."""
    rows = []
    for look in looks:
        about = look.envelope
        if about.organisation:
            seen = read_seen(about.data)
            reasons = msgspec.json.encode(seen.reasons).decode()
            who = (about.subject, about.actor, about.citizen, seen.purpose, reasons)
            rows.append((about.organisation, about.recordedtime, look.position, *who))
    if rows:
        connection.execute(LOOKS, [list(column) for column in zip(*rows, strict=True)])


def add_held(connection: Connection, event: Received) -> None:
    """An emergency counts: it has a review of its own."""
    data = event.data
    held = first_of(data, "basis", "consent", "emergency"), first_of(data, "holder", "grantee"), event.envelope.citizen
    connection.execute(
        "INSERT INTO held VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [*held, data["since"], data.get("until")],
    )


def end_held(connection: Connection, event: Received) -> None:
    data = event.data
    connection.execute(
        "UPDATE held SET until = least(until, %s) WHERE basis = %s",
        [first_of(data, "ended", "withdrawn", "invalidated"), first_of(data, "basis", "consent")],
    )


def first_of(data: Mapping[str, Any], *names: str) -> Any:
    """The field that this event has of those that mean the same."""
    return next(data[name] for name in names if name in data)


def add_relative(connection: Connection, event: Received) -> None:
    connection.execute(
        "INSERT INTO relatives VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [event.envelope.citizen, event.data["link"], event.data["other"]],
    )


def end_relative(connection: Connection, event: Received) -> None:
    connection.execute(
        "UPDATE relatives SET ended = %s WHERE citizen = %s AND link = %s",
        [event.data["ended"], event.envelope.citizen, event.data["link"]],
    )


def add_control(connection: Connection, event: Received) -> None:
    connection.execute(
        "INSERT INTO controls VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [event.envelope.subject, event.position, event.data["controlled"], event.body],
    )


def advance_control(connection: Connection, event: Received) -> None:
    connection.execute("UPDATE controls SET last = %s WHERE id = %s", [event.body, event.envelope.subject])


def add_finding(connection: Connection, event: Received) -> None:
    data = event.data
    connection.execute(
        "INSERT INTO findings VALUES (%s, %s, %s, %s, 'open', %s) ON CONFLICT DO NOTHING",
        [event.envelope.subject, event.position, data["controlled"], data["rule"], event.body],
    )


def assess_finding(connection: Connection, event: Received) -> None:
    connection.execute(
        "UPDATE findings SET status = 'assessed', assessment = %s WHERE id = %s",
        [event.data["assessment"], event.envelope.subject],
    )


def close_finding(connection: Connection, event: Received) -> None:
    connection.execute(
        "UPDATE findings SET status = 'closed', measure = %s WHERE id = %s",
        [event.data["measure"], event.envelope.subject],
    )


EFFECTS: Final[Mapping[str, Callable[[Connection, Received], None]]] = {
    BasisEstablished.type: add_held,
    ConsentGiven.type: add_held,
    BasisEnded.type: end_held,
    ConsentWithdrawn.type: end_held,
    ConsentInvalidated.type: end_held,
    GlassBroken.type: add_held,
    HouseholdLinked.type: add_relative,
    HouseholdUnlinked.type: end_relative,
    ControlBegun.type: add_control,
    ControlAdvanced.type: advance_control,
    ControlCompleted.type: advance_control,
    FindingRaised.type: add_finding,
    FindingAssessed.type: assess_finding,
    FindingClosed.type: close_finding,
}

BULK: Final = ("looks",)
KEYED: Final = ("held", "relatives", "controls", "findings")


def note(connection: Connection, events: Sequence[Received]) -> None:
    add_looks(connection, [event for event in events if event.envelope.type == AccessRecorded.type])
    for event in events:
        if effect := EFFECTS.get(event.envelope.type):
            effect(connection, event)
