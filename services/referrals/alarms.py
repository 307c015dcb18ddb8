"""Alarms keep the deadlines: a reminder a working day before each and at it, an escalation a working day after it.

A deadline that had passed already when the request was recorded, as in a file from before, alarms nobody.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import psycopg

from libs.bus.alarms import Alarm
from libs.bus.received import Received
from libs.eventlog import derived_id
from libs.host import clock
from services.referrals.deadlines import working_days_after
from services.referrals.events import (
    ReferralEscalated,
    ReferralReceived,
    ReferralReminded,
    ReferralRequested,
)
from services.referrals.policy_context import context_of
from services.referrals.referral import REFERRAL, Alarmed
from services.referrals.transitions import STATUSES

if TYPE_CHECKING:
    from services.referrals.service import Referrals

DAYS: Final[Mapping[str, int]] = {"soon": -1, "due": 0, "late": 1}
"""When an alarm goes off, in working days from its deadline."""
SET: Final = "INSERT INTO alarms (stream, kind, due) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
GONE_OFF: Final = "DELETE FROM alarms WHERE stream = %s AND kind = %s"
ACKNOWLEDGED: Final = "DELETE FROM alarms WHERE stream = %s AND kind LIKE 'acknowledge.%%'"
OVER: Final = "DELETE FROM alarms WHERE stream = %s"


class Requested(msgspec.Struct, frozen=True):
    """What matters here of a request."""

    reply_by: datetime
    acknowledge_by: datetime | None = None
    country: str = "DK"


class Set(NamedTuple):
    kind: str
    due: datetime


def alarms_of(request: Requested, recorded: datetime) -> Iterator[Set]:
    for deadline, at in (("acknowledge", request.acknowledge_by), ("answer", request.reply_by)):
        if at is None or at <= recorded:
            continue
        for name, days in DAYS.items():
            due = working_days_after(at, days, request.country)
            if due > recorded:
                yield Set(f"{deadline}.{name}", due)


def note_alarms(connection: psycopg.Connection[Any], event: Received) -> None:
    """Set with the request, and cancelled by the step that is awaited."""
    envelope = event.envelope
    match envelope.type:
        case ReferralRequested.type:
            request = msgspec.json.decode(envelope.data, type=Requested)
            for each in alarms_of(request, datetime.fromisoformat(envelope.recordedtime)):
                connection.execute(SET, [envelope.subject, each.kind, each.due])
        case ReferralReceived.type:
            connection.execute(ACKNOWLEDGED, [envelope.subject])
        case ReferralReminded.type | ReferralEscalated.type:
            connection.execute(GONE_OFF, [envelope.subject, event.data["alarm"]])
        case step if step in STATUSES:
            connection.execute(OVER, [envelope.subject])


def when_alarm_is_due_remind_or_escalate(service: "Referrals", alarm: Alarm) -> None:
    """Nothing is recorded when the awaited step was taken meanwhile."""
    sender = service.log.load(REFERRAL, alarm.stream).state.sender
    context = context_of(
        sender, "when_alarm_is_due_remind_or_escalate", derived_id(alarm.stream, alarm.kind), clock.now()
    )
    service.log.execute(REFERRAL, alarm.stream, Alarmed(alarm.kind), context)
