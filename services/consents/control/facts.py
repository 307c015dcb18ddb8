"""What rules are told of an organisation's people and of the citizens they looked at, read from this database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg

from services.consents.control.bursts import Tally, bursts_in
from services.consents.control.looks import Look, look_of
from services.consents.control.rules import Counts, Facts, Held, Staff
from services.consents.control.run import Control, Place

Connection = psycopg.Connection[Any]

PAGE: Final = """
    SELECT access::text, position, time, organisation::text, reader, citizen::text, purpose, reasons FROM looks
    WHERE organisation = %s AND (time, position) > (%s, %s) AND time >= %s AND time < %s
    ORDER BY time, position LIMIT %s
"""
STAFF: Final = """
    SELECT person, coalesce(citizen::text, ''), coalesce(address, ''), until
    FROM staff_identities LEFT JOIN identities ON digest = identity WHERE organisation = %s
"""
RELATIVES: Final = "SELECT citizen::text, other::text, ended FROM relatives WHERE citizen = ANY(%s::uuid[])"
RESIDENTS: Final = "SELECT citizen::text, digest FROM citizen_addresses WHERE digest = ANY(%s)"
HELD: Final = "SELECT citizen::text, since, until FROM held WHERE holder = %s AND citizen = ANY(%s::uuid[])"


def looks_after(connection: Connection, control: Control, place: Place, size: int) -> list[Look]:
    """The next of the period, at most so many."""
    values = [control.organisation, *place, control.since, control.until, size]
    return [look_of(row) for row in connection.execute(PAGE, values).fetchall()]


def facts_of(connection: Connection, control: Control, zone: ZoneInfo, counts: Counts | None) -> Facts:
    """What does not depend on single looks. Of whom the organisation held bases is added page by page (`with_held`)."""
    staff = {
        person: Staff(citizen, bytes(address), until)
        for person, citizen, address, until in connection.execute(STAFF, [control.organisation]).fetchall()
    }
    relatives: dict[str, dict[str, datetime | None]] = {}
    asked = [each.citizen for each in staff.values() if each.citizen]
    for citizen, other, ended in connection.execute(RELATIVES, [asked]).fetchall():
        known = relatives.setdefault(citizen, {})
        known[other] = later(known[other], ended) if other in known else ended
    addresses = [each.address for each in staff.values() if each.address]
    residents = connection.execute(RESIDENTS, [addresses]).fetchall()
    return Facts(
        zone=zone,
        staff=staff,
        relatives=relatives,
        residents={citizen: bytes(digest) for citizen, digest in residents},
        bursts=bursts_in(Tally(connection, control.organisation, zone), control, counts) if counts else {},
    )


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Of two links to the same relative, the end of the one that lasted longer."""
    return None if one is None or other is None else max(one, other)


def with_held(connection: Connection, facts: Facts, organisation: str, looks: Iterable[Look]) -> Facts:
    held: dict[str, list[Held]] = {}
    citizens = list({look.citizen for look in looks})
    for citizen, since, until in connection.execute(HELD, [organisation, citizens]).fetchall():
        held.setdefault(citizen, []).append(Held(since, until))
    return replace(facts, held=held)
