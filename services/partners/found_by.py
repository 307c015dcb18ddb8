"""found_by: what services are searched by, gathered from what they say themselves and of the places where they are.

A place that is redacted gives its languages alone, and a service there its hours: all that leaves of them.
"""

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from libs.bus.received import Received
from services.partners.events import (
    DirectoryEntryConfirmed,
    EligibilityStated,
    ServiceDescribed,
    ServicePublished,
    ServiceWithdrawn,
)
from services.partners.facets import CATEGORY, LANGUAGE

Connection = psycopg.Connection[Any]

OF_SERVICE: Final = {
    each.type
    for each in (ServicePublished, ServiceDescribed, ServiceWithdrawn, EligibilityStated, DirectoryEntryConfirmed)
}
AT: Final = "SELECT parent FROM entities WHERE kind = 'service_at_location' AND location = ANY(%s::uuid[])"
FORGET: Final = "DELETE FROM found_by WHERE service = ANY(%s::uuid[])"
GATHER: Final = """
WITH places AS (
    SELECT a.parent, a.location, a.marks, a.hours,
        EXISTS (SELECT FROM redactions r WHERE r.location = a.location) AS hidden
    FROM entities a WHERE a.kind = 'service_at_location' AND a.parent = ANY(%(services)s::uuid[])
), said AS (
    SELECT e.id AS service, e.marks, e.hours
    FROM entities e JOIN services s ON s.id = e.id AND s.organisation = e.organisation
    WHERE e.kind = 'service' AND e.id = ANY(%(services)s::uuid[])
    UNION ALL SELECT p.parent, CASE WHEN p.hidden THEN '{}' ELSE p.marks END, p.hours FROM places p
    UNION ALL SELECT p.parent,
        CASE WHEN p.hidden THEN ARRAY(SELECT m FROM unnest(l.marks) m WHERE starts_with(m, %(language)s))
            ELSE l.marks END,
        CASE WHEN p.hidden THEN '{}' ELSE l.hours END
    FROM places p JOIN entities l ON l.kind = 'location' AND l.id = p.location
)
INSERT INTO found_by
SELECT s.id, s.organisation, s.name_order, s.name_words,
    strip(s.words) || array_to_tsvector(ARRAY(
        SELECT unnest(d.marks) FROM said d WHERE d.service = s.id
        UNION SELECT %(category)s || c FROM unnest(s.categories) c)),
    coalesce((SELECT range_agg(d.hours) FROM said d WHERE d.service = s.id), '{}'),
    s.minimum_age, s.maximum_age, s.confirm_by
FROM services s WHERE s.id = ANY(%(services)s::uuid[])
"""


def gather(connection: Connection, events: Sequence[Received]) -> None:
    """Once the tables hold what the events say; each that names a location may change what services there say."""
    services = {event.data.get("service", "") for event in events if event.envelope.type in OF_SERVICE} - {""}
    locations = [event.data["location"] for event in events if "location" in event.data]
    services |= {str(service) for (service,) in connection.execute(AT, [locations])}
    if services:
        connection.execute(FORGET, [list(services)])
        connection.execute(GATHER, {"services": list(services), "category": CATEGORY, "language": LANGUAGE})
