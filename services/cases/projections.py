"""caseload: cases with who takes part and what is due, made from this service's own events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from libs.bus.projection import Projection
from libs.bus.received import Received
from services.cases.events import (
    ActionCompleted,
    ActionPlanned,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    ParticipantJoined,
    ParticipantLeft,
)
from services.cases.policies import when_case_linked_link_the_other

Connection = psycopg.Connection[Any]


def add_case(connection: Connection, event: Received) -> None:
    envelope, data = event.envelope, event.data
    connection.execute(
        "INSERT INTO caseload (id, citizen, subject_code, organisation, status, opened, changed, protected)"
        " VALUES (%s, %s, %s, %s, 'open', %s, %s, %s)",
        [
            envelope.case,
            envelope.citizen,
            data["subject_code"],
            data["participant"],
            data["since"],
            envelope.recordedtime,
            envelope.sensitivity == "protected",
        ],
    )
    add_participant(connection, event)


def add_participant(connection: Connection, event: Received) -> None:
    """Once more for an organisation whose time was over."""
    data = event.data
    connection.execute(
        'INSERT INTO caseload_participants ("case", organisation, since, until, named_people)'
        ' VALUES (%s, %s, %s, %s, %s) ON CONFLICT (organisation, "case") DO UPDATE'
        " SET since = excluded.since, until = excluded.until, named_people = excluded.named_people",
        [
            event.envelope.case,
            data["participant"],
            data["since"],
            data.get("until") or "infinity",
            data.get("named_people", []),
        ],
    )


def remove_participant(connection: Connection, event: Received) -> None:
    connection.execute(
        'DELETE FROM caseload_participants WHERE "case" = %s AND organisation = %s',
        [event.envelope.case, event.data["participant"]],
    )


def add_action(connection: Connection, event: Received) -> None:
    connection.execute(
        "INSERT INTO caseload_actions VALUES (%s, %s, %s, %s)",
        [
            event.envelope.case,
            event.data["action"],
            event.data["due"],
            event.envelope.sensitivity == "protected",
        ],
    )


def remove_action(connection: Connection, event: Received) -> None:
    connection.execute(
        'DELETE FROM caseload_actions WHERE "case" = %s AND action = %s', [event.envelope.case, event.data["action"]]
    )


def becomes(status: str) -> Callable[[Connection, Received], None]:
    def set_status(connection: Connection, event: Received) -> None:
        connection.execute("UPDATE caseload SET status = %s WHERE id = %s", [status, event.envelope.case])

    return set_status


EFFECTS: Final[Mapping[str, Callable[[Connection, Received], None]]] = {
    CaseOpened.type: add_case,
    ParticipantJoined.type: add_participant,
    ParticipantLeft.type: remove_participant,
    ActionPlanned.type: add_action,
    ActionCompleted.type: remove_action,
    CaseSuspended.type: becomes("suspended"),
    CaseResumed.type: becomes("open"),
    CaseReopened.type: becomes("open"),
    CaseClosed.type: becomes("closed"),
}


def apply(connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        if effect := EFFECTS.get(event.envelope.type):
            effect(connection, event)
    touch(connection, {event.envelope.case: event.envelope.recordedtime for event in events})


def touch(connection: Connection, changed: Mapping[str, str]) -> None:
    """Every event of a case is a change of it."""
    connection.execute(
        "UPDATE caseload SET changed = newest.time"
        " FROM unnest(%s::uuid[], %s::timestamptz[]) AS newest (id, time) WHERE caseload.id = newest.id",
        [list(changed), list(changed.values())],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload(Projection):
    """The list, and the links back. A rebuild makes the list only."""

    def __call__(self, service: Any, connection: Connection, events: Sequence[Received]) -> None:
        self.apply(connection, events)
        when_case_linked_link_the_other(service, events)


CASELOAD: Final = Caseload(
    name="caseload",
    apply=apply,
    bulk=(),
    keyed=("caseload", "caseload_participants", "caseload_actions"),
)
