"""A linked book as documents: one HSDS 3.0 organization each, with everything that belongs to it nested in it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple
from uuid import uuid5

from cli.importers.book import Book
from cli.importers.entity import NAMESPACE, Entity
from services.partners.hsds import ENTITIES

LONGEST_IDENTIFIER: Final = 200


class Assembled(NamedTuple):
    entity: Entity
    document: dict[str, Any]
    entities: int
    """How many are in the document, itself included; one that is nested in several places counts in each."""


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
                document[name] = [self._document(each) for each in items]
        if term := self._book.entities["taxonomy_term"].get(document.get("taxonomy_term_id", "")):
            document["taxonomy_term"] = self._document(term)
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
