"""directory and members: organisations, services and people as they are now, made from this service's own events.

entities.py beside it keeps the same as HSDS documents.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import psycopg

from libs.bus.projection import Projection
from libs.bus.received import Received
from services.partners import confirmed, entities, stated
from services.partners.agreements.projections import AGREEMENT_EFFECTS
from services.partners.events import (
    EVENTS,
    MemberAdded,
    MemberRemoved,
    OrganisationRegistered,
    OrganizationImported,
    RoleDescribed,
    ServicePublished,
    ServiceWithdrawn,
)
from services.partners.found_by import gather
from services.partners.portal.projections import PORTAL_EFFECTS
from services.partners.room import projections as room
from services.partners.words import order, searchable

Connection = psycopg.Connection[Any]


def put_organisation(connection: Connection, event: Received) -> None:
    data = event.data
    texts = {name: data.get(name, "") for name in ("kind", "name", "description", "email", "website")}
    connection.execute(
        """
        INSERT INTO organisations (id, version, kind, name, name_order, description, email, website, parent, words)
        VALUES (%(id)s, %(version)s, %(kind)s, %(name)s, %(order)s, %(description)s, %(email)s, %(website)s, %(parent)s,
                array_to_tsvector(string_to_array(%(words)s, ' ')))
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, name_order = excluded.name_order,
            description = excluded.description, email = excluded.email, website = excluded.website,
            parent = excluded.parent, words = excluded.words, phone = ''
        """,
        texts
        | {
            "id": event.envelope.subject,
            "version": event.envelope.streamversion,
            "order": order(texts["name"]),
            "parent": data.get("parent") or None,
            "words": searchable((texts["name"], texts["description"])),
        },
    )


def describe_role(connection: Connection, event: Received) -> None:
    texts = {name: event.data.get(name, "") for name in ("resources", "can", "cannot", "frame", "degree")}
    codes = {name: event.data.get(name, []) for name in ("resource_codes", "roles", "excluded_roles", "frame_codes")}
    connection.execute(
        """
        UPDATE organisations SET resources = %(resources)s, can = %(can)s, cannot = %(cannot)s, frame = %(frame)s,
            degree = %(degree)s, resource_codes = %(resource_codes)s, roles = %(roles)s,
            excluded_roles = %(excluded_roles)s, frame_codes = %(frame_codes)s
        WHERE id = %(id)s
        """,
        {"id": event.envelope.subject} | texts | codes,
    )


def put_service(connection: Connection, event: Received) -> None:
    """A service stays with the organisation that published its id first."""
    data = event.data
    texts = {name: data.get(name, "") for name in ("name", "description", "eligibility_description")}
    words = searchable(texts.values())
    connection.execute(
        "INSERT INTO directory_words SELECT DISTINCT unnest(%s::text[]) ON CONFLICT DO NOTHING", [words.split()]
    )
    connection.execute(
        """
        INSERT INTO services (id, organisation, name, name_order, description, status, categories, minimum_age,
                              maximum_age, eligibility_description, words, name_words)
        VALUES (%(id)s, %(organisation)s, %(name)s, %(order)s, %(description)s, %(status)s, %(categories)s,
                %(minimum)s, %(maximum)s, %(eligibility_description)s,
                array_to_tsvector(string_to_array(%(words)s, ' ')),
                array_to_tsvector(string_to_array(%(name_words)s, ' ')))
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_order = excluded.name_order,
            description = excluded.description, status = excluded.status, categories = excluded.categories,
            minimum_age = excluded.minimum_age, maximum_age = excluded.maximum_age,
            eligibility_description = excluded.eligibility_description, words = excluded.words,
            name_words = excluded.name_words
        WHERE services.organisation = excluded.organisation
        """,
        texts
        | {
            "id": data["service"],
            "organisation": event.envelope.subject,
            "order": order(texts["name"]),
            "status": data.get("status", "active"),
            "categories": data.get("categories", []),
            "minimum": data.get("minimum_age", 0),
            "maximum": data.get("maximum_age", 0),
            "words": words,
            "name_words": searchable((texts["name"],)),
        },
    )


def withdraw_service(connection: Connection, event: Received) -> None:
    row = [event.data["service"], event.envelope.subject]
    connection.execute("DELETE FROM services WHERE id = %s AND organisation = %s", row)
    stated.forget(connection, event)


def put_member(connection: Connection, event: Received) -> None:
    data = event.data
    connection.execute(
        """
        INSERT INTO members VALUES (%s, %s, %s, %s, %s) ON CONFLICT (organisation, person)
        DO UPDATE SET name = excluded.name, role = excluded.role, unit = excluded.unit
        """,
        [event.envelope.subject, data["person"], data["name"], data["role"], data.get("unit", "")],
    )


def remove_member(connection: Connection, event: Received) -> None:
    connection.execute(
        "DELETE FROM members WHERE organisation = %s AND person = %s", [event.envelope.subject, event.data["person"]]
    )


APPLY: Final[Mapping[str, Callable[[Connection, Received], None]]] = {
    OrganisationRegistered.type: put_organisation,
    OrganizationImported.type: put_organisation,
    RoleDescribed.type: describe_role,
    ServicePublished.type: put_service,
    ServiceWithdrawn.type: withdraw_service,
    MemberAdded.type: put_member,
    MemberRemoved.type: remove_member,
    **stated.APPLY,
    **AGREEMENT_EFFECTS,
    **room.APPLY,
    **PORTAL_EFFECTS,
}
KNOWN: Final = {event.type for event in EVENTS}


def apply(connection: Connection, events: Sequence[Received]) -> None:
    """Raises KeyError for a type that partners does not publish."""
    versions: dict[str, int] = {}
    for event in events:
        kind = event.envelope.type
        if kind not in KNOWN:
            raise KeyError(kind)
        for changes in (APPLY, entities.APPLY, confirmed.APPLY):
            if change := changes.get(kind):
                change(connection, event)
        versions[event.envelope.subject] = event.envelope.streamversion
    gather(connection, events)
    connection.execute(
        "UPDATE organisations SET version = new.version"
        " FROM unnest(%s::uuid[], %s::bigint[]) AS new (id, version) WHERE organisations.id = new.id",
        [list(versions), list(versions.values())],
    )


TABLES: Final = (
    *("organisations", "services", "members", "entities", "redactions", "directory_words", "found_by"),
    "eligibilities",
    *("agreements", "offers", "introductions"),
    *room.TABLES,
)
DIRECTORY: Final = Projection(name="directory", apply=apply, bulk=(), keyed=TABLES)
