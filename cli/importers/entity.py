"""One HSDS entity on its way from a row or a nested object into an organization's document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from cli.importers.hsds_names import columns
from services.partners.hsds import ENTITIES, is_uuid

NAMESPACE: Final = UUID("5f2f4f0e-6f0a-5d0c-9b6c-1f4c6b3f7a10")
"""Of ids that are made for entities whose directory numbers them in another way than with UUIDs."""
CORE: Final = ("organization", "program", "service", "location", "service_at_location")
"""Entities that others refer to. One without an id, a name or a parent is refused; of the others it is left out."""


class Source(NamedTuple):
    file: str
    line: int
    path: str = ""


@dataclass(slots=True)
class Entity:
    kind: str
    id: str
    """UUID; empty when it has none and none could be made."""
    fields: dict[str, Any]
    """Without id and without references to what it belongs to."""
    parents: dict[str, dict[str, str]]
    """Kind -> id (UUID) -> id in the directory, of what it belongs to."""
    source: Source
    original: str = ""
    """The id in the directory."""
    unknown: tuple[str, ...] = ()
    """Fields that HSDS does not have; they are left."""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.id


class Ids:
    """UUIDs for the ids of one directory: the same directory, kind and id always give the same UUID."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self._made: dict[str, int] = {}

    def of(self, kind: str, original: str) -> str:
        return original.lower() if is_uuid(original) else str(uuid5(NAMESPACE, f"{self.directory}\n{kind}\n{original}"))

    def made(self, kind: str, content: Mapping[str, Any]) -> str:
        """For an entity without an id: from what it says, and from how often that was said before."""
        text = f"{kind}\n{sorted(content.items(), key=str)!r}"
        self._made[text] = count = self._made.get(text, 0) + 1
        return str(uuid5(NAMESPACE, f"{self.directory}\n{text}\n{count}"))


def belongs_to(kind: str) -> tuple[str, ...]:
    """Kinds of entities that an entity of this kind may be nested in."""
    return BELONGS.get(kind, ())


BELONGS: Final[Mapping[str, tuple[str, ...]]] = {
    kind: tuple(parent for parent, entity in ENTITIES.items() if kind in entity.many.values()) for kind in ENTITIES
} | {"address": ("location", "organization"), "eligibility": ("service",)}
"""In HSDS 1.x an address may also belong to an organization, and who may use a service is a table of its own."""
REFERS: Final[Mapping[str, Mapping[str, str]]] = {
    "organization": {"parent_organization_id": "organization"},
    "service": {"program_id": "program"},
    "service_at_location": {"location_id": "location"},
    "attribute": {"taxonomy_term_id": "taxonomy_term"},
    "service_capacity": {"unit_id": "unit"},
    "taxonomy_term": {"parent_id": "taxonomy_term", "taxonomy_id": "taxonomy"},
}
"""Fields by which an entity names another that it does not belong to."""
SILENT: Final = frozenset({"weekday", "closed"})
"""Columns of 1.x that become others."""
ANYWHERE: Final = {"attribute": "link_id", "metadata": "resource_id"}
"""Entities that may belong to anything, and the column that says to what."""


def entity_of(kind: str, values: Mapping[str, Any], source: Source, ids: Ids) -> Entity:
    """The entity that a row, or an object without what is nested in it, describes."""
    references = {f"{parent}_id" for parent in belongs_to(kind)}
    fields, unknown = columns(kind, values, SILENT | references)
    for name in SILENT - {"weekday"}:
        fields.pop(name, None)
    original = str(fields.pop("id", "")).strip()
    parents: dict[str, dict[str, str]] = {}
    for parent in belongs_to(kind):
        reference = str(fields.pop(f"{parent}_id", "")).strip()
        if reference:
            parents[parent] = {ids.of(parent, reference): reference}
    if link := str(fields.pop(ANYWHERE.get(kind, ""), "")).strip():
        named = str(fields.get("link_entity") or fields.get("resource_type"))
        # A number is an id of one kind of entity, a UUID of one entity, whatever a careless row calls it.
        for parent in (named,) if named in belongs_to(kind) and not is_uuid(link) else belongs_to(kind):
            parents.setdefault(parent, {})[ids.of(parent, link)] = link
    for name, other in REFERS.get(kind, {}).items():
        if name in fields:
            fields[name] = ids.of(other, str(fields[name]).strip())
    made = "" if kind in CORE else ids.made(kind, fields | {parent: list(each) for parent, each in parents.items()})
    return Entity(kind, ids.of(kind, original) if original else made, fields, parents, source, original, unknown)
