"""What the addresses of the HSDS 3.0 API take, as its OpenAPI description names it, and the question that it makes."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from samspor.partners.v1 import partners_pb2
from starlette.datastructures import QueryParams

from libs.host.times import timestamp
from services.gateway.hsds.errors import ParameterMalformed, ParameterUnknown
from services.gateway.visit import is_id

LONGEST: Final = 200
"""Characters of a text that is searched for."""
MOST: Final = 200
MOST_WHOLE: Final = 20
"""Entities of a page that come with all that is nested in them: one may be half a megabyte."""
MOST_MINIMAL: Final = 10_000
USUAL: Final = 50
LAST_PAGE: Final = 100_000


class Value(NamedTuple):
    """How a parameter is read. `read` answers None where it cannot be."""

    read: Callable[[str], Any]
    what: str
    schema: Mapping[str, Any]


def number(most: int) -> Value:
    def read(text: str) -> int | None:
        found = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
        return found if 1 <= found <= most else None

    return Value(read, f"a number from 1 to {most}", {"type": "integer", "minimum": 1, "maximum": most})


def moment(text: str) -> Any:
    try:
        found = datetime.fromisoformat(text)
        return timestamp(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def text_of(text: str) -> str | None:
    return text if text.isprintable() and 0 < len(text) <= LONGEST else None


BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
TEXT: Final = Value(text_of, f"a text of up to {LONGEST} characters", {"type": "string", "maxLength": LONGEST})
YES_NO: Final = Value(lambda text: BOOLEANS.get(text.lower()), "true or false", {"type": "boolean"})
ID: Final = Value(
    lambda text: text.lower() if is_id(text.lower()) else None, "a UUID", {"type": "string", "format": "uuid"}
)
FORMATS: Final = ("json", "ndjson")
FORMAT: Final = Value(
    lambda text: text if text in FORMATS else None, "json or ndjson", {"type": "string", "enum": list(FORMATS)}
)
WHEN: Final = Value(moment, "a date and time (ISO 8601)", {"type": "string", "format": "date-time"})
POSTCODE: Final = Value(
    lambda text: text if text.isprintable() and 0 < len(text) <= 20 else None,
    "a postal code",
    {"type": "string", "maxLength": 20},
)
PAGE, PER_PAGE = number(LAST_PAGE), number(MOST_MINIMAL)

FIELDS: Final[Mapping[str, str]] = {
    "taxonomy_term_id": "taxonomy_term",
    "taxonomy_id": "taxonomy",
    "organization_id": "organization",
    "parent_id": "parent",
}
"""Names of parameters that ListEntities has other names for."""
PAGED: Final = {"page": PAGE, "per_page": PER_PAGE}
LIST: Final = {"search": TEXT, **PAGED, "format": FORMAT}
BY_TERM: Final = {"taxonomy_term_id": ID, "taxonomy_id": ID, "organization_id": ID, "modified_after": WHEN}


class Listing(NamedTuple):
    kind: str
    takes: Mapping[str, Value]
    one_takes: Mapping[str, Value] = {}
    """Where one entity is asked for by its id."""


LISTINGS: Final[Mapping[str, Listing]] = {
    "services": Listing("service", {**LIST, **BY_TERM, "minimal": YES_NO, "full": YES_NO}),
    "organizations": Listing(
        "organization", {**LIST, "full": YES_NO, "full_service": YES_NO}, {"full_service": YES_NO}
    ),
    "service_at_locations": Listing("service_at_location", {**LIST, **BY_TERM, "full": YES_NO, "postcode": POSTCODE}),
    "taxonomies": Listing("taxonomy", LIST),
    "taxonomy_terms": Listing("taxonomy_term", {**LIST, "taxonomy_id": ID, "top_only": YES_NO, "parent_id": ID}),
}
"""Path -> what is had there. There is no `proximity`: the directory keeps no map of postal codes."""


def values(query: QueryParams, takes: Mapping[str, Value]) -> dict[str, Any]:
    """Raises ParameterUnknown, ParameterMalformed. A refusal repeats no value."""
    found = {}
    for name in query:
        if name not in takes:
            shown = name if name.isidentifier() and len(name) <= 40 else "?"
            raise ParameterUnknown(name=shown, taken=", ".join(takes) or "none")
        given = query.getlist(name)
        value = takes[name].read(given[0])
        if value is None or len(given) > 1:
            raise ParameterMalformed(name=name, what=takes[name].what)
        found[name] = value
    return found


def question_of(listing: Listing, given: Mapping[str, Any]) -> partners_pb2.ListEntities:
    """Raises ParameterMalformed, ParameterUnknown."""
    streamed, minimal = given.get("format") == "ndjson", given.get("minimal", False)
    whole = given.get("full", False) or given.get("full_service", False)
    for name in PAGED:
        if streamed and name in given:
            raise ParameterUnknown(name=name, taken="all at once with format=ndjson")
    most = MOST_MINIMAL if minimal else MOST_WHOLE if whole else MOST
    if given.get("per_page", 1) > most:
        raise ParameterMalformed(name="per_page", what=number(most).what)
    asked = {FIELDS.get(name, name): value for name, value in given.items() if name not in ("format", "full")}
    size = given.get("per_page") or (most if streamed or minimal else min(USUAL, most))
    return partners_pb2.ListEntities(**{"kind": listing.kind, "page": 1, **asked, "full": whole, "per_page": size})
