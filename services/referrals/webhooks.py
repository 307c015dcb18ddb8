"""Commands and questions about an organisation's webhooks, and the secrets they are signed with."""

import base64
import hmac
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import derived_id
from libs.host.calls import Caller
from libs.host.outgoing import acceptable
from libs.host.repeats import unless_repeated
from libs.host.times import timestamp
from services.referrals.errors import WebhookRefused, WebhookUnknown
from services.referrals.webhook import WEBHOOK, Register

if TYPE_CHECKING:
    from services.referrals.service import Referrals

LIST: Final = """
    SELECT w.id::text, url, generation, ended, failing_since, last_status,
        count(d.id) FILTER (WHERE delivered IS NULL), count(delivered)
    FROM webhooks w LEFT JOIN webhook_deliveries d ON d.webhook = w.id
    WHERE owner = %s GROUP BY w.id ORDER BY registered, w.id
"""


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
        if service.log.load(WEBHOOK, request.webhook).state.owner != caller.organisation:
            raise WebhookUnknown
        service.authorizer.require(caller, type(request).__name__, {})
    return recorded(service, request.webhook, request, caller)


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
            )
            for webhook, url, generation, ended, failing_since, last_status, waiting, delivered in rows
        ]
    )


WEBHOOK_HANDLERS: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.RegisterWebhook: register_webhook,
    referrals.RotateWebhookSecret: change_webhook,
    referrals.EndWebhook: change_webhook,
}
WEBHOOK_QUERIES: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.ListWebhooks: list_webhooks,
}
