"""HSDS 3.0 organizations as anybody might write them, and every field of every entity in a document."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from services.partners.hsds import CLOSED, ENTITIES

UP: Final = {"service": "organization", "service_at_location": "service"}
NEVER: Final = frozenset({"url", "service_capacity", "unit"})
"""Entities that HSDS 3.0 does not have."""
LATER: Final = {
    ("attribute", "label"),
    ("service_area", "service_at_location_id"),
    ("service_at_location", "service_areas"),
}
"""And fields."""
TEXT: Final = st.text("abcæøå ,;\"'|<&\n", min_size=1, max_size=12).map(str.strip).filter(bool)
VALUES: Final = {
    "email": st.sampled_from(["a@example.org", "b+c@example.dk"]),
    "assurer_email": st.just("a@example.org"),
    **dict.fromkeys(
        ("url", "website", "schedule_link"), st.sampled_from(["https://example.org", "http://a.dk/?b=c&d"])
    ),
    **dict.fromkeys(("uri", "term_uri"), st.sampled_from(["https://example.org/1", "urn:x:1"])),
    **dict.fromkeys(("opens_at", "closes_at"), st.sampled_from(["09:00", "17:30:00", "10:00Z"])),
    "last_modified": st.just("2024-03-15T10:30:45.123Z"),
    "number": st.sampled_from(["+45 12 34 56 78", "555 1234"]),
    **dict.fromkeys(("minimum_age", "maximum_age"), st.integers(0, 120)),
}
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "organization": ("name", "description"),
    "service": ("name", "status"),
    "location": ("location_type",),
    "address": ("address_1", "city", "state_province", "postal_code", "country", "address_type"),
    "program": ("name", "description"),
    "phone": ("number",),
    "organization_identifier": ("identifier_type", "identifier"),
    "taxonomy": ("name", "description"),
    "taxonomy_term": ("name", "description"),
    "metadata": (
        "last_action_date", "last_action_type", "field_name", "previous_value", "replacement_value", "updated_by",
    ),
}  # fmt: skip


@st.composite
def entities(draw: st.DrawFn, kind: str, depth: int = 0) -> dict[str, Any]:
    """One entity with a few of those that may be nested in it."""
    shape = ENTITIES[kind]
    document: dict[str, Any] = {"id": str(draw(st.uuids(version=4)))}
    fields = sorted(name for name in shape.text | shape.number if not name.endswith("_id") or name == "tax_id")
    optional = [name for name in fields if name != "id" and (kind, name) not in LATER]
    for name in {*REQUIRED.get(kind, ()), *draw(st.sets(st.sampled_from(optional), max_size=4))}:
        document[name] = draw(_value(kind, name))
    many = [name for name, inner in shape.many.items() if inner not in NEVER and (kind, name) not in LATER]
    for name in draw(st.sets(st.sampled_from(sorted(many)), max_size=2)) if many and depth < 3 else ():
        document[name] = draw(st.lists(entities(shape.many[name], depth + 1), min_size=1, max_size=2))
    for name, inner in shape.one.items():
        needed = kind == "service_at_location"
        if inner not in NEVER and (needed or (depth < 4 and draw(st.booleans()))):
            document[name] = draw(entities(inner, depth + 1))
    return document


def _value(kind: str, name: str) -> st.SearchStrategy[Any]:
    if closed := CLOSED.get((kind, name)):
        return st.sampled_from(closed)
    if (kind, name) == ("cost_option", "amount") or name not in ENTITIES[kind].number:
        return VALUES.get(name, TEXT) if name != "amount" else st.integers(0, 1000)
    return VALUES[name] if name.endswith("_age") else st.integers(-60, 60)


def facts(kind: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """(entity, id, field, value) of all that a document says, whatever is nested where."""
    shape = ENTITIES[kind]
    for name, value in document.items():
        if inner := shape.many.get(name):
            for item in value:
                yield from facts(inner, item)
        elif inner := shape.one.get(name) or (UP.get(kind) == name and name) or "":
            yield from facts(inner, value)
        else:
            yield kind, document["id"], name, value
