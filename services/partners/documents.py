"""HSDS documents made from what the directory keeps: nested again, redacted, as the schema asks.

Pure. A document that came from a directory leaves as it came; what is added here is said here.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from services.partners.hsds import ENTITIES

Document = dict[str, Any]

REQUIRED: Final[Mapping[str, Mapping[str, str]]] = {
    "organization": {"description": ""},
    "service": {"status": "active"},
    "program": {"description": ""},
    "location": {"location_type": "physical"},
    "address": {
        **dict.fromkeys(("address_1", "city", "state_province", "postal_code", "country"), ""),
        "address_type": "physical",
    },
    "organization_identifier": {"identifier_type": "unknown"},
    "taxonomy": {"description": ""},
    "taxonomy_term": {"description": ""},
    "metadata": dict.fromkeys(
        ("last_action_date", "last_action_type", "field_name", "previous_value", "replacement_value", "updated_by"), ""
    ),
}
"""What HSDS 3.0 requires and real directories leave out, and the value that says nothing: an empty text is no
address, and an import drops it again."""
SHOWN_OF_REDACTED: Final[Mapping[str, tuple[str, ...]]] = {
    "location": ("id", "location_type", "languages"),
    "service_at_location": ("id", "service_id", "location_id", "schedules"),
}
"""All that leaves of a location whose place is secret, and of a service there. Names and descriptions may tell where it
is as well."""


def organization_of(id_: str, data: Mapping[str, Any], known: Mapping[str, Any]) -> Document:
    """As the organisation describes itself here; what an earlier directory said besides stays."""
    own = {name: data.get(name, "") for name in ("name", "description", "email", "website")}
    own["parent_organization_id"] = data.get("parent", "")
    if own["website"] and "://" not in own["website"]:
        own["website"] = f"https://{own['website']}"
    return _said(known, {"id": id_, **own})


def service_of(data: Mapping[str, Any], known: Mapping[str, Any]) -> Document:
    """Without `organization_id`: it is nested in its organization or has that nested in it, as an imported one."""
    names = ("name", "description", "status", "eligibility_description", "minimum_age", "maximum_age")
    own = {"status": "active"} | {name: data.get(name, "") or "" for name in names if name in data}
    return _said(known, {"id": data["service"], **own})


def _said(known: Mapping[str, Any], own: Mapping[str, Any]) -> Document:
    """`own` over `known`; what is empty or zero is not said at all."""
    return {name: value for name, value in {**known, **own}.items() if value not in ("", 0, None)}


def attributes_of(document: object) -> Iterator[Mapping[str, Any]]:
    """Attributes of an entity and of all that is nested in it."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name == "attributes" and isinstance(value, list):
                yield from (each for each in value if isinstance(each, dict))
            yield from attributes_of(value)
    elif isinstance(document, list):
        for each in document:
            yield from attributes_of(each)


def terms_of(document: object) -> tuple[list[str], list[str]]:
    """Ids of the taxonomy terms, and of their taxonomies, that a document bears."""
    terms, taxonomies = set(), set()
    for attribute in attributes_of(document):
        term = attribute.get("taxonomy_term") or {}
        terms |= {attribute.get("taxonomy_term_id"), term.get("id")}
        taxonomies |= {term.get("taxonomy_id"), (term.get("taxonomy_detail") or {}).get("id")}
    return sorted(filter(None, terms)), sorted(filter(None, taxonomies))


def redacted(kind: str, document: Mapping[str, Any]) -> Document:
    return {name: document[name] for name in SHOWN_OF_REDACTED[kind] if name in document}


def complete(kind: str, document: Mapping[str, Any], missing: Callable[[str, str], None] | None = None) -> Document:
    """With all that the schema requires, in every entity of it.

    `missing` is told the entity and the field of each value that had to be supplied.
    """
    shape = ENTITIES[kind]
    whole = {name: value for name, value in document.items() if value is not None}
    for name, value in REQUIRED.get(kind, {}).items():
        if name not in whole:
            whole[name] = value
            if missing:
                missing(kind, name)
    for name, inner in {**shape.many, **shape.one, **UPWARDS.get(kind, {})}.items():
        if isinstance(whole.get(name), list):
            whole[name] = [complete(inner, each, missing) for each in whole[name]]
        elif isinstance(whole.get(name), dict):
            whole[name] = complete(inner, whole[name], missing)
    return whole


UPWARDS: Final[Mapping[str, Mapping[str, str]]] = {
    "service": {"organization": "organization"},
    "service_at_location": {"service": "service"},
}


def plain(kind: str, document: Mapping[str, Any]) -> Document:
    """Only the fields that it has once: what lists of the HSDS API show."""
    return {name: value for name, value in document.items() if name not in ENTITIES[kind].many}
