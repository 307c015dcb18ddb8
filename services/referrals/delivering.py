"""Telling endpoints what became of referrals (Standard Webhooks): at least once, with one id, and nothing personal.

A delivery is a row: queued in the transaction that takes the event in, claimed for as long as an attempt may last, and
tried again when the claim runs out. One attempt at a time goes to each endpoint, in a thread of its own, so that a slow
one holds up nobody else.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec
import psycopg
from standardwebhooks import Webhook as Signer

from libs.bus.received import Envelope, Received
from libs.eventlog import derived_id
from libs.host import logs
from libs.host.outgoing import Blocked, Unanswered, post
from services.referrals.policy_context import context_of
from services.referrals.transitions import STATUSES
from services.referrals.webhook import (
    WEBHOOK,
    DeliveryResent,
    Stop,
    WebhookPaused,
    WebhookRegistered,
    WebhookResumed,
    WebhookSecretRotated,
    WebhookStopped,
)
from services.vocabulary import DeliveryProblem, WebhookEnd

if TYPE_CHECKING:
    from services.referrals.service import Referrals

Connection = psycopg.Connection[Any]
AT_ONCE: Final = 16
"""Endpoints that one worker tells at once."""
OVERLAP: Final = timedelta(days=1)
"""How long the former secret signs as well."""
GIVEN_UP: Final = timedelta(days=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
GONE: Final = 410

NOTED: Final = {
    WebhookRegistered.type: (
        "INSERT INTO webhooks (id, owner, url, registered) VALUES (%(id)s, %(owner)s, %(url)s, %(time)s)"
        " ON CONFLICT DO NOTHING"
    ),
    WebhookSecretRotated.type: (
        "UPDATE webhooks SET generation = %(generation)s, rotated = %(time)s WHERE id = %(id)s"
    ),
    WebhookPaused.type: "UPDATE webhooks SET paused = true WHERE id = %(id)s",
    WebhookResumed.type: (
        "WITH resumed AS (UPDATE webhooks SET paused = false, failing_since = NULL WHERE id = %(id)s)"
        " UPDATE webhook_deliveries SET next_try = now() WHERE webhook = %(id)s AND delivered IS NULL"
    ),
    DeliveryResent.type: (
        "UPDATE webhook_deliveries SET delivered = NULL, next_try = now() WHERE id = %(delivery)s AND webhook = %(id)s"
    ),
    WebhookStopped.type: "UPDATE webhooks SET ended = %(reason)s WHERE id = %(id)s",
}
WHOM: Final = """
    SELECT w.id::text FROM referral_lines r
    JOIN webhooks w ON w.owner = r.sender OR (w.owner = r.recipient AND r.reply_by IS NOT NULL)
    WHERE r.id = %s AND w.ended = ''
"""
"""A recipient is not told of what was never asked of it."""
QUEUE: Final = "INSERT INTO webhook_deliveries (id, webhook, body, made) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
CLAIM: Final = """
    UPDATE webhook_deliveries d SET claimed_until = now() + interval '30 seconds', tries = tries + 1
    FROM webhooks w
    WHERE w.id = d.webhook AND d.id IN (
        SELECT DISTINCT ON (webhook) q.id FROM webhook_deliveries q JOIN webhooks ON webhooks.id = q.webhook
        WHERE delivered IS NULL AND ended = '' AND NOT paused AND next_try <= now() AND NOT EXISTS (
            SELECT FROM webhook_deliveries busy WHERE busy.webhook = q.webhook AND busy.claimed_until > now()
        )
        ORDER BY webhook, next_try, q.made LIMIT %s
    )
    RETURNING d.id::text, w.id::text, w.owner::text, w.url, w.generation, w.rotated, d.body, d.tries, w.failing_since
