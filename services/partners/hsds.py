"""The shape of HSDS 3.x entities, and what is wrong with a document that should have it.

Source: Human Services Data Specification 3.0, schemas organization.json, service.json and those they refer to, and what
3.1 added to them: url, unit, service_capacity, areas of a service at a location. Where a
real directory often leaves out what the schema asks for (an address without a country, a location without a type) we
take the entity as it is: `required` lists only what it cannot be used without.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.vocabulary import VOCABULARIES

LONGEST_NAME: Final = 500
DETAILS: Final = "attributes:attribute metadata:metadata"


class Entity(NamedTuple):
    text: frozenset[str]
    number: frozenset[str]
    required: tuple[str, ...]
    many: Mapping[str, str]
    """Name of a list in the entity -> what it is a list of."""
    one: Mapping[str, str]


def _entity(text: str, number: str = "", required: str = "id", many: str = "", one: str = "") -> Entity:
    return Entity(
        frozenset(text.split()) | {"id"},
        frozenset(number.split()),
        tuple(required.split()),
        dict(pair.split(":") for pair in many.split()),
        dict(pair.split(":") for pair in one.split()),
    )


ENTITIES: Final[Mapping[str, Entity]] = {
    "organization": _entity(
        "name alternate_name description email website tax_status tax_id legal_status logo uri parent_organization_id",
        number="year_incorporated",
        required="id name",
        many="funding:funding contacts:contact phones:phone locations:location programs:program"
        f" organization_identifiers:organization_identifier services:service additional_websites:url {DETAILS}",
    ),
    "service": _entity(
        "organization_id program_id name alternate_name description url email status interpretation_services"
        " application_process fees_description wait_time fees accreditations eligibility_description assured_date"
        " assurer_email licenses alert last_modified",
        number="minimum_age maximum_age",
        required="id name status",
        many="phones:phone schedules:schedule service_areas:service_area service_at_locations:service_at_location"
        " languages:language funding:funding cost_options:cost_option required_documents:required_document"
        f" contacts:contact additional_urls:url capacities:service_capacity {DETAILS}",
        one="program:program",
    ),
    "service_at_location": _entity(
        "service_id location_id description",
        many=f"contacts:contact phones:phone schedules:schedule service_areas:service_area {DETAILS}",
        one="location:location",
    ),
    "location": _entity(
        "organization_id location_type url name alternate_name description transportation external_identifier"
        " external_identifier_type",
        number="latitude longitude",
        many="languages:language addresses:address contacts:contact accessibility:accessibility phones:phone"
        f" schedules:schedule {DETAILS}",
    ),
    "program": _entity("organization_id name alternate_name description", required="id name", many=DETAILS),
    "contact": _entity(
        "organization_id service_id service_at_location_id location_id name title department email",
        many=f"phones:phone {DETAILS}",
    ),
    "phone": _entity(
        "location_id service_id organization_id contact_id service_at_location_id number type description",
        number="extension",
        required="id number",
        many=f"languages:language {DETAILS}",
    ),
    "address": _entity(
        "location_id attention address_1 address_2 city region state_province postal_code country address_type",
        many=DETAILS,
    ),
    "schedule": _entity(
        "service_id location_id service_at_location_id valid_from valid_to dtstart until wkst freq byday byweekno"
        " bymonthday byyearday description opens_at closes_at schedule_link attending_type notes",
        number="timezone count interval",
        many=DETAILS,
    ),
    "language": _entity("service_id location_id phone_id name code note", many=DETAILS),
    "accessibility": _entity("location_id description details url", many=DETAILS),
    "service_area": _entity("service_id service_at_location_id name description extent extent_type uri", many=DETAILS),
    "funding": _entity("organization_id service_id source", many=DETAILS),
    "cost_option": _entity(
        "service_id valid_from valid_to option currency amount_description", number="amount", many=DETAILS
    ),
    "required_document": _entity("service_id document uri", many=DETAILS),
    "organization_identifier": _entity(
        "organization_id identifier_scheme identifier_type identifier", required="id identifier", many=DETAILS
    ),
    "url": _entity("organization_id service_id label url", required="id url", many=DETAILS),
    "service_capacity": _entity(
        "service_id unit_id description updated", number="available maximum", many=DETAILS, one="unit:unit"
    ),
    "unit": _entity("name scheme identifier uri", required="id name", many=DETAILS),
    "attribute": _entity(
        "link_id taxonomy_term_id link_type link_entity value label",
        many="metadata:metadata",
        one="taxonomy_term:taxonomy_term",
    ),
    "taxonomy_term": _entity(
        "code name description parent_id taxonomy language taxonomy_id term_uri",
        required="id name",
        many="metadata:metadata",
        one="taxonomy_detail:taxonomy",
    ),
    "taxonomy": _entity("name description uri version", required="id name", many="metadata:metadata"),
    "metadata": _entity(
        "resource_id resource_type last_action_date last_action_type field_name previous_value replacement_value"
        " updated_by"
    ),
}

CLOSED: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("service", "status"): VOCABULARIES["service_status"],
    ("location", "location_type"): ("physical", "postal", "virtual"),
    ("address", "address_type"): ("physical", "postal", "virtual"),
    ("schedule", "freq"): ("WEEKLY", "MONTHLY"),
    ("schedule", "wkst"): ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
}
INSIDE: Final = ("organization", "service", "location", "service_at_location", "program", "contact", "phone")
"""Entities that a field `<entity>_id` refers to; what it names must be in the same document."""


class Fault(StrEnum):
    REQUIRED = "REQUIRED"
    TYPE = "TYPE"
    UUID = "UUID"
    VOCABULARY = "VOCABULARY"
    TOO_LONG = "TOO_LONG"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    DUPLICATE = "DUPLICATE"
    DANGLING = "DANGLING"


class Problem(NamedTuple):
    path: str
    """JSON path (RFC 9535), for instance `$.services[3].status`."""
    fault: Fault


def field_problems(kind: str, fields: Mapping[str, Any], path: str = "$") -> Iterator[Problem]:
    """What is wrong with an entity's own fields. `null` counts as left out; fields that HSDS has not are left alone."""
    entity = ENTITIES[kind]
    for name in entity.required:
        if (value := fields.get(name)) is None or (isinstance(value, str) and not value.strip()):
            yield Problem(f"{path}.{name}", Fault.REQUIRED)
    for name, value in fields.items():
        if value is None:
            continue
        if fault := _fault(kind, entity, name, value):
            yield Problem(f"{path}.{name}", fault)


