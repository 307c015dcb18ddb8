"""Entities of the directory put together again: what is nested in them, and nothing that is redacted for the reader."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
import psycopg

from services.partners.documents import Document, complete, plain, redacted, service_at

Connection = psycopg.Connection[Any]
SELECT: Final = "SELECT id::text, organisation::text, location::text, parent::text, document FROM entities"


class Row(msgspec.Struct, frozen=True):
    id: str
    organisation: str
    location: str | None
    parent: str | None
    text: str

    @property
    def document(self) -> Document:
        found: Document = msgspec.json.decode(self.text)
        return found


class Shelf:
    """Reads on one connection, for a reader of `organisation`: its own redacted locations it sees."""

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
            found = self._at_locations(rows) if full else [plain(kind, row.document) for row in rows]
        else:
            found = [row.document for row in rows]
        return [complete(kind, document, self._supply) for document in found]

    def _supply(self, entity: str, field: str) -> None:
        self._supplied[entity, field] += 1

    def _organizations(self, rows: Sequence[Row], full_service: bool) -> list[Document]:
        ids = [row.id for row in rows]
        services, places = self._of(ids, "service"), self._of(ids, "service_at_location")
        locations = self._of(ids, "location")
        hidden = self._hidden(row.id for row in locations)
        found = []
        for row in rows:
            document = row.document
            own = [each for each in services if each.organisation == row.id]
            offered = [each.document | self._places(each, places, hidden) for each in own]
            parts = {
                "services": offered if full_service else [plain("service", each) for each in offered],
                "locations": [_seen(each, hidden) for each in locations if each.organisation == row.id],
            }
            found.append(document | {name: part for name, part in parts.items() if part})
        return found

    def _places(self, service: Row, places: Iterable[Row], hidden: Iterable[str]) -> Document:
        here = [
            service_at(_own(each.document), {}, hidden)
            for each in places
            if each.parent == service.id and each.organisation == service.organisation
        ]
        return {"service_at_locations": here} if here else {}

    def _services(self, rows: Sequence[Row]) -> list[Document]:
        places = self._rows("kind = 'service_at_location' AND parent = ANY(%s::uuid[])", [row.id for row in rows])
        known, hidden = self._locations(places)
        found = []
        for row, document in zip(rows, self._under("organization", "", rows), strict=True):
            here = [service_at(_own(each.document), known, hidden) for each in places if each.parent == row.id]
            found.append(document | ({"service_at_locations": here} if here else {}))
        return found

    def _at_locations(self, rows: Sequence[Row]) -> list[Document]:
        known, hidden = self._locations(rows)
        services = self._rows("kind = 'service' AND id = ANY(%s::uuid[])", [row.parent for row in rows])
        whole = {row.id: each for row, each in zip(services, self._under("organization", "", services), strict=True)}
        return [
            service_at(row.document, known, hidden) | ({"service": whole[row.parent]} if row.parent in whole else {})
            for row in rows
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

    def _locations(self, places: Sequence[Row]) -> tuple[dict[str, Document], set[str]]:
        rows = self._rows("kind = 'location' AND id = ANY(%s::uuid[])", [place.location for place in places])
        hidden = self._hidden(row.id for row in rows)
        return {row.id: _seen(row, hidden) for row in rows}, hidden

    def _hidden(self, locations: Iterable[str]) -> set[str]:
        """Those whose place this reader is not to know."""
        asked = "SELECT location::text FROM redactions WHERE location = ANY(%s::uuid[]) AND organisation::text <> %s"
        return {row[0] for row in self._connection.execute(asked, [list(locations), self._reader])}

    def _of(self, organisations: Sequence[str], kind: str) -> list[Row]:
        return self._rows("organisation = ANY(%s::uuid[]) AND kind = %s", organisations, kind)

    def _rows(self, condition: str, *values: object) -> list[Row]:
        found = self._connection.execute(f"{SELECT} WHERE {condition} ORDER BY name_order, id", values)
        return [Row(*row) for row in found]


def _seen(location: Row, hidden: Iterable[str]) -> Document:
    return redacted(location.document) if location.id in hidden else location.document


def _own(at_location: Document) -> Document:
    """Nested in its service, which it need not name."""
    return {name: value for name, value in at_location.items() if name != "service_id"}
