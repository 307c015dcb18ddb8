"""referral_lines (inbox and outbox) and alarms, made from this service's own events."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from libs.bus.received import Received
from services.referrals.alarms import note_alarms
from services.referrals.events import (
    CandidateDeclined,
    ContactReported,
    ReferralClaimed,
    ReferralDrafted,
    ReferralEscalated,
    ReferralNotPlaced,
    ReferralPlaceAsked,
    ReferralReminded,
)
from services.referrals.referral import KEPT
from services.referrals.transitions import BUSINESS, STATUSES

Connection = psycopg.Connection[Any]

CHANGE: Final = f"""
    UPDATE referral_lines SET version = %(version)s, changed = %(changed)s, status = coalesce(%(status)s, status),
        reason = CASE WHEN %(status)s IS NULL THEN reason ELSE coalesce(%(reason)s, '') END,
        {", ".join(f"{name} = coalesce(%({name})s, {name})" for name in KEPT if name != "contacts")},
        business_status = coalesce(%(business)s, CASE WHEN %(status)s IS NULL THEN business_status ELSE '' END),
        waiting_since = CASE WHEN %(business)s = 'waitlisted' THEN %(changed)s::timestamptz ELSE waiting_since END,
        contacts = coalesce(%(contacts)s, contacts + %(reported)s),
        escalated = %(status)s IS NULL AND (escalated OR %(escalated)s),
        sent_by = CASE WHEN %(colleague)s <> '' AND sender::text = %(organisation)s THEN %(colleague)s ELSE sent_by END,
        handled_by = CASE WHEN %(colleague)s <> '' AND recipient::text = %(organisation)s THEN %(colleague)s
            ELSE handled_by END
    WHERE id = %(id)s
"""  # noqa: S608 -- constants only
"""Fields that an event does not name stay as they are; the reason is that of the newest step."""


BESIDE: Final = (
    CandidateDeclined,
    ContactReported,
    ReferralPlaceAsked,
    ReferralNotPlaced,
    ReferralReminded,
    ReferralEscalated,
)
CHANGES: Final = (*STATUSES, *BUSINESS, *(event.type for event in BESIDE))


def apply(connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        if event.envelope.type == ReferralDrafted.type:
            add(connection, event)
            add_candidates(connection, event)
        elif event.envelope.type in CHANGES:
            note_candidates(connection, event)
            change(connection, event)
            note_alarms(connection, event)


def add(connection: Connection, event: Received) -> None:
    envelope, data = event.envelope, event.data
    connection.execute(
        'INSERT INTO referral_lines (id, version, citizen, "case", sender, recipient, service, purpose, categories,'
        " status, changed, sent_by, priority, escalate_to, part_of, replaces, self_referral)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'draft', %s, %s, %s, %s, %s, %s, %s)",
        [
            envelope.subject,
            envelope.streamversion,
            envelope.citizen,
            envelope.case,
            data["sender"],
            data["recipient"] or None,
            data.get("service", ""),
            data["purpose"],
            data["categories"],
            envelope.recordedtime,
            colleague(event),
            data.get("priority", "routine"),
            *(data.get(name, "") for name in ("escalate_to", "part_of", "replaces")),
            data.get("self_referral", False),
        ],
    )


def add_candidates(connection: Connection, event: Received) -> None:
    for candidate in event.data.get("candidates", ()):
        connection.execute(
            "INSERT INTO referral_candidates (referral, organisation) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [event.envelope.subject, candidate],
        )


def note_candidates(connection: Connection, event: Received) -> None:
    """Before the change itself, so that whoever claims it is also who handles it."""
    referral, data = event.envelope.subject, event.data
    if event.envelope.type == ReferralClaimed.type:
        connection.execute("UPDATE referral_lines SET recipient = %s WHERE id = %s", [data["recipient"], referral])
    elif event.envelope.type == CandidateDeclined.type:
        connection.execute(
            "UPDATE referral_candidates SET declined = true WHERE referral = %s AND organisation = %s",
            [referral, data["candidate"]],
        )


def change(connection: Connection, event: Received) -> None:
    envelope, data = event.envelope, event.data
    connection.execute(
        CHANGE,
        {
            "id": envelope.subject,
            "version": envelope.streamversion,
            "changed": envelope.recordedtime,
            "reported": int(envelope.type == ContactReported.type),
            "escalated": envelope.type == ReferralEscalated.type,
            "organisation": envelope.organisation,
            "colleague": colleague(event),
            "business": BUSINESS.get(envelope.type),
            "status": STATUSES.get(envelope.type),
            **{name: data.get(name) or None for name in ("reason", *KEPT)},
        },
    )


def colleague(event: Received) -> str:
    """The person who did it; empty for a policy, and for whoever held a link."""
    actor = event.envelope.actor
    return "" if actor.startswith(("policy:", "link:")) else actor
