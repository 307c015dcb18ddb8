"""One endpoint that an organisation is told at. Its secrets are worked out, never recorded (webhooks.py). Pure."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

import msgspec
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Context, Decider, Event
from services.referrals.errors import WebhookEnded, WebhookUnknown
from services.vocabulary import WebhookEnd


class WebhookRegistered(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.WebhookRegistered.v1"
    owner: str
    url: str


class WebhookSecretRotated(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.WebhookSecretRotated.v1"
    generation: int


class WebhookStopped(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.WebhookStopped.v1"
    reason: WebhookEnd


WEBHOOK_EVENTS: Final = (WebhookRegistered, WebhookSecretRotated, WebhookStopped)


class Webhook(msgspec.Struct, frozen=True):
    owner: str = ""
    generation: int = 1
    ended: str = ""


class Register(msgspec.Struct, frozen=True):
    """An address that was looked at (libs/host/outgoing.py)."""

    url: str


class Stop(msgspec.Struct, frozen=True):
    """Nobody answers there any more."""

    reason: WebhookEnd


def decide(webhook: Webhook, command: Any, context: Context) -> Sequence[Event]:
    if isinstance(command, Register):
        return [WebhookRegistered(owner=context.organisation, url=command.url)]
    if not webhook.owner or (context.role != "service" and webhook.owner != context.organisation):
        raise WebhookUnknown
    match command:
        case Stop():
            return [] if webhook.ended else [WebhookStopped(reason=command.reason)]
        case referrals.EndWebhook():
            return [] if webhook.ended else [WebhookStopped(reason="by_hand")]
        case referrals.RotateWebhookSecret():
            if webhook.ended:
                raise WebhookEnded
            return [WebhookSecretRotated(generation=webhook.generation + 1)]
    raise TypeError(f"not a command to a webhook: {type(command).__name__}")


def evolve(webhook: Webhook, event: Event) -> Webhook:
    match event:
        case WebhookRegistered():
            return Webhook(event.owner)
        case WebhookSecretRotated():
            return msgspec.structs.replace(webhook, generation=event.generation)
        case WebhookStopped():
            return msgspec.structs.replace(webhook, ended=event.reason)
    return webhook


WEBHOOK: Final = Decider(Webhook, decide, evolve)
