"""HSDS 3.0 JSON into a book: organizations, services, services at locations, lists of them, sets of tables."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from cli.importers.book import Book
from cli.importers.entity import Entity, Ids, Source, entity_of
from cli.importers.findings import Finding, Weight, explain
from cli.importers.hsds_csv import add_rows
from cli.importers.hsds_names import rows_kind, table_kind, with_defaults
from cli.importers.tables import decode
from services.partners.hsds import ENTITIES

UPWARDS: Final = {"service": "organization", "service_at_location": "service"}
"""What an entity belongs to and bears nested in it, when it is the top of a document."""
NAMED_BY: Final = {
    "location": "location_id",
    "program": "program_id",
    "taxonomy_term": "taxonomy_term_id",
    "taxonomy_detail": "taxonomy_id",
    "unit": "unit_id",
}
"""What an entity bears nested in it without being its parent, and the field that names it."""

LISTS: Final = {
    "organizations": "organization",
    "services": "service",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
"""Names of lists in a document that is no entity itself, and what they are lists of."""


class At(NamedTuple):
    """Where a nested object stands, and what it stands in."""

    path: str
    kind: str = ""
    id: str = ""


def add_document(path: Path, book: Book, ids: Ids) -> bool:
    """Adds what a JSON file describes; False when that is nothing of HSDS. Raises OSError."""
    try:
        document = msgspec.json.decode(decode(path.name, path.read_bytes(), book.findings))
    except (msgspec.DecodeError, RecursionError):
        book.findings.add(Finding(path.name, 0, "not_json", Weight.REFUSED, explain("not_json")))
        return False
    if isinstance(document, dict) and _is_tables(document):
        for name, rows in document.items():
            if kind := table_kind(name):
                objects = [
                    (Source(path.name, 0, f"$['{name}'][{at}]"), row) for at, row in enumerate(rows) if is_object(row)
                ]
                header = {column for _, row in objects for column in row}
                add_rows(rows_kind(kind, header), [(at, with_defaults(name, row)) for at, row in objects], book, ids)
        return True
    tops = list(_tops(document, "$", named_kind(path.name)))
    for at, kind, top in tops:
        Reader(path.name, book, ids).add(kind, top, At(at))
    if not tops:
        book.findings.add(Finding(path.name, 0, "unknown_shape", Weight.REFUSED, explain("unknown_shape")))
    return bool(tops)


def _is_tables(document: Mapping[str, Any]) -> bool:
    """The tabular form as one document: file names and their rows."""
    return bool(document) and all(
        isinstance(rows, list) and name.endswith(".csv") and table_kind(name) is not None
        for name, rows in document.items()
    )


def is_object(value: object) -> bool:
    return isinstance(value, dict)


def named_kind(name: str) -> str:
    """What the objects of a file are that is named for an entity, as in a set with a file per entity; empty: it is
    not."""
    kind = table_kind(name) or ""
    return kind if kind in ENTITIES else ""


def _tops(document: object, path: str, named: str = "") -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """`named`: what an object is if it does not show that it is something else."""
    if isinstance(document, list):
        for index, item in enumerate(document):
            yield from _tops(item, f"{path}[{index}]", named)
    elif isinstance(document, dict):
        if kind := kind_of(document, named):
            yield path, kind, document
        else:
            for name in ("contents", *LISTS):
                yield from _tops(document.get(name), f"{path}.{name}", LISTS.get(name, named))


def kind_of(document: Mapping[str, Any], named: str = "") -> str:
    """An API page has `contents`; the rest is told by the name of the file or list, by what is nested in it, and by
    what only it has."""
    if "contents" in document:
        return ""
    if named and "id" in document:
        return named
    if "service" in document or ("location" in document and "name" not in document):
        return "service_at_location"
    if "organization" in document or "organization_id" in document or "status" in document:
        return "service"
    return "organization" if "id" in document or "name" in document else ""


class Reader:
    """Takes one document apart."""

    def __init__(self, file: str, book: Book, ids: Ids) -> None:
        self.file, self.book, self.ids = file, book, ids

    def add(self, kind: str, value: object, at: At) -> Entity | None:
        """Adds an object and all that is nested in it."""
        if not isinstance(value, dict):
            message = explain("bad_type", field=at.path)
            self.book.findings.add(Finding(self.file, 0, "bad_type", Weight.LEFT_OUT, message, at.path))
            return None
        shape = ENTITIES[kind]
        nested = {*shape.many, *shape.one, UPWARDS.get(kind, "")}
        own = {name: each for name, each in value.items() if name not in nested}
        entity = entity_of(kind, own, Source(self.file, 0, at.path), self.ids)
        if at.kind:
            entity.parents.setdefault(at.kind, {})[at.id] = at.id
        self._add_upwards(entity, value, at)
        for name, inner_kind in shape.one.items():
            if value.get(name) is not None:
                self._add_aside(entity, inner_kind, value[name], name)
        self.book.add(entity, nested=True)
        for name, inner in shape.many.items():
            items = value.get(name)
            for index, item in enumerate(items if isinstance(items, list) else [] if items is None else [items]):
                self.add(inner, item, At(f"{at.path}.{name}[{index}]", kind, entity.id))
        return entity

    def _add_upwards(self, entity: Entity, value: Mapping[str, Any], at: At) -> None:
        above = UPWARDS.get(entity.kind, "")
        if above and value.get(above) is not None:
            parent = self.add(above, value[above], At(f"{at.path}.{above}"))
            if parent:
                entity.parents.setdefault(above, {})[parent.id] = parent.original

    def _add_aside(self, entity: Entity, kind: str, value: object, name: str) -> None:
        organisation = next(iter(entity.parents.get("organization", ())), "") if kind == "program" else ""
        at = At(f"{entity.source.path}.{name}", "organization" if organisation else "", organisation)
        if aside := self.add(kind, value, at):
            entity.fields[NAMED_BY[name]] = aside.id
