"""entities: the directory as HSDS documents, made from this service's own events."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import psycopg

from libs.bus.received import Received
from libs.eventlog import derived_id
from services.partners.documents import Document, organization_of, service_of, terms_of
from services.partners.events import (
    LocationImported,
    LocationWithdrawn,
    OrganisationDescribed,
    OrganisationRegistered,
    OrganizationImported,
    ServiceDescribed,
    ServicePublished,
    ServiceWithdrawn,
    TaxonomyImported,
    TaxonomyTermImported,
)
from services.partners.facets import facets_of, multirange
from services.partners.service_document import described_of
from services.partners.words import order, searchable

Connection = psycopg.Connection[Any]
NAMED: Final = ("name", "alternate_name", "description")
"""Fields that a word is searched in."""
NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""In place of the organisation, for what belongs to none."""


def put_organization(connection: Connection, event: Received) -> None:
    data, id_ = event.data, event.envelope.subject
    known = _known(connection, "organization", id_)
    _put(connection, event, "organization", id_, data.get("document") or organization_of(id_, data, known))


def put_service(connection: Connection, event: Received) -> None:
    """With a row for each place where the service is, which a directory alone says. A service stays with the
    organisation that published its id first."""
    data, organisation = event.data, event.envelope.subject
    if _is_others(connection, organisation, data["service"]):
        return
    if document := data.get("document"):
        places = document.get("service_at_locations") or ()
    else:
        document = service_of(organisation, data, _known(connection, "service", data["service"]))
        places = _places(connection, organisation, data["service"])
    _put(connection, event, "service", data["service"], _without(document, "service_at_locations"))
    _take_away(connection, organisation, "service_at_location", "parent", data["service"])
    for place in places:
        at_location = {**place, "service_id": data["service"]}
        _put(connection, event, "service_at_location", place["id"], at_location, document)


def describe_service(connection: Connection, event: Received) -> None:
    data, organisation = event.data, event.envelope.subject
    known = _known(connection, "service", data["service"])
    if known and not _is_others(connection, organisation, data["service"]):
        _put(connection, event, "service", data["service"], described_of(data, known))


def describe_organization(connection: Connection, event: Received) -> None:
    id_, phone = event.envelope.subject, event.data.get("phone", "")
    known = _known(connection, "organization", id_)
    kept = {"name": known.get("name", ""), "parent": known.get("parent_organization_id", "")}
    said = organization_of(id_, {**event.data, **kept}, _without(known, "phones"))
    phones = {"phones": [{"id": derived_id(id_, "phone"), "number": phone}]} if phone else {}
    _put(connection, event, "organization", id_, said | phones)


def withdraw_service(connection: Connection, event: Received) -> None:
    organisation, service = event.envelope.subject, event.data["service"]
    _take_away(connection, organisation, "service", "id", service)
    _take_away(connection, organisation, "service_at_location", "parent", service)


def put_location(connection: Connection, event: Received) -> None:
    _put(connection, event, "location", event.data["location"], event.data["document"])


def withdraw_location(connection: Connection, event: Received) -> None:
    _take_away(connection, event.envelope.subject, "location", "id", event.data["location"])


def put_taxonomy(connection: Connection, event: Received) -> None:
    _put(connection, event, "taxonomy", event.data["taxonomy"], event.data["document"])


def put_term(connection: Connection, event: Received) -> None:
    document = event.data["document"]
    _put(connection, event, "taxonomy_term", event.data["term"], document | {"taxonomy_id": event.data["taxonomy"]})


def _known(connection: Connection, kind: str, id_: str) -> Document:
    row = connection.execute("SELECT document FROM entities WHERE kind = %s AND id = %s", [kind, id_]).fetchone()
    found: Document = msgspec.json.decode(row[0]) if row else {}
    return found


def _places(connection: Connection, organisation: str, service: str) -> list[Document]:
    asked = "SELECT document FROM entities WHERE kind = 'service_at_location' AND organisation = %s AND parent = %s"
    return [msgspec.json.decode(text) for (text,) in connection.execute(asked, [organisation, service])]


def _is_others(connection: Connection, organisation: str, service: str) -> bool:
    asked = "SELECT FROM entities WHERE kind = 'service' AND id = %s AND organisation <> %s"
    return connection.execute(asked, [service, organisation]).fetchone() is not None


def _put(  # noqa: PLR0917 -- a row's columns
    connection: Connection,
    event: Received,
    kind: str,
    id_: str,
    document: Mapping[str, Any],
    within: Mapping[str, Any] | None = None,
) -> None:
    """`within`: the service of a service at a location, which alone it is searched by: the words of a place whose
    address is redacted must lead nowhere."""
    owned = kind not in ("taxonomy", "taxonomy_term")
    terms, taxonomies = terms_of([document, within])
    if kind == "taxonomy_term":
        taxonomies = [document["taxonomy_id"]]
    texts = [str(each.get(name) or "") for name in NAMED for each in [within or document]]
    facets = facets_of(document, event.envelope.recordedtime[:10])
    codes = {str(each.get("postal_code") or "") for each in document.get("addresses") or () if isinstance(each, dict)}
    connection.execute(
        """
        INSERT INTO entities (kind, id, organisation, parent, location, name_order, document, modified, terms,
                              taxonomies, postcodes, words, marks, hours)
        VALUES (%(kind)s, %(id)s, %(organisation)s, %(parent)s, %(location)s, %(order)s, %(document)s, %(modified)s,
                %(terms)s::uuid[], %(taxonomies)s::uuid[], %(postcodes)s, to_tsvector('simple', %(words)s),
                %(marks)s, %(hours)s::int4multirange)
        ON CONFLICT (kind, id, organisation) DO UPDATE SET parent = excluded.parent, location = excluded.location,
            name_order = excluded.name_order, document = excluded.document, modified = excluded.modified,
            terms = excluded.terms, taxonomies = excluded.taxonomies, postcodes = excluded.postcodes,
            words = excluded.words, marks = excluded.marks, hours = excluded.hours
        """,
        {
            "kind": kind,
            "id": id_,
            "organisation": event.envelope.subject if owned else NOBODY,
            "parent": document.get("service_id" if kind == "service_at_location" else "parent_id"),
            "location": document.get("location_id"),
            "order": order(next(filter(None, texts), "")),
            "document": msgspec.json.encode(document).decode(),
            "modified": event.envelope.recordedtime,
            "terms": terms,
            "taxonomies": taxonomies,
            "postcodes": sorted(filter(None, codes)),
            "words": searchable(texts),
            "marks": facets.marks,
            "hours": multirange(facets.hours),
        },
    )


def _take_away(connection: Connection, organisation: str, kind: str, column: str, id_: str) -> None:
    connection.execute(
        f"DELETE FROM entities WHERE kind = %s AND organisation = %s AND {column} = %s",  # noqa: S608 -- our own words
        [kind, organisation, id_],
    )


def _without(document: Mapping[str, Any], *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


APPLY: Final[Mapping[str, Callable[[Connection, Received], None]]] = {
    OrganisationRegistered.type: put_organization,
    OrganizationImported.type: put_organization,
    ServicePublished.type: put_service,
    ServiceDescribed.type: describe_service,
    OrganisationDescribed.type: describe_organization,
    ServiceWithdrawn.type: withdraw_service,
    LocationImported.type: put_location,
    LocationWithdrawn.type: withdraw_location,
    TaxonomyImported.type: put_taxonomy,
    TaxonomyTermImported.type: put_term,
}
