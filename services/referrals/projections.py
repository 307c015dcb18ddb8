"""referral_lines: inbox and outbox, made from this service's own events."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg

from libs.bus.received import Received
from services.referrals.events import (
    ContactReported,
    ReferralAccepted,
    ReferralCancelled,
    ReferralCompleted,
    ReferralDrafted,
    ReferralHeld,
    ReferralRejected,
    ReferralRequested,
    ReferralStarted,
)

Connection = psycopg.Connection[Any]

STATUSES: Final[Mapping[str, str]] = {
    ReferralRequested.type: "requested",
    ReferralAccepted.type: "accepted",
    ReferralRejected.type: "rejected",
    ReferralStarted.type: "in-progress",
    ReferralCompleted.type: "completed",
    ReferralCancelled.type: "cancelled",
    ReferralHeld.type: "on-hold",
}


def apply(connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        if event.envelope.type == ReferralDrafted.type:
            add(connection, event)
        elif event.envelope.type in STATUSES or event.envelope.type == ContactReported.type:
            change(connection, event)


def add(connection: Connection, event: Received) -> None:
    envelope, data = event.envelope, event.data
    connection.execute(
        'INSERT INTO referral_lines (id, version, citizen, "case", sender, recipient, service, purpose, categories,'
        " status, changed) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'draft', %s)",
        [
            envelope.subject,
            envelope.streamversion,
            envelope.citizen,
            envelope.case,
            data["sender"],
            data["recipient"],
            data.get("service", ""),
            data["purpose"],
            data["categories"],
            envelope.recordedtime,
        ],
    )


def change(connection: Connection, event: Received) -> None:
    """Fields that an event does not name stay as they are; only a pause's reason goes when it ends."""
    envelope, data = event.envelope, event.data
    connection.execute(
        "UPDATE referral_lines SET version = %(version)s, changed = %(changed)s,"
        " status = coalesce(%(status)s, status),"
        " reason = CASE WHEN %(status)s IS NULL THEN reason ELSE coalesce(%(reason)s, '') END,"
        " outcome = coalesce(%(outcome)s, outcome), reply_by = coalesce(%(reply_by)s, reply_by),"
        " bases = coalesce(%(bases)s, bases) WHERE id = %(id)s",
        {
            "id": envelope.subject,
            "version": envelope.streamversion,
            "changed": envelope.recordedtime,
            "status": STATUSES.get(envelope.type),
            **{name: data.get(name) or None for name in ("reason", "outcome", "reply_by", "bases")},
        },
    )
