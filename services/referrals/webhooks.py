"""Commands and questions about an organisation's webhooks, and the secrets they are signed with."""

import base64
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import derived_id
from libs.host.calls import Caller
from libs.host.outgoing import acceptable
from libs.host.paging import page_size, place_of, token_of
from libs.host.repeats import unless_repeated
from libs.host.times import timestamp
from services.referrals.delivering import OVERLAP
from services.referrals.errors import DeliveryUnknown, WebhookRefused, WebhookUnknown
from services.referrals.webhook import WEBHOOK, Register

if TYPE_CHECKING:
    from services.referrals.service import Referrals

LIST: Final = """
    SELECT w.id::text, url, generation, ended, failing_since, last_status, paused, rotated,
        count(d.id) FILTER (WHERE delivered IS NULL), count(delivered)
    FROM webhooks w LEFT JOIN webhook_deliveries d ON d.webhook = w.id
    WHERE owner = %s GROUP BY w.id ORDER BY registered, w.id
"""
KNOWN: Final = "SELECT 1 FROM webhook_deliveries WHERE id = %s AND webhook = %s"
STATUS: Final = (
    "CASE WHEN delivered IS NOT NULL THEN 'arrived' WHEN ended <> '' THEN 'given_up' WHEN paused THEN 'paused'"
    " ELSE 'waiting' END"
)
DELIVERIES: Final = f"""
    SELECT d.id, body::json ->> 'type' AS type, body::json -> 'data' ->> 'referral' AS referral, made, tries, delivered,
        {STATUS} AS status, CASE WHEN {STATUS} = 'waiting' THEN next_try END AS next_try
    FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook
    WHERE webhook = %(webhook)s AND (%(made)s::timestamptz IS NULL OR (made, d.id) < (%(made)s, %(id)s::uuid))
    ORDER BY made DESC, d.id DESC LIMIT %(size)s
"""  # noqa: S608 -- constants only
SHOWN: Final = 10
"""Attempts of one delivery that are told."""
ATTEMPTS: Final = """
    SELECT a.* FROM webhook_attempts a JOIN webhook_deliveries d ON d.id = a.delivery
    WHERE d.id = ANY(%s) AND a.number > d.tries - %s ORDER BY d.id, a.number DESC
"""


class Place(NamedTuple):
    made: datetime
    id: UUID


class Secrets:
    """HMAC-SHA256 of webhook and generation under a key of its own: no secret is kept anywhere."""

    def __init__(self, signing_keys: Path) -> None:
        secret = (signing_keys / "referrals.pem").read_bytes()
        self._key = HKDF(SHA256(), length=32, salt=None, info=b"samspor webhooks").derive(secret)

    def of(self, webhook: str, generation: int) -> str:
        """`whsec_` and the base64 of 32 bytes (Standard Webhooks, signature scheme v1)."""
        made = hmac.digest(self._key, UUID(webhook).bytes + generation.to_bytes(8, "big"), "sha256")
        return "whsec_" + base64.b64encode(made).decode()


def register_webhook(service: "Referrals", request: referrals.RegisterWebhook, caller: Caller) -> common.Recorded:
    service.authorizer.require(caller, "RegisterWebhook", {})
    if not acceptable(request.url, local=service.local):
        raise WebhookRefused
    return recorded(service, derived_id(caller.command_id, "webhook"), Register(request.url), caller)


def change_webhook(service: "Referrals", request: Any, caller: Caller) -> common.Recorded:
    """Another organisation's looks like one that there is not."""
    with unless_repeated(service.log, caller):
        check_owner(service, request.webhook, caller)
        service.authorizer.require(caller, type(request).__name__, {})
        if isinstance(request, referrals.ResendDelivery):
            check_delivery(service, request)
    return recorded(service, request.webhook, request, caller)


def check_owner(service: "Referrals", webhook: str, caller: Caller) -> None:
    if service.log.load(WEBHOOK, webhook).state.owner != caller.organisation:
        raise WebhookUnknown


def check_delivery(service: "Referrals", request: referrals.ResendDelivery) -> None:
    with service.pool.connection() as connection:
        if not connection.execute(KNOWN, [request.delivery, request.webhook]).fetchone():
            raise DeliveryUnknown


def recorded(service: "Referrals", webhook: str, command: Any, caller: Caller) -> common.Recorded:
    result = service.log.execute(WEBHOOK, webhook, command, caller)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


def list_webhooks(service: "Referrals", _question: referrals.ListWebhooks, caller: Caller) -> referrals.WebhookList:
    service.authorizer.require(caller, "ListWebhooks", {})
    with service.pool.connection() as connection:
        rows = connection.execute(LIST, [caller.organisation]).fetchall()
    return referrals.WebhookList(
        webhooks=[
            referrals.Webhook(
                id=webhook,
                url=url,
                secret="" if ended else service.secrets.of(webhook, generation),
                ended=ended,
                failing_since=timestamp(failing_since),
                last_status=last_status,
                waiting=waiting,
                delivered=delivered,
                paused=paused,
                former_until=timestamp(rotated + OVERLAP if rotated and caller.now < rotated + OVERLAP else None),
            )
            for webhook, url, generation, ended, failing_since, last_status, paused, rotated, waiting, delivered in rows
        ]
    )


def list_deliveries(service: "Referrals", question: referrals.ListDeliveries, caller: Caller) -> referrals.DeliveryList:
    service.authorizer.require(caller, "ListDeliveries", {})
    check_owner(service, question.webhook, caller)
    size, after = page_size(question.page.size), place_of(question.page.token, Place)
    asked = {
        "webhook": question.webhook,
        "made": after.made if after else None,
        "id": after.id if after else None,
        "size": size + 1,
    }
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(DELIVERIES, asked).fetchall()
        shown = rows[:size]
        tried = cursor.execute(ATTEMPTS, [[row["id"] for row in shown], SHOWN]).fetchall()
    attempts: dict[UUID, list[referrals.DeliveryAttempt]] = {row["id"]: [] for row in shown}
    for row in tried:
        time = timestamp(row.pop("time"))
        attempts[row.pop("delivery")].append(referrals.DeliveryAttempt(time=time, **row))
    end = token_of(Place(shown[-1]["made"], shown[-1]["id"])) if len(rows) > size else ""
    return referrals.DeliveryList(
        deliveries=[delivery(row, attempts[row["id"]]) for row in shown], page=common.PageAnswer(next=end)
    )


def delivery(row: Mapping[str, Any], attempts: list[referrals.DeliveryAttempt]) -> referrals.Delivery:
    times = {name: timestamp(row[name]) for name in ("made", "next_try", "delivered")}
    plain = {name: row[name] for name in ("type", "referral", "status", "tries")}
    return referrals.Delivery(id=str(row["id"]), attempts=attempts, **plain, **times)


CHANGES: Final = (
    referrals.RotateWebhookSecret,
    referrals.PauseWebhook,
    referrals.ResumeWebhook,
    referrals.ResendDelivery,
    referrals.EndWebhook,
)
WEBHOOK_HANDLERS: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.RegisterWebhook: register_webhook,
    **dict.fromkeys(CHANGES, change_webhook),
}
WEBHOOK_QUERIES: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.ListWebhooks: list_webhooks,
    referrals.ListDeliveries: list_deliveries,
}
