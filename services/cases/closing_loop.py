"""A referral that is answered, or ends, is noted in the case that it was made in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import psycopg

from libs.bus.received import Received
from libs.eventlog import Context, derived_id
from libs.host import clock
from services.cases.case import CASE
from services.cases.outcomes import NoteOutcome

if TYPE_CHECKING:
    from services.cases.service import Cases

Connection = psycopg.Connection[Any]

POLICY: Final = "when_referral_ended_note_outcome"
DRAFTED: Final = "referrals.ReferralDrafted.v1"
CLAIMED: Final = "referrals.ReferralClaimed.v1"
NOTED: Final[Mapping[str, str]] = {
    "referrals.ReferralAccepted.v1": "accepted",
    CLAIMED: "accepted",
    "referrals.ReferralRejected.v1": "rejected",
    "referrals.ReferralCompleted.v1": "completed",
    "referrals.ReferralFailed.v1": "failed",
    "referrals.ReferralCancelled.v1": "cancelled",
    "referrals.ReferralMarkedInError.v1": "entered-in-error",
}
"""Event type -> the status that is noted."""
ADD: Final = "INSERT INTO case_referrals VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
TAKEN: Final = "UPDATE case_referrals SET recipient = %s WHERE referral = %s"
FIND: Final = 'SELECT "case"::text, sender::text, recipient, action FROM case_referrals WHERE referral = %s'


def when_referrals_published(service: "Cases", connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        envelope, data = event.envelope, event.data
        if envelope.type == DRAFTED and envelope.case:
            values = [envelope.subject, envelope.case, data["sender"], data["recipient"], data.get("action", "")]
            connection.execute(ADD, values)
        elif envelope.type in NOTED:
            if envelope.type == CLAIMED:
                connection.execute(TAKEN, [data["recipient"], envelope.subject])
            when_referral_ended_note_outcome(service, connection, event)


def when_referral_ended_note_outcome(service: "Cases", connection: Connection, event: Received) -> None:
    cause = event.envelope
    found = connection.execute(FIND, [cause.subject]).fetchone()
    if found is None:
        return
    case, sender, recipient, action = found
    now = clock.now()
    command = NoteOutcome(
        citizen=cause.citizen,
        referral=cause.subject,
        recipient=recipient,
        status=NOTED[cause.type],
        at=datetime.fromisoformat(cause.time),
        outcome=event.data.get("outcome", ""),
        reason=event.data.get("reason", ""),
        action=action,
    )
    context = Context(
        command_id=derived_id(cause.id, POLICY),
        actor=f"policy:{POLICY}",
        organisation=sender,
        role="service",
        now=now,
        occurred=now,
        correlationid=cause.correlationid,
        traceparent=cause.traceparent,
    )
    service.log.execute(CASE, case, command, context)
