"""JSON from outside as one of our resources. Whatever is not taken is refused at its element, and never left out."""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from libs.fhir.elements import Element, Link
from libs.fhir.reading import hollow, placed
from services.gateway.fhir.errors import ElementRefused

Resource = TypeVar("Resource", bound=Element)
LONGEST: Final = 200
"""Characters of an element's path that a refusal tells."""
REFERENCE: Final = re.compile(r"([A-Z][A-Za-z]{2,40})/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})").fullmatch
ELEMENT: Final = re.compile(r"[A-Za-z0-9_.\[\]]+").fullmatch


def refused(element: str, problem: str) -> ElementRefused:
    known = element if ELEMENT(element) else element.rpartition(".")[0] or "Resource"
    return ElementRefused(element=known[:LONGEST], problem=problem)


def decoded(body: bytes) -> dict[str, Any]:
    """Raises ElementRefused for what is no JSON object with a resourceType."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise refused("Resource", "the body is not JSON, or nested too deep") from None
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise refused("Resource.resourceType", "it is missing")
    return found


def read(found: Mapping[str, Any], kind: type[Resource], at: str = "") -> Resource:
    """Raises ElementRefused. `at`: where the resource stands, when not alone."""
    name = at or kind.__name__
    try:
        if empty := hollow(found, "$"):
            raise refused(empty.replace("$", name, 1), "it is empty; leave out what there is not")
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        problem, path = placed(str(error))
        raise refused(path.replace("$", name, 1), problem) from None
    except RecursionError:
        raise refused(name, "it is nested too deep") from None


def target(found: Link, kind: str, at: str) -> str:
    """The id that a reference leads to, if it is to such a resource here. Raises ElementRefused."""
    parts = REFERENCE(found.reference)
    if parts is None or parts[1] != kind:
        raise refused(f"{at}.reference", f"it is not {kind}/ and an id of this server")
    return parts[2]