"""
TRIED: Final = "INSERT INTO webhook_attempts VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('webhook_deliveries'))"


class Delivery(NamedTuple):
    id: str
    webhook: str
    owner: str
    url: str
    generation: int
    rotated: datetime | None
    body: str
    tries: int
    failing_since: datetime | None


class Attempt(NamedTuple):
    time: datetime
    status: int
    problem: str


def note_webhooks(connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        if statement := NOTED.get(event.envelope.type):
            about = {"id": event.envelope.subject, "time": event.envelope.recordedtime}
            connection.execute(statement, {**event.data, **about})


def when_referral_moved_tell_endpoints(connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        envelope = event.envelope
        status = STATUSES.get(envelope.type)
        if status is None:
            continue
        for (webhook,) in connection.execute(WHOM, [envelope.subject]).fetchall():
            made = derived_id(envelope.id, f"webhook {webhook}")
            body = body_of(envelope, status)
            connection.execute(QUEUE, [made, webhook, body, envelope.recordedtime])


def body_of(envelope: Envelope, status: str) -> str:
    """Nothing about a citizen, nor about what help: who may know asks for the referral.

    `version` orders what is told of one referral: what was tried again may come after what is newer.
    """
    data = {"referral": envelope.subject, "version": envelope.streamversion, "status": status}
    told = {"type": f"referral.{status}", "timestamp": envelope.recordedtime, "data": data}
    return msgspec.json.encode(told).decode()


def deliver(service: "Referrals") -> None:
    """A chore of the worker: hands out what is due, and does not wait for it."""
    for each in claimed(service):
        service.tellers.submit(tell, service, each)


def claimed(service: "Referrals") -> list[Delivery]:
    with service.pool.connection() as connection, connection.transaction():
        connection.execute(LOCK)
        return [Delivery(*row) for row in connection.execute(CLAIM, [AT_ONCE]).fetchall()]


def tell(service: "Referrals", due: Delivery) -> None:
    """One attempt, and what it came to; who listens is told more. A worker that dies leaves a claim that runs out."""
    begun, status = datetime.now(UTC), 0
    problem: DeliveryProblem | Literal[""] = ""
    try:
        status = post(due.url, due.body.encode(), signed(service, due, begun), local=service.local)
    except Unanswered:
        problem = "unanswered"
    except Blocked:
        problem = "blocked"
    try:
        note(service, due, Attempt(begun, status, problem))
    except psycopg.Error as error:
        logs.logger("referrals").warning("a delivery was not noted", delivery=due.id, **logs.failure(error))
    else:
        if 200 <= status < 300:
            deliver(service)


def signed(service: "Referrals", due: Delivery, now: datetime) -> dict[str, str]:
    """Headers of Standard Webhooks; for a day after a rotation with a signature of either secret."""
    generations = [due.generation]
    if due.rotated and now < due.rotated + OVERLAP:
        generations.append(due.generation - 1)
    signatures = [Signer(service.secrets.of(due.webhook, each)).sign(due.id, now, due.body) for each in generations]
    return {
        "webhook-id": due.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
    }


def note(service: "Referrals", due: Delivery, attempt: Attempt) -> None:
    status, arrived = attempt.status, 200 <= attempt.status < 300
    took = round((datetime.now(UTC) - attempt.time) / timedelta(milliseconds=1))
    pause = min(timedelta(seconds=2 ** min(due.tries, 16)), LONGEST_PAUSE)
    with service.pool.connection() as connection, connection.transaction():
        connection.execute(TRIED, [due.id, due.tries, *attempt, took])
        connection.execute(
            "UPDATE webhook_deliveries SET claimed_until = NULL, next_try = now() + %s,"
            " delivered = CASE WHEN %s THEN now() END WHERE id = %s",
            [pause, arrived, due.id],
        )
        connection.execute(
            "UPDATE webhooks SET last_status = %s,"
            " failing_since = CASE WHEN NOT %s THEN coalesce(failing_since, now()) END WHERE id = %s",
            [status, arrived, due.webhook],
        )
    if status == GONE:
        stop(service, due, "gone")
    elif not arrived and due.failing_since and datetime.now(UTC) - due.failing_since > GIVEN_UP:
        stop(service, due, "unreachable")


def stop(service: "Referrals", due: Delivery, reason: WebhookEnd) -> None:
    name = derived_id(due.webhook, f"stop {due.generation}")
    context = context_of(due.owner, "when_endpoint_fails_stop_webhook", name, datetime.now(UTC))
    service.log.execute(WEBHOOK, due.webhook, Stop(reason), context)


def tellers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, "webhooks")
