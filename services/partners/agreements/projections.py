"""agreements: who has which, and where it stands. What it says is read from its stream."""

from typing import Any, Final

import psycopg

from libs.bus.received import Received
from services.partners.agreements.events import (
    AGREEMENT_EVENTS,
    AgreementActivated,
    AgreementDeclined,
    AgreementDrafted,
    AgreementEnded,
    AgreementProposed,
    AgreementRenewed,
    AgreementReviewBegun,
)

Connection = psycopg.Connection[Any]

STATUSES: Final = {
    AgreementActivated.type: "active",
    AgreementReviewBegun.type: "under_review",
    AgreementRenewed.type: "renewed",
    AgreementEnded.type: "ended",
}
"""Those that an event leads to whatever the agreement was before."""
BETWEEN: Final = {AgreementProposed.type: ("draft", "proposed"), AgreementDeclined.type: ("proposed", "draft")}
"""From one status to another; in a review both change nothing."""


def note_agreement(connection: Connection, event: Received) -> None:
    envelope = event.envelope
    if envelope.type == AgreementDrafted.type:
        connection.execute(
            "INSERT INTO agreements (id, parties, status, position) VALUES (%s, %s::uuid[], 'draft', %s)"
            " ON CONFLICT (id) DO NOTHING",
            [envelope.subject, list(event.data["parties"]), event.position],
        )
        return
    was, becomes = BETWEEN.get(envelope.type, ("", ""))
    connection.execute(
        "UPDATE agreements SET position = %(position)s,"
        " status = coalesce(%(status)s, CASE WHEN status = %(was)s THEN %(becomes)s ELSE status END)"
        " WHERE id = %(id)s",
        {
            "id": envelope.subject,
            "position": event.position,
            "status": STATUSES.get(envelope.type),
            "was": was,
            "becomes": becomes,
        },
    )


AGREEMENT_EFFECTS: Final = {event.type: note_agreement for event in AGREEMENT_EVENTS}
