"""accesses: who looked, as a list per citizen; reviews: the emergencies that somebody has to look at; what waits for
somebody; and what control works with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from libs.bus.projection import Projection
from libs.bus.received import Received
from services.consents.control.projections import BULK, KEYED, note
from services.consents.events import AccessRecorded, BreakGlassReviewed, GlassBroken
from services.consents.household_policies import when_household_changed_tell_the_other
from services.consents.policies import when_erasure_granted_destroy_keys
from services.consents.waiting import KEYED as WAITING_LISTS
from services.consents.waiting import note_waiting

INSERT: Final = "INSERT INTO accesses SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[])"

BROKEN: Final = (
    "INSERT INTO reviews (emergency, citizen, controller, holder, reader, purpose, categories, since, until, review_by)"
    " VALUES (%(emergency)s, %(citizen)s, %(controller)s, %(holder)s, %(reader)s, %(purpose)s, %(categories)s,"
    " %(since)s, %(until)s, %(review_by)s) ON CONFLICT DO NOTHING"
)
REVIEWED: Final = "UPDATE reviews SET finding = %s WHERE emergency = %s"


def add_accesses(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    looks = [event for event in events if event.envelope.type == AccessRecorded.type]
    if looks:
        columns = [
            [event.envelope.citizen for event in looks],
            [event.position for event in looks],
            [event.body for event in looks],
        ]
        connection.execute(INSERT, columns)


def note_reviews(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    for event in events:
        if event.envelope.type == GlassBroken.type:
            connection.execute(BROKEN, {**event.data, "citizen": event.envelope.citizen})
        elif event.envelope.type == BreakGlassReviewed.type:
            connection.execute(REVIEWED, [event.data["finding"], event.data["emergency"]])


def apply(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    add_accesses(connection, events)
    note_reviews(connection, events)
    note(connection, events)
    note_waiting(connection, events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists(Projection):
    """The lists, the links back of households, and what a process that died left undone of an erasure. A rebuild makes
    the lists only."""

    def __call__(self, service: Any, connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
        self.apply(connection, events)
        when_household_changed_tell_the_other(service, events)
        when_erasure_granted_destroy_keys(service, events)


LISTS: Final = Lists(name="accesses", apply=apply, bulk=("accesses", *BULK), keyed=("reviews", *WAITING_LISTS, *KEYED))
