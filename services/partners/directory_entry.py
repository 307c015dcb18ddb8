"""An HSDS organization taken apart into what one event each can hold."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import msgspec

from services.partners.errors import OrganizationMalformed
from services.partners.hsds import Problem, problems, problems_alone

SHOWN_PROBLEMS = 20


class Part(NamedTuple):
    """One entity, its id, and the digest by which a change of it is known."""

    id: str
    digest: str
    document: dict[str, Any]

    def text(self, name: str) -> str:
        return self.document.get(name) or ""

    def number(self, name: str) -> int:
        return max(0, int(self.document.get(name) or 0))


class Taken(NamedTuple):
    organization: Part
    """Without its services and locations; its digest is that of the whole."""
    services: list[Part]
    """Each without its organization; `service_at_locations` name their location by id."""
    locations: list[Part]


def digest_of(document: object) -> str:
    """SHA-256 over the JSON with sorted names, in hex: the same for documents that say the same."""
    return hashlib.sha256(msgspec.json.encode(document, order="deterministic")).hexdigest()


def take(text: str) -> Taken:
    """Reads an HSDS 3.0 organization. Raises OrganizationMalformed with every place where something is wrong."""
    return _parts(_read(text, problems))


def take_entity(kind: str, text: str) -> Part:
    """Reads an entity that stands alone. Raises OrganizationMalformed."""
    document = _read(text, partial(problems_alone, kind))
    return Part(document["id"].lower(), digest_of(document), document)


def _read(text: str, check: Callable[[object], list[Problem]]) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise OrganizationMalformed(path="$", problem="JSON", count=1, all="$ JSON") from None
    if found := check(document):
        raise OrganizationMalformed(
            path=found[0].path,
            problem=found[0].fault,
            count=len(found),
            all=", ".join(f"{each.path} {each.fault}" for each in found[:SHOWN_PROBLEMS]),
        )
    return _without(document, *(name for name, value in document.items() if value is None))


def _parts(document: Mapping[str, Any]) -> Taken:
    services = [_without(service, "organization") for service in document.get("services", ())]
    locations = {location["id"]: location for location in document.get("locations", ())}
    for at_location in _at_locations(services):
        if location := at_location.pop("location", None):
            locations.setdefault(location["id"], location)
            at_location["location_id"] = location["id"]
    whole = digest_of([_without(document, "services", "locations"), services, list(locations.values())])
    return Taken(
        Part(document["id"].lower(), whole, _without(document, "services", "locations")),
        [Part(service["id"].lower(), digest_of(service), service) for service in services],
        [Part(location["id"].lower(), digest_of(location), location) for location in locations.values()],
    )


def _at_locations(services: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for service in services:
        if at_locations := service.get("service_at_locations"):
            service["service_at_locations"] = [dict(each) for each in at_locations]
            yield from service["service_at_locations"]


def _without(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}
