"""What organisations say of themselves and whom their services are for: rows beside those of the directory."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import psycopg

from libs.bus.received import Received
from services.partners.eligibility import STATED, keys
from services.partners.events import EligibilityStated, OrganisationDescribed
from services.partners.words import searchable

Connection = psycopg.Connection[Any]


def put_about(connection: Connection, event: Received) -> None:
    said = {name: event.data.get(name, "") for name in ("description", "email", "website", "phone")}
    row = connection.execute("SELECT name FROM organisations WHERE id = %s", [event.envelope.subject]).fetchone()
    connection.execute(
        "UPDATE organisations SET description = %(description)s, email = %(email)s, website = %(website)s,"
        " phone = %(phone)s, words = array_to_tsvector(string_to_array(%(words)s, ' ')) WHERE id = %(id)s",
        said | {"id": event.envelope.subject, "words": searchable((*(row or ()), said["description"]))},
    )


def put_eligibility(connection: Connection, event: Received) -> None:
    """A service stays with the organisation that published its id first."""
    terms = {name: list(event.data.get(name, ())) for name in STATED}
    connection.execute(
        """
        INSERT INTO eligibilities
        SELECT id, organisation, %(genders)s::text[], %(municipalities)s::text[], %(keys)s::text[],
            %(languages)s::text[], %(situations)s::text[], %(excluded_situations)s::text[]
        FROM services WHERE id = %(service)s AND organisation = %(organisation)s
        ON CONFLICT (service) DO UPDATE SET genders = excluded.genders, municipalities = excluded.municipalities,
            municipality_keys = excluded.municipality_keys, languages = excluded.languages,
            situations = excluded.situations, excluded_situations = excluded.excluded_situations
        """,
        terms
        | {
            "service": event.data["service"],
            "organisation": event.envelope.subject,
            "keys": keys(terms["municipalities"]),
        },
    )


def forget(connection: Connection, event: Received) -> None:
    """Of a service that is withdrawn."""
    row = [event.data["service"], event.envelope.subject]
    connection.execute("DELETE FROM eligibilities WHERE service = %s AND organisation = %s", row)


APPLY: Final[Mapping[str, Callable[[Connection, Received], None]]] = {
    OrganisationDescribed.type: put_about,
    EligibilityStated.type: put_eligibility,
}