def _fault(kind: str, entity: Entity, name: str, value: object) -> Fault | None:
    if name in entity.number:
        return None if isinstance(value, int | float) and not isinstance(value, bool) else Fault.TYPE
    if name not in entity.text:
        return None
    if not isinstance(value, str):
        return Fault.TYPE
    if "\0" in value:
        return Fault.CONTROL_CHARACTER
    if name == "name" and len(value) > LONGEST_NAME:
        return Fault.TOO_LONG
    if value and (name == "id" or name.endswith("_id")) and name != "tax_id" and not is_uuid(value):
        return Fault.UUID
    closed = CLOSED.get((kind, name))
    return Fault.VOCABULARY if closed and value and value not in closed else None


def is_uuid(text: str) -> bool:
    """Written as RFC 9562 section 4 does, with hyphens."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


class Place(NamedTuple):
    """An entity somewhere in a document."""

    kind: str
    fields: Mapping[str, Any]
    path: str


def walk(kind: str, document: object, path: str = "$") -> Iterator[Place | Problem]:
    """The entity and all entities nested in it, as far as they have the shape of one."""
    if not isinstance(document, dict):
        yield Problem(path, Fault.TYPE)
        return
    yield Place(kind, document, path)
    entity = ENTITIES[kind]
    for name, inner in entity.one.items():
        if document.get(name) is not None:
            yield from walk(inner, document[name], f"{path}.{name}")
    for name, inner in entity.many.items():
        if (items := document.get(name)) is None:
            continue
        if not isinstance(items, list):
            yield Problem(f"{path}.{name}", Fault.TYPE)
            continue
        seen: set[str] = set()
        for index, item in enumerate(items):
            yield from walk(inner, item, f"{path}.{name}[{index}]")
            if isinstance(item, dict) and isinstance(item.get("id"), str):
                if item["id"] in seen:
                    yield Problem(f"{path}.{name}[{index}].id", Fault.DUPLICATE)
                seen.add(item["id"])


def problems(document: object) -> list[Problem]:
    """Everything that keeps an HSDS organization with all that is nested in it from being imported; empty: nothing."""
    found: list[Problem] = []
    places: list[Place] = []
    for each in walk("organization", document):
        if isinstance(each, Place):
            places.append(each)
        else:
            found.append(each)
    known = {(place.kind, place.fields.get("id")) for place in places if isinstance(place.fields.get("id"), str)}
    for place in places:
        found += field_problems(place.kind, place.fields, place.path)
        for kind in INSIDE:
            reference = place.fields.get(f"{kind}_id")
            if isinstance(reference, str) and reference and (kind, reference) not in known:
                found.append(Problem(f"{place.path}.{kind}_id", Fault.DANGLING))
    return sorted(found)


def problems_alone(kind: str, document: object) -> list[Problem]:
    """The same for an entity that stands alone, such as a term of a taxonomy: what it names may be elsewhere."""
    found: list[Problem] = []
    for each in walk(kind, document):
        found += field_problems(each.kind, each.fields, each.path) if isinstance(each, Place) else [each]
    return sorted(found)
