"""Commands about referrals: load, authorize, decide, append."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Loaded, derived_id
from libs.host.calls import Caller
from libs.host.errors import Refused
from libs.host.repeats import unless_repeated
from services.referrals.errors import BasisMissing, NotSentAgain, NotSentOn, ReferralUnknown
from services.referrals.link import AWAITED
from services.referrals.place import Accept
from services.referrals.placing import places_counted, with_place
from services.referrals.referral import REFERRAL, REPORTABLE, Based, Draft, Referral
from services.referrals.transitions import STEPS

if TYPE_CHECKING:
    from services.referrals.service import Referrals


def draft_referral(service: "Referrals", request: referrals.DraftReferral, caller: Caller) -> common.Recorded:
    """Refused with CITIZEN_UNKNOWN for a citizen whom the sender has nothing to do with."""
    service.authorizer.require(caller, "DraftReferral", {"side": ""})
    with unless_repeated(service.log, caller):
        check_origin(service, request, caller)
        for recipient in request.candidates or [request.recipient]:
            if recipient:
                check_basis(service, request.citizen, recipient, request, caller)
    referral = derived_id(caller.command_id, "referral")
    return execute(service, referral, Draft(referral, request), caller)


def check_origin(service: "Referrals", request: referrals.DraftReferral, caller: Caller) -> None:
    """What a referral is part of, or replaces, is one to go on from. Raises NotSentOn and NotSentAgain."""
    for earlier, side, statuses, refusal in (
        (request.part_of, "recipient", (*AWAITED, *REPORTABLE, "on-hold", "completed"), NotSentOn),
        (request.replaces, "sender", ("rejected",), NotSentAgain),
    ):
        if not earlier:
            continue
        found = visible(service, earlier, caller).state
        if (side_of(found, caller), found.citizen) != (side, request.citizen) or found.status not in statuses:
            raise refusal


def request_referral(service: "Referrals", request: referrals.RequestReferral, caller: Caller) -> common.Recorded:
    """Refused with the categories that the recipient may not be told about."""
    bases: tuple[str, ...] = ()
    with unless_repeated(service.log, caller):
        referral = step_allowed(service, request, caller)
        several = [msgspec.structs.replace(referral, recipient=each) for each in referral.candidates]
        found = (bases_of(service, each, caller) for each in several or [referral])
        bases = tuple(dict.fromkeys(basis for of_one in found for basis in of_one))
    return execute(service, request.referral, Based(request, bases), caller)


def start_referral(service: "Referrals", request: referrals.StartReferral, caller: Caller) -> common.Recorded:
    """One that waits because its consent was withdrawn goes on when there is a basis again."""
    bases: tuple[str, ...] = ()
    with unless_repeated(service.log, caller):
        referral = step_allowed(service, request, caller)
        if referral.status == "on-hold":
            bases = bases_of(service, referral, caller)
    return execute(service, request.referral, Based(request, bases), caller)


def accept_referral(service: "Referrals", request: referrals.AcceptReferral, caller: Caller) -> common.Recorded:
    """From then on the recipient is told more: a basis that has gone meanwhile counts before its referral is held.

    Where the service counts its places, one is asked for first. Raises NoRoom.
    """
    counted = False
    with unless_repeated(service.log, caller):
        referral = step_allowed(service, request, caller)
        bases_of(service, referral, caller)
        counted = places_counted(service, referral, caller)
    recorded = execute(service, request.referral, Accept(request, counted), caller)
    return with_place(service, recorded, caller)


def take_step(service: "Referrals", request: Any, caller: Caller) -> common.Recorded:
    """Any other command to a referral that the caller's organisation sent or received."""
    with unless_repeated(service.log, caller):
        step_allowed(service, request, caller)
    return execute(service, request.referral, request, caller)


def bases_of(service: "Referrals", referral: Referral, caller: Caller) -> tuple[str, ...]:
    """The bases on which the recipient may be told. Raises BasisMissing."""
    try:
        checked = check_basis(service, referral.citizen, referral.recipient, referral, caller, source=referral.sender)
    except Refused as refused:
        if refused.reason != "CITIZEN_UNKNOWN":
            raise
        # Without any basis the caller's organisation has nothing to do with the citizen any more.
        raise BasisMissing(missing=", ".join(referral.categories)) from None
    if checked.missing:
        raise BasisMissing(missing=", ".join(checked.missing))
    return tuple(checked.bases)


def check_basis(
    service: "Referrals", citizen: str, recipient: str, of: Any, caller: Caller, *, source: str = ""
) -> consents.BasisChecked:
    """What the recipient may now be told about the citizen by `source`, or the caller; asked in the caller's name."""
    question = consents.CheckBasis(
        citizen=citizen,
        organisation=recipient,
        purpose=of.purpose,
        categories=of.categories,
        case=of.case,
        source=source,
    )
    return service.clients.ask(question, consents.BasisChecked, caller)


def step_allowed(service: "Referrals", request: Any, caller: Caller) -> Referral:
    """Raises ReferralUnknown and RoleMissing."""
    referral = visible(service, request.referral, caller).state
    service.authorizer.require(caller, type(request).__name__, {"side": side_of(referral, caller)})
    return referral


def visible(service: "Referrals", referral_id: str, caller: Caller) -> Loaded[Referral]:
    """The referral, if the caller's organisation sent it, or received it. Raises ReferralUnknown, for both alike."""
    loaded = service.log.load(REFERRAL, referral_id)
    if not side_of(loaded.state, caller):
        raise ReferralUnknown(referral=referral_id)
    return loaded


def side_of(referral: Referral, caller: Caller) -> str:
    """A recipient knows nothing of a referral before it is requested, nor of one that never was. What citizens ask for
    is their own: they share an organisation."""
    if caller.role == "citizen":
        return "sender" if referral.self_referral and caller.actor == referral.citizen else ""
    if referral.id and caller.organisation == referral.sender and not referral.self_referral:
        return "sender"
    return "recipient" if referral.reply_by and caller.organisation == referral.recipient else ""


def execute(service: "Referrals", referral: str, command: Any, caller: Caller) -> common.Recorded:
    result = service.log.execute(REFERRAL, referral, command, caller)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


HANDLERS: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    **dict.fromkeys((*STEPS, referrals.ReportContact, referrals.OfferPlace), take_step),
    referrals.DraftReferral: draft_referral,
    referrals.RequestReferral: request_referral,
    referrals.AcceptReferral: accept_referral,
    referrals.StartReferral: start_referral,
}
