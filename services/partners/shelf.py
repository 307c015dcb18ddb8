"""Entities of the directory put together again: what is nested in them, and nothing that is redacted for the reader."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import psycopg
from samspor.partners.v1 import partners_pb2 as partners

from services.partners.documents import Document, complete, plain, redacted

Connection = psycopg.Connection[Any]
MOST_SITES: Final = 200
ADDRESS: Final = ("address_1", "address_2", "postal_code", "city")
SELECT: Final = "SELECT id::text, organisation::text, location::text, parent::text, document FROM entities"


class Row(msgspec.Struct, frozen=True):
    id: str
    organisation: str
    """That keeps it."""
    location: str | None
    parent: str | None
    text: str

    @property
    def document(self) -> Document:
        found: Document = msgspec.json.decode(self.text)
        return found

    @property
    def place(self) -> str:
        """The location that it is, or is at."""
        return self.location or self.id


class Shelf:
    """Reads on one connection, for a reader of `organisation`.

    A location that anybody has redacted is redacted in the words of all organisations that describe it; each reader
    sees the own words.
    """

    def __init__(self, connection: Connection, organisation: str) -> None:
        self._connection, self._reader = connection, organisation
        self._supplied: Counter[tuple[str, str]] = Counter()

    @property
    def supplied(self) -> Mapping[tuple[str, str], int]:
        """(entity, field) -> how often it had to be supplied."""
        return self._supplied

    def whole(self, kind: str, rows: Sequence[Row], *, full: bool, full_service: bool) -> list[Document]:
        """The rows as documents that the HSDS schema accepts."""
        if kind == "organization":
            found = self._organizations(rows, full_service) if full else [plain(kind, row.document) for row in rows]
        elif kind == "service":
            found = self._services(rows) if full else self._under("organization", kind, rows)
        elif kind == "service_at_location":
            found = self._at_locations(rows) if full else [plain(kind, each) for each in self.seen(kind, rows)]
        elif kind == "location":
            found = self.seen(kind, rows)
        else:
            found = [row.document for row in rows]
        return [complete(kind, document, self._supply) for document in found]

    def _supply(self, entity: str, field: str) -> None:
        self._supplied[entity, field] += 1

    def _organizations(self, rows: Sequence[Row], full_service: bool) -> list[Document]:
        ids = [row.id for row in rows]
        services, locations = self._of(ids, "service"), self._of(ids, "location")
        places = self._of(ids, "service_at_location")
        here = list(zip(places, self.seen("service_at_location", places), strict=True))
        seen = list(zip(locations, self.seen("location", locations), strict=True))
        found = []
        for row in rows:
            offered = [
                _with_places(
                    service, [each for at, each in here if (at.parent, at.organisation) == (service.id, row.id)]
                )
                for service in services
                if service.organisation == row.id
            ]
            parts = {
                "services": offered if full_service else [plain("service", each) for each in offered],
                "locations": [each for location, each in seen if location.organisation == row.id],
            }
            found.append(row.document | {name: part for name, part in parts.items() if part})
        return found

    def _services(self, rows: Sequence[Row]) -> list[Document]:
        places = self._rows("kind = 'service_at_location' AND parent = ANY(%s::uuid[])", [row.id for row in rows])
        here = list(zip(places, self._located(places), strict=True))
        return [
            document | _with_places(row, [each for at, each in here if at.parent == row.id])
            for row, document in zip(rows, self._under("organization", "", rows), strict=True)
        ]

    def _at_locations(self, rows: Sequence[Row]) -> list[Document]:
        services = self._rows("kind = 'service' AND id = ANY(%s::uuid[])", [row.parent for row in rows])
        whole = {row.id: each for row, each in zip(services, self._under("organization", "", services), strict=True)}
        return [
            document | ({"service": whole[row.parent]} if row.parent in whole else {})
            for row, document in zip(rows, self._located(rows), strict=True)
        ]

    def _under(self, above: str, kind: str, rows: Sequence[Row]) -> list[Document]:
        """With the organization of each; `kind` names what is to be plain, empty: nothing."""
        found = self._rows("kind = 'organization' AND id = ANY(%s::uuid[])", [row.organisation for row in rows])
        known = {row.id: plain(above, row.document) for row in found}
        return [
            (plain(kind, row.document) if kind else row.document)
            | ({above: known[row.organisation]} if row.organisation in known else {})
            for row in rows
        ]

    def _located(self, places: Sequence[Row]) -> list[Document]:
        """With the location of each, in the words of its own organisation where that has any."""
        locations = self._rows("kind = 'location' AND id = ANY(%s::uuid[])", [place.location for place in places])
        known: dict[tuple[str, str], Document] = {}
        for row, document in zip(locations, self.seen("location", locations), strict=True):
            known["", row.id] = known[row.organisation, row.id] = document
        found = []
        for place, document in zip(places, self.seen("service_at_location", places), strict=True):
            location = known.get((place.organisation, place.place)) or known.get(("", place.place))
            found.append(document | ({"location": location} if location else {}))
        return found

    def secret(self, rows: Sequence[Row]) -> set[str]:
        """Of the locations that the rows are, or are at."""
        asked = "SELECT location::text FROM redactions WHERE location = ANY(%s::uuid[])"
        return {row[0] for row in self._connection.execute(asked, [[row.place for row in rows]])}

    def seen(self, kind: str, rows: Sequence[Row]) -> list[Document]:
        """What this reader is to know of locations, or of services at them."""
        secret = self.secret(rows)
        return [
            redacted(kind, row.document) if row.place in secret and row.organisation != self._reader else row.document
            for row in rows
        ]

    def _of(self, organisations: Sequence[str], kind: str) -> list[Row]:
        return self._rows("organisation = ANY(%s::uuid[]) AND kind = %s", organisations, kind)

    def _rows(self, condition: str, *values: object) -> list[Row]:
        found = self._connection.execute(f"{SELECT} WHERE {condition} ORDER BY name_order, id", values)
        return [Row(*row) for row in found]


def _with_places(service: Row, places: Sequence[Document]) -> Document:
    """Nested in a service, which they need not name."""
    here = [{name: value for name, value in each.items() if name != "service_id"} for each in places]
    return service.document | ({"service_at_locations": here} if here else {})


def sites_of(connection: Connection, organisation: str, reader: str) -> list[partners.Site]:
    """Locations of an organisation, for a page."""
    asked = f"{SELECT} WHERE organisation = %s AND kind = 'location' ORDER BY name_order, id LIMIT %s"
    rows = [Row(*row) for row in connection.execute(asked, [organisation, MOST_SITES])]
    shelf = Shelf(connection, reader)
    secret = shelf.secret(rows)
    return [
        partners.Site(
            location=row.id,
            name=document.get("name") or "",
            address="; ".join(filter(None, map(_line, document.get("addresses") or ()))),
            redacted=row.id in secret,
        )
        for row, document in zip(rows, shelf.seen("location", rows), strict=True)
    ]


def _line(address: Mapping[str, Any]) -> str:
    return ", ".join(str(address[name]) for name in ADDRESS if address.get(name))
