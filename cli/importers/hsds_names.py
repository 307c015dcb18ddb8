"""What HSDS called things from 1.0 to 3.0, and what it calls them now.

Sources: Human Services Data Specification 1.1, 2.0.1 and 3.0, tabular packages. Names on the right are those of 3.0.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any, Final

from services.partners.hsds import ENTITIES, Entity

TABLES: Final[Mapping[str, str]] = {
    "organization": "organization",
    "program": "program",
    "service": "service",
    "location": "location",
    "servicesatlocation": "service_at_location",
    "serviceatlocation": "service_at_location",
    "contact": "contact",
    "phone": "phone",
    "address": "address",
    "addresse": "address",
    "postaladdress": "address",
    "postaladdresse": "address",
    "physicaladdress": "address",
    "physicaladdresse": "address",
    "schedule": "schedule",
    "holidayschedule": "schedule",
    "regularschedule": "schedule",
    "language": "language",
    "accessibility": "accessibility",
    "accessibilityfordisabilitie": "accessibility",
    "servicearea": "service_area",
    "funding": "funding",
    "costoption": "cost_option",
    "paymentaccepted": "cost_option",
    "paymentsaccepted": "cost_option",
    "requireddocument": "required_document",
    "organizationidentifier": "organization_identifier",
    "attribute": "attribute",
    "serviceattribute": "attribute",
    "otherattribute": "attribute",
    "servicetaxonomie": "attribute",
    "servicetaxonomy": "attribute",
    "servicestaxonomy": "attribute",
    "taxonomyterm": "taxonomy_term",
    "taxonomie": "taxonomy",
    "taxonomy": "taxonomy",
    "eligibility": "eligibility",
    "eligibilitie": "eligibility",
    "url": "url",
    "unit": "unit",
    "servicecapacitie": "service_capacity",
    "servicecapacity": "service_capacity",
    "metadata": "metadata",
    "metatabledescription": "",
    "datapackage": "",
}
"""Name of a table without case, separators and plural s -> what its rows are; "": nothing of an organization."""

SHAPES: Final[Mapping[str, Entity]] = {
    **ENTITIES,
    "eligibility": Entity(
        frozenset({"id", "eligibility_description"}), frozenset({"minimum_age", "maximum_age"}), ("id",), {}, {}
    ),
}
"""The entities of 3.0, and one of 1.x and 2.x whose fields belong to the service now."""

COLUMNS: Final[Mapping[tuple[str, str], str]] = {
    ("organization", "url"): "website",
    ("service", "eligibility"): "eligibility_description",
    ("schedule", "start_date"): "valid_from",
    ("schedule", "end_date"): "valid_to",
    ("cost_option", "payment"): "amount_description",
    ("accessibility", "accessibility"): "description",
    ("language", "language"): "name",
    ("service_area", "service_area"): "name",
    ("taxonomy_term", "term"): "name",
    ("taxonomy_term", "vocabulary"): "taxonomy",
    ("attribute", "taxonomy_id"): "taxonomy_term_id",
    ("attribute", "taxonomy_detail"): "value",
    ("address", "address"): "address_1",
    ("eligibility", "eligibility"): "eligibility_description",
}
"""(entity, older name of a column) -> its name now."""

OLD_TERMS: Final = frozenset({"parent_id", "parent_name", "vocabulary"})
"""Columns that only the taxonomy table of 1.x has."""
YES: Final = ("true", "yes", "y", "1", "t")
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIME: Final = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)


def table_kind(name: str) -> str | None:
    """What the rows of a table are, from its file's name; None for a name that HSDS does not have."""
    stem = re.sub(r"[^a-z]", "", PurePath(name).stem.casefold())
    return TABLES.get(stem, TABLES.get(stem.removesuffix("s")))


def rows_kind(kind: str, header: Collection[str]) -> str:
    """What the rows of a table are, now that its columns are known: the taxonomy of 1.x is a table of terms."""
    return "taxonomy_term" if kind == "taxonomy" and OLD_TERMS & set(header) else kind


def with_defaults(name: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the name of an older table says of its rows, which a column says now."""
    stem = re.sub(r"[^a-z]", "", PurePath(name).stem.casefold())
    if stem.startswith("postaladdress"):
        return {"address_type": "postal", **row}
    if stem.startswith("holidayschedule") and str(row.get("closed", "")).strip().casefold() in YES:
        return {**row, "notes": "closed"}
    return row


def columns(kind: str, row: Mapping[str, Any], also: Collection[str] = ()) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The row with the names of 3.0, without empty values; and what has a value, but is known neither to HSDS nor
    by `also`."""
    known = SHAPES[kind].text | SHAPES[kind].number
    named = {COLUMNS.get((kind, name), name): value for name, value in row.items() if value not in ("", None)}
    unknown = tuple(name for name in named if name not in known and name not in also)
    return {name: value for name, value in named.items() if name not in unknown}, unknown


def weekday(text: str) -> str | None:
    """RFC 5545 `byday` of a day in a 1.x schedule: a name, its beginning, or a number from 1 for Monday."""
    plain = text.strip().casefold()
    if plain in ("1", "2", "3", "4", "5", "6", "7"):
        return DAYS[int(plain) - 1]
    matches = [day for day, name in zip(DAYS, DAY_NAMES, strict=True) if len(plain) >= 2 and name.startswith(plain)]
    return matches[0] if matches else None


def time_of_day(text: str) -> str | None:
    """HH:MM, with seconds and offset if the text has them; None for what is no time. 24:00 is the end of the day."""
    found = TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    if half := (found["half"] or "")[:1].casefold():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        return None
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if found["second"] else "") + (found["zone"] or "")
