"""entities: the directory as HSDS documents, made from this service's own events."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import psycopg

from libs.bus.received import Received
from libs.eventlog import derived_id
from services.partners.documents import SHOWN_OF_REDACTED, Document, organization_of, redacted, service_of, terms_of
from services.partners.events import (
    LocationImported,
    LocationRedacted,
    LocationShown,
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
        document = service_of(data, _known(connection, "service", data["service"]))
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


def redact_location(connection: Connection, event: Received) -> None:
    connection.execute(
        "INSERT INTO redactions (organisation, location) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [event.envelope.subject, event.data["location"]],
    )
    _put_again(connection, event)


def show_location(connection: Connection, event: Received) -> None:
    connection.execute(
        "DELETE FROM redactions WHERE organisation = %s AND location = %s",
        [event.envelope.subject, event.data["location"]],
    )
    _put_again(connection, event)


def _put_again(connection: Connection, event: Received) -> None:
    """A location and the services at it, whoever keeps them, as they are searched from now on."""
    asked = """
        SELECT e.kind, e.id::text, e.organisation::text, e.document, s.document FROM entities e
        LEFT JOIN entities s ON s.kind = 'service' AND s.id = e.parent AND s.organisation = e.organisation
        WHERE (e.kind = 'location' AND e.id = %(location)s)
           OR (e.kind = 'service_at_location' AND e.location = %(location)s)
        """
    for kind, id_, organisation, text, within in connection.execute(asked, event.data).fetchall():
        document, service = msgspec.json.decode(text), msgspec.json.decode(within) if within else None
        _put(connection, event, kind, id_, document, service, organisation)


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
    organisation: str = "",
) -> None:
    """`within`: the service of a service at a location, whose words alone it is searched by. What is redacted can be
    found by nothing that would tell where it is. `organisation`: empty for that of the event."""
    owned = kind not in ("taxonomy", "taxonomy_term")
    text = msgspec.json.encode(document).decode()
    place = document.get("location_id") if kind == "service_at_location" else id_
    if kind in SHOWN_OF_REDACTED and place and _is_redacted(connection, place):
        document = redacted(kind, document)
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
                %(terms)s::uuid[], %(taxonomies)s::uuid[], %(postcodes)s,
                array_to_tsvector(string_to_array(%(words)s, ' ')), %(marks)s, %(hours)s::int4multirange)
        ON CONFLICT (kind, id, organisation) DO UPDATE SET parent = excluded.parent, location = excluded.location,
            name_order = excluded.name_order, document = excluded.document, modified = excluded.modified,
            terms = excluded.terms, taxonomies = excluded.taxonomies, postcodes = excluded.postcodes,
            words = excluded.words, marks = excluded.marks, hours = excluded.hours
        """,
        {
            "kind": kind,
            "id": id_,
            "organisation": organisation or event.envelope.subject if owned else NOBODY,
            "parent": document.get("service_id" if kind == "service_at_location" else "parent_id"),
            "location": document.get("location_id"),
            "order": order(next(filter(None, texts), "")),
            "document": text,
            "modified": event.envelope.recordedtime,
            "terms": terms,
            "taxonomies": taxonomies,
            "postcodes": sorted(filter(None, codes)),
            "words": searchable(texts),
            "marks": facets.marks,
            "hours": multirange(facets.hours),
        },
    )


def _is_redacted(connection: Connection, location: str) -> bool:
    return connection.execute("SELECT FROM redactions WHERE location = %s", [location]).fetchone() is not None


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
    LocationRedacted.type: redact_location,
    LocationShown.type: show_location,
    TaxonomyImported.type: put_taxonomy,
    TaxonomyTermImported.type: put_term,
}
