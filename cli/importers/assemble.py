"""A linked book as documents: one HSDS 3.0 organization each, with everything that belongs to it nested in it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple
from uuid import uuid5

from cli.importers.book import Book
from cli.importers.entity import NAMESPACE, Entity
from services.partners.hsds import ENTITIES

LONGEST_IDENTIFIER: Final = 200
NESTED: Final = {
    "attribute": {"taxonomy_term": ("taxonomy_term_id", "taxonomy_term")},
    "taxonomy_term": {"taxonomy_detail": ("taxonomy_id", "taxonomy")},
    "service_capacity": {"unit": ("unit_id", "unit")},
}
"""Entity -> what it bears nested in it, the field that names that, and its kind."""
SAYS_TO_WHAT: Final = {"attribute": "link_entity", "metadata": "resource_type"}
"""What a table must say of an entity that may belong to anything, and a nested one may leave out: it is supplied."""


class Assembled(NamedTuple):
    entity: Entity
    document: dict[str, Any]
    entities: int
    """How many are in the document, itself included; one that is nested in several places counts in each."""


class Terms(NamedTuple):
    """A taxonomy and its terms."""

    entity: Entity
    document: dict[str, Any]
    terms: list[dict[str, Any]]


class Assembly:
    """Documents of all organizations of a book."""

    def __init__(self, book: Book, directory: str) -> None:
        self._book, self._directory = book, directory
        self._children: dict[tuple[str, str], dict[str, list[Entity]]] = defaultdict(lambda: defaultdict(list))
        for kind, entities in book.entities.items():
            for entity in entities.values():
                self._place(kind, entity)

    def organizations(self) -> Iterator[Assembled]:
        for entity in self._book.entities["organization"].values():
            document = self._document(entity)
            self._add_postal_addresses(entity, document)
            self._nest_what_is_elsewhere(document)
            if entity.original and entity.original.lower() != entity.id:
                document.setdefault("organization_identifiers", []).append(self._identifier(entity))
            yield Assembled(entity, document, _count(document))

    def taxonomies(self) -> Iterator[Terms]:
        """All of them with all terms, also those that no organization uses. Terms of a taxonomy that is nowhere in the
        input, or that is only named, make up one of its id or name."""
        terms: dict[str, list[Entity]] = defaultdict(list)
        for term in self._book.entities["taxonomy_term"].values():
            terms[term.fields.get("taxonomy_id") or self._named(term)].append(term)
        known = self._book.entities["taxonomy"]
        for id_ in {**known, **terms}:
            entity = known.get(id_) or replace(terms[id_][0], kind="taxonomy", id=id_)
            name = entity.fields.get("name") if id_ in known else entity.fields.get("taxonomy") or self._directory
            document = self._document(entity) if id_ in known else {"id": id_, "name": name}
            yield Terms(entity, document, [self._document(each) for each in terms[id_]])

    def _named(self, term: Entity) -> str:
        return str(uuid5(NAMESPACE, f"{self._directory}\ntaxonomy\n{term.fields.get('taxonomy', '')}"))

    def _place(self, kind: str, entity: Entity) -> None:
        for parent, ids in entity.parents.items():
            for id_ in ids:
                self._children[parent, id_][kind].append(entity)
        if kind == "eligibility":
            for id_ in entity.parents.get("service", ()):
                service = self._book.entities["service"][id_].fields
                for name, value in entity.fields.items():
                    service.setdefault(name, value)

    def _document(self, entity: Entity) -> dict[str, Any]:
        shape, document = ENTITIES[entity.kind], {"id": entity.id, **entity.fields}
        children = self._children.get(entity.key, {})
        for name, kind in shape.many.items():
            if items := children.get(kind):
                said = {SAYS_TO_WHAT[kind]: entity.kind} if kind in SAYS_TO_WHAT else {}
                document[name] = [said | self._document(each) for each in items]
        for name, (reference, kind) in NESTED.get(entity.kind, {}).items():
            if named := self._book.entities[kind].get(document.get(reference, "")):
                document[name] = self._document(named)
        return document

    def _nest_what_is_elsewhere(self, document: dict[str, Any]) -> None:
        """A location or program that belongs to no organization, or to another one, is nested where it is used."""
        locations = {each["id"] for each in document.get("locations", ())}
        programs = {each["id"] for each in document.get("programs", ())}
        for service in document.get("services", ()):
            self._nest(service, "program", programs)
            for at_location in service.get("service_at_locations", ()):
                self._nest(at_location, "location", locations)

    def _nest(self, document: dict[str, Any], kind: str, there: set[str]) -> None:
        id_ = document.get(f"{kind}_id")
        if id_ is None or id_ in there:
            return
        if entity := self._book.entities[kind].get(id_):
            document[kind] = self._document(entity)
        else:
            del document[f"{kind}_id"]

    def _add_postal_addresses(self, entity: Entity, document: dict[str, Any]) -> None:
        """HSDS 1.x lets an address belong to an organization; in 3.0 it belongs to a location of type postal."""
        addresses = self._children.get(entity.key, {}).get("address", [])
        if addresses:
            location = str(uuid5(NAMESPACE, f"{entity.id}\nlocation\npostal"))
            document.setdefault("locations", []).append(
                {"id": location, "location_type": "postal", "addresses": [self._document(each) for each in addresses]}
            )

    def _identifier(self, entity: Entity) -> dict[str, str]:
        return {
            "id": str(uuid5(NAMESPACE, f"{entity.id}\nidentifier")),
            "identifier_scheme": self._directory,
            "identifier_type": "id in the directory",
            "identifier": entity.original.replace("\0", "")[:LONGEST_IDENTIFIER],
        }


def _count(document: object) -> int:
    if isinstance(document, list):
        return sum(map(_count, document))
    if isinstance(document, dict):
        return 1 + sum(_count(value) for value in document.values() if isinstance(value, list | dict))
    return 0
