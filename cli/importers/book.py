"""All entities of one directory by id: what is there twice, refers to nothing, or hangs on something refused."""

from collections import Counter, defaultdict
from typing import Any, Final

from cli.importers.clean import clean
from cli.importers.entity import ANYWHERE, CORE, Entity
from cli.importers.findings import Finding, Findings, Weight, explain

ORDER: Final = ("organization", "program", "service", "location", "service_at_location", "contact", "phone")
"""Entities that others belong to, parents first; the rest comes after them."""
NEEDED: Final = {"service": "organization", "program": "organization", "service_at_location": "service"}
"""What an entity must belong to."""
STANDING_ALONE: Final = ("organization", "taxonomy", "taxonomy_term", "unit")


def _place(kind: str) -> tuple[int, str]:
    """Parents first; what may belong to anything last."""
    return (ORDER.index(kind) if kind in ORDER else len(ORDER) + (kind in ANYWHERE), kind)


class Book:
    """Filled with `add`; then `link` once."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.entities: dict[str, dict[str, Entity]] = defaultdict(dict)
        self.rows: Counter[str] = Counter()
        """File -> rows read from it."""
        self._refused: set[tuple[str, str]] = set()

    def add(self, entity: Entity, *, nested: bool = False) -> None:
        """Takes an entity that has what it needs. One may come again in another file, or `nested` in another place."""
        earlier = self.entities[entity.kind].get(entity.id)
        if earlier and (nested or earlier.source.file != entity.source.file):
            self._merge(earlier, entity)
            return
        if nested and entity.key in self._refused:
            return
        self.rows[entity.source.file] += 1
        for name in entity.unknown:
            message = explain("unknown_field", kind=entity.kind, field=name[:60])
            self.findings.add_alike(
                Finding(entity.source.file, entity.source.line, "unknown_field", Weight.WARNING, message)
            )
        if not entity.id:
            self._say(entity, "missing_id")
            self._refused.add(entity.key)
        elif earlier:
            self._say(entity, "duplicate_id", kind=entity.kind, id=entity.original)
        elif clean(entity, self.findings):
            self.entities[entity.kind][entity.id] = entity
            if not entity.original:
                file, line, path = entity.source
                self.findings.add_alike(Finding(file, line, "id_missing", Weight.WARNING, explain("id_missing"), path))
        else:
            self._refused.add(entity.key)

    def has_seen(self, kind: str) -> bool:
        """Also one that was refused."""
        return bool(self.entities.get(kind)) or any(refused == kind for refused, _ in self._refused)

    def link(self) -> None:
        """Leaves only entities whose references all lead to entities that are left."""
        for kind in sorted(self.entities, key=_place):
            for entity in list(self.entities[kind].values()):
                if not self._linked(entity):
                    del self.entities[kind][entity.id]
                    self._refused.add(entity.key)

    def _linked(self, entity: Entity) -> bool:
        lost = self._lost_parents(entity)
        if entity.kind in ANYWHERE and any(entity.parents.values()):
            lost = None
        needed = NEEDED.get(entity.kind)
        if entity.kind == "service_at_location" and not lost:
            lost = self._lost_location(entity)
        attached = entity.kind in STANDING_ALONE or any(entity.parents.values())
        if entity.kind == "location":
            attached = attached or self._is_used(entity)
        elif lost and entity.kind in CORE:
            attached = False
        if (needed and not entity.parents.get(needed)) or not attached:
            if lost:
                self._say(entity, lost[0], **lost[1])
            else:
                self._say(entity, "missing_reference", field=f"{needed or 'organization'}_id")
            return False
        if lost:
            self._say(entity, lost[0], Weight.WARNING, **lost[1])
        return True

    def _lost_parents(self, entity: Entity) -> tuple[str, dict[str, Any]] | None:
        """Drops parents that are not there; the first of them as (code, about)."""
        lost = None
        for kind, ids in entity.parents.items():
            for id_, original in list(ids.items()):
                if id_ not in self.entities[kind]:
                    del ids[id_]
                    lost = lost or self._loss(kind, id_, original)
        return lost

    def _lost_location(self, entity: Entity) -> tuple[str, dict[str, Any]] | None:
        location = entity.fields.get("location_id", "")
        if location in self.entities["location"]:
            return None
        return (
            self._loss("location", location, location) if location else ("missing_reference", {"field": "location_id"})
        )

    def _loss(self, kind: str, id_: str, original: str) -> tuple[str, dict[str, Any]]:
        code = "parent_refused" if (kind, id_) in self._refused else "dangling_reference"
        return code, {"field": f"{kind}_id", "value": original[:60]}

    def _is_used(self, location: Entity) -> bool:
        return any(
            each.fields.get("location_id") == location.id for each in self.entities["service_at_location"].values()
        )

    def _merge(self, earlier: Entity, entity: Entity) -> None:
        for kind, ids in entity.parents.items():
            earlier.parents.setdefault(kind, {}).update(ids)
        if not clean(entity, Findings()):
            return
        for name, value in entity.fields.items():
            if earlier.fields.setdefault(name, value) != value:
                self._say(
                    entity, "conflicting_duplicate", Weight.WARNING, kind=entity.kind, id=entity.original, field=name
                )

    def _say(self, entity: Entity, code: str, weight: Weight | None = None, **about: str) -> None:
        weight = weight or (Weight.REFUSED if entity.kind in CORE else Weight.LEFT_OUT)
        file, line, path = entity.source
        self.findings.add(Finding(file, line, code, weight, explain(code, **about), path))
