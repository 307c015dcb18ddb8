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


class WebhookPaused(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.WebhookPaused.v1"


class WebhookResumed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.WebhookResumed.v1"


class DeliveryResent(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.DeliveryResent.v1"
    delivery: str


class WebhookStopped(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "referrals.WebhookStopped.v1"
    reason: WebhookEnd


WEBHOOK_EVENTS: Final = (
    WebhookRegistered,
    WebhookSecretRotated,
    WebhookPaused,
    WebhookResumed,
    DeliveryResent,
    WebhookStopped,
)


class Webhook(msgspec.Struct, frozen=True):
    owner: str = ""
    generation: int = 1
    paused: bool = False
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
    if webhook.ended:
        raise WebhookEnded
    match command:
        case referrals.RotateWebhookSecret():
            return [WebhookSecretRotated(generation=webhook.generation + 1)]
        case referrals.PauseWebhook():
            return [] if webhook.paused else [WebhookPaused()]
        case referrals.ResumeWebhook():
            return [WebhookResumed()] if webhook.paused else []
        case referrals.ResendDelivery():
            return [DeliveryResent(delivery=command.delivery)]
    raise TypeError(f"not a command to a webhook: {type(command).__name__}")


def evolve(webhook: Webhook, event: Event) -> Webhook:
    match event:
        case WebhookRegistered():
            return Webhook(event.owner)
        case WebhookSecretRotated():
            return msgspec.structs.replace(webhook, generation=event.generation)
        case WebhookPaused() | WebhookResumed():
            return msgspec.structs.replace(webhook, paused=isinstance(event, WebhookPaused))
        case WebhookStopped():
            return msgspec.structs.replace(webhook, ended=event.reason)
    return webhook


WEBHOOK: Final = Decider(Webhook, decide, evolve)
