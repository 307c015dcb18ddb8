"""HSDS 3.0 documents as the tabular package of the specification: a table for each entity, and datapackage.json."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from services.partners.hsds import ENTITIES

FILES: Final[Mapping[str, str]] = {
    "organization": "organizations",
    "program": "programs",
    "service": "services",
    "service_at_location": "service_at_location",
    "location": "locations",
    "contact": "contacts",
    "phone": "phones",
    "address": "addresses",
    "schedule": "schedules",
    "language": "languages",
    "accessibility": "accessibility",
    "service_area": "service_areas",
    "funding": "funding",
    "cost_option": "cost_options",
    "required_document": "required_documents",
    "organization_identifier": "organization_identifiers",
    "url": "urls",
    "service_capacity": "service_capacities",
    "unit": "units",
    "attribute": "attributes",
    "taxonomy_term": "taxonomy_terms",
    "taxonomy": "taxonomies",
    "metadata": "metadata",
}
"""Entity -> name of its table."""
ANYWHERE: Final = {"attribute": ("link_id", "link_entity"), "metadata": ("resource_id", "resource_type")}
"""Entities that belong to anything, and the columns that say to what."""
NAMED_BY: Final = {
    "location": "location_id",
    "program": "program_id",
    "taxonomy_term": "taxonomy_term_id",
    "taxonomy_detail": "taxonomy_id",
    "unit": "unit_id",
}
"""What is nested in an entity without belonging to it, and the column that names it."""
REFERRED: Final = frozenset(
    {*NAMED_BY, "taxonomy", "organization", "service", "service_at_location", "contact", "phone"}
)
"""Entities that others name: each has one row, with the id that it has."""

Row = dict[str, Any]


class Tables:
    """All rows by entity and id."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Row]] = {kind: {} for kind in FILES}

    def add(self, kind: str, document: Mapping[str, Any], parent: str = "", parent_id: str = "") -> None:
        """An entity and all that is nested in it, which belongs to `parent`."""
        shape = ENTITIES[kind]
        row = {name: value for name, value in document.items() if name not in shape.many and name not in shape.one}
        row |= {NAMED_BY[name]: document[name]["id"] for name in shape.one if document.get(name)}
        if kind in ANYWHERE and parent:
            link, entity = ANYWHERE[kind]
            row = {entity: parent, **row, link: parent_id}
        elif parent:
            row[f"{parent}_id"] = parent_id
        self._put(kind, row)
        for name, inner in shape.one.items():
            if document.get(name):
                self.add(inner, document[name])
        for name, inner in shape.many.items():
            for each in document.get(name) or ():
                self.add(inner, each, kind, row["id"])

    def _put(self, kind: str, row: Row) -> None:
        """One entity may be nested in several places. Where a row cannot say so, another one with its own id does."""
        known = self.rows[kind].setdefault(row["id"], row)
        differing = [name for name in row if known.get(name, row[name]) != row[name]]
        if not differing or kind in REFERRED:
            self.rows[kind][row["id"]] = row | known
        else:
            id_ = str(uuid5(UUID(row["id"]), "\n".join(str(row[name]) for name in differing)))
            self.rows[kind][id_] = row | {"id": id_}

    def write(self, folder: Path, *, package: bool) -> None:
        """Writes the tables that have rows, and what describes them."""
        resources = []
        for kind, rows in self.rows.items():
            if not rows:
                continue
            columns = list(_columns(rows.values()))
            path = folder / f"{FILES[kind]}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                table = csv.DictWriter(file, columns)
                table.writeheader()
                table.writerows(rows.values())
            fields = [{"name": name, "type": _type(kind, name)} for name in columns]
            resources.append(
                {
                    "name": FILES[kind],
                    "path": path.name,
                    "profile": "tabular-data-resource",
                    "schema": {"fields": fields, "primaryKey": "id"},
                }
            )
        if package:
            described = {"name": "hsds", "profile": "tabular-data-package", "version": "3.0", "resources": resources}
            (folder / "datapackage.json").write_bytes(msgspec.json.format(msgspec.json.encode(described), indent=1))


def _columns(rows: Any) -> Iterator[str]:
    """In the order in which rows have them, `id` first."""
    yield from {"id": None, **{name: None for row in rows for name in row}}


def _type(kind: str, name: str) -> str:
    return "number" if name in ENTITIES[kind].number else "string"
