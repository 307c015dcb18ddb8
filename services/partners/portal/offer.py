"""One offer, or need, that an organisation shows to everybody until it withdraws it or its period is over. Pure."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final

import msgspec
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Decider, Event
from services.partners.portal.errors import OfferPeriodOver, OfferUnknown, OfferWithdrawnAlready
from services.partners.portal.events import OfferChanged, OfferPublished, OfferWithdrawn
from services.vocabulary import word


class Offer(msgspec.Struct, frozen=True):
    organisation: str = ""
    """Empty: there is no such offer."""
    withdrawn: bool = False


def decide(offer: Offer, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/partners/portal/errors.py."""
    match command:
        case partners.PublishOffer():
            return [OfferPublished(organisation=command.organisation, **said(command, context))]
        case partners.ChangeOffer():
            must_be_shown(offer, command.offer)
            return [OfferChanged(organisation=offer.organisation, **said(command, context))]
        case partners.WithdrawOffer():
            must_be_shown(offer, command.offer)
            return [OfferWithdrawn(organisation=offer.organisation)]
    raise TypeError(f"not a command to an offer: {type(command).__name__}")


def must_be_shown(offer: Offer, offer_id: str) -> None:
    """Raises OfferUnknown, OfferWithdrawnAlready."""
    if not offer.organisation:
        raise OfferUnknown(offer=offer_id)
    if offer.withdrawn:
        raise OfferWithdrawnAlready


def said(command: partners.PublishOffer | partners.ChangeOffer, context: Context) -> dict[str, Any]:
    """Raises OfferPeriodOver."""
    period = command.period
    until = period.until.ToDatetime(UTC) if period.HasField("until") else None
    if until and until <= context.now:
        raise OfferPeriodOver
    return {
        "direction": word(command.direction),
        "kind": word(command.kind),
        "title": command.title,
        "description": command.description,
        "area": command.area,
        "since": getattr(period, "from").ToDatetime(UTC) if period.HasField("from") else None,
        "until": until,
        "contact": word(command.contact),
    }


def evolve(offer: Offer, event: Event) -> Offer:
    match event:
        case OfferPublished():
            return Offer(event.organisation)
        case OfferWithdrawn():
            return msgspec.structs.replace(offer, withdrawn=True)
    return offer


OFFER: Final = Decider(Offer, decide, evolve)
