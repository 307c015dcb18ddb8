"""Commands of the portal: authorize, load, decide, append."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Result, derived_id
from libs.host.repeats import unless_repeated
from services.partners.organisation import ORGANISATION
from services.partners.portal.errors import (
    IntroductionUnknown,
    NotABroker,
    OfferUnknown,
    PartiesMalformed,
    WebsiteMissing,
)
from services.partners.portal.introduction import INTRODUCTION, Introduction
from services.partners.portal.offer import OFFER, Offer

if TYPE_CHECKING:
    from services.partners.service import Partners


def publish_offer(service: "Partners", request: partners.PublishOffer, caller: Context) -> common.Recorded:
    service.authorizer.require(caller, "PublishOffer", {"own": request.organisation == caller.organisation})
    must_have_website(service, request, caller)
    return recorded(service.log.execute(OFFER, derived_id(caller.command_id, "offer"), request, caller))


def change_offer(service: "Partners", request: Any, caller: Context) -> common.Recorded:
    """ChangeOffer and WithdrawOffer."""
    if isinstance(request, partners.ChangeOffer):
        must_have_website(service, request, caller)

    def check(offer: Offer) -> None:
        if not offer.organisation or offer.organisation != caller.organisation:
            raise OfferUnknown(offer=request.offer)
        service.authorizer.require(caller, type(request).__name__, {"own": True})

    return recorded(service.log.execute(OFFER, request.offer, request, caller, check))


def must_have_website(service: "Partners", request: Any, caller: Context) -> None:
    """Raises WebsiteMissing."""
    with unless_repeated(service.log, caller):
        if request.contact == "website" and not website_of(service, caller.organisation):
            raise WebsiteMissing


def propose_introduction(
    service: "Partners", request: partners.ProposeIntroduction, caller: Context
) -> common.Recorded:
    service.authorizer.require(caller, "ProposeIntroduction", {"concerned": True})
    with unless_repeated(service.log, caller):
        if service.log.load(ORGANISATION, caller.organisation).state.kind != "volunteer_centre":
            raise NotABroker
        parties = set(request.parties)
        known = all(service.log.load(ORGANISATION, party).state.kind for party in parties)
        if len(request.parties) != 2 or len(parties) != 2 or caller.organisation in parties or not known:
            raise PartiesMalformed
    introduction = derived_id(caller.command_id, "introduction")
    return recorded(service.log.execute(INTRODUCTION, introduction, request, caller))


def change_introduction(service: "Partners", request: Any, caller: Context) -> common.Recorded:
    """AnswerIntroduction and CloseIntroduction."""

    def check(introduction: Introduction) -> None:
        if not introduction.concerns(caller.organisation):
            raise IntroductionUnknown(introduction=request.introduction)
        service.authorizer.require(caller, type(request).__name__, {"concerned": True})

    return recorded(service.log.execute(INTRODUCTION, request.introduction, request, caller, check))


def website_of(service: "Partners", organisation: str) -> str:
    with service.pool.connection() as connection:
        row = connection.execute("SELECT website FROM organisations WHERE id = %s", [organisation]).fetchone()
    return str(row[0]) if row else ""


def recorded(result: Result) -> common.Recorded:
    return common.Recorded(id=result.id, version=result.version, position=result.position)


PORTAL_HANDLERS: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.PublishOffer: publish_offer,
    partners.ChangeOffer: change_offer,
    partners.WithdrawOffer: change_offer,
    partners.ProposeIntroduction: propose_introduction,
    partners.AnswerIntroduction: change_introduction,
    partners.CloseIntroduction: change_introduction,
}
