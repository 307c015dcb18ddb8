"""What kind of organisation is which, as partners published it: some laws are for some kinds only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg_pool import ConnectionPool

from libs.bus.projection import Projection
from libs.bus.received import Received
from services.consents.staff import when_members_left_end_identities

NAMES: Final = ("OrganisationRegistered", "OrganizationImported")
"""Events of partners, in any version, that say an organisation's kind."""
READ: Final = "SELECT organisation::text, kind FROM organisation_kinds WHERE organisation = ANY(%s::uuid[])"
WRITE: Final = (
    "INSERT INTO organisation_kinds SELECT * FROM unnest(%s::uuid[], %s::text[])"
    " ON CONFLICT (organisation) DO UPDATE SET kind = excluded.kind"
)


class Kinds:
    def __init__(self, pool: "ConnectionPool[Any]") -> None:
        self._pool = pool

    def of(self, organisation: str) -> str:
        """Empty when partners has not said it, or not yet."""
        with self._pool.connection() as connection:
            return kinds_of(connection, [organisation]).get(organisation, "")


def kinds_of(connection: psycopg.Connection[Any], organisations: Iterable[str]) -> dict[str, str]:
    """Organisation -> kind, of those that are known."""
    return dict(connection.execute(READ, [list(organisations)]).fetchall())


def note_kinds(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    said = {
        event.envelope.subject: event.data["kind"]
        for event in events
        if event.envelope.type.split(".")[1] in NAMES and event.data.get("kind")
    }
    if said:
        connection.execute(WRITE, [list(said), list(said.values())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners(Projection):
    """The kinds, and who left. A rebuild makes the kinds only."""

    def __call__(self, _service: object, connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
        self.apply(connection, events)
        when_members_left_end_identities(connection, events)


KINDS: Final = Partners(name="organisation_kinds", apply=note_kinds, bulk=(), keyed=("organisation_kinds",))
