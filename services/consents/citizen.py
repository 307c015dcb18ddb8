"""All legal facts about one citizen: who registered them, and on which bases others may know what. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Decider, Event
from services.consents import blocks, consenting, emergency, household, representing, rights, statutory, withdrawing
from services.consents.errors import CitizenUnknown
from services.consents.events import (
    BasisEnded,
    BasisEstablished,
    BlockLifted,
    BlockSet,
    BreakGlassReviewed,
    CitizenRegistered,
    ConsentGiven,
    ConsentInvalidated,
    ConsentRefused,
    ConsentRequested,
    ConsentWithdrawn,
    GlassBroken,
    HouseholdLinked,
    HouseholdUnlinked,
    RepresentationEnded,
    RepresentativeAppointed,
    WithdrawalAcknowledged,
)
from services.consents.rights_events import RestrictionLifted, RightDecided, RightInvoked
from services.consents.state import Citizen


class Registration(msgspec.Struct, frozen=True):
    """RegisterCitizen, with the id that the identifier belongs to."""

    citizen: str
    request: consents.RegisterCitizen


def decide(citizen: Citizen, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/consents/errors.py."""
    if isinstance(command, Registration):
        return [] if citizen.id else [registered(command, context)]
    if not citizen.id:
        raise CitizenUnknown(citizen=getattr(command, "citizen", ""))
    return DECISIONS[type(command)](citizen, command, context)


def evolve(citizen: Citizen, event: Event) -> Citizen:
    match event:
        case CitizenRegistered():
            return Citizen(id=event.citizen, registered_by=event.registered_by)
        case BasisEstablished():
            return statutory.with_basis(citizen, event)
        case BasisEnded():
            return statutory.without_basis(citizen, event.basis, event.ended, "ended")
        case ConsentRequested():
            return consenting.with_request(citizen, event)
        case ConsentRefused():
            return consenting.with_answer(citizen, event.request, "refused")
        case ConsentGiven():
            return consenting.with_consent(citizen, event)
        case ConsentWithdrawn():
            return statutory.without_basis(citizen, event.consent, event.withdrawn, "withdrawn")
        case ConsentInvalidated():
            return statutory.without_basis(citizen, event.consent, event.invalidated, "invalidated")
        case RepresentativeAppointed():
            return representing.with_representative(citizen, event)
        case RepresentationEnded():
            return representing.without_representative(citizen, event)
        case BlockSet():
            return blocks.with_block(citizen, event)
        case BlockLifted():
            return blocks.without_block(citizen, event)
        case GlassBroken():
            return emergency.with_emergency(citizen, event)
        case BreakGlassReviewed():
            return emergency.with_review(citizen, event)
        case WithdrawalAcknowledged():
            return withdrawing.with_acknowledgement(citizen, event)
        case RightInvoked() | RightDecided() | RestrictionLifted():
            return rights.with_right(citizen, event)
        case HouseholdLinked():
            return household.with_relative(citizen, event)
        case HouseholdUnlinked():
            return household.without_relative(citizen, event)
    return citizen


def registered(command: Registration, context: Context) -> CitizenRegistered:
    request = command.request
    return CitizenRegistered(
        citizen=command.citizen,
        category="contact",
        registered_by=context.organisation,
        system=request.identifier.system,
        identifier=request.identifier.value,
        name=request.name,
        address=request.address,
        phone=request.phone,
    )


DECISIONS: Final[Mapping[type, Callable[[Citizen, Any, Context], Sequence[Event]]]] = {
    statutory.Participation: statutory.take_part,
    statutory.ParticipationEnded: statutory.leave,
    consents.EstablishBasis: statutory.establish,
    consents.EndBasis: statutory.end,
    consents.RequestConsent: consenting.request,
    consents.GiveConsent: consenting.give,
    consents.RefuseConsent: consenting.refuse,
    consents.WithdrawConsent: withdrawing.withdraw,
    consents.InvalidateConsent: withdrawing.invalidate,
    consents.AcknowledgeWithdrawal: withdrawing.acknowledge,
    consents.AppointRepresentative: representing.appoint,
    consents.EndRepresentation: representing.end,
    consents.SetBlock: blocks.set_block,
    consents.LiftBlock: blocks.lift,
    consents.BreakGlass: emergency.break_glass,
    consents.ReviewBreakGlass: emergency.review,
    rights.Invocation: rights.invoke,
    rights.Ruling: rights.rule,
    consents.LiftRestriction: rights.lift,
    consents.LinkHousehold: household.link,
    consents.UnlinkHousehold: household.unlink,
    household.LinkedFrom: household.linked_from,
    household.UnlinkedFrom: household.unlinked_from,
}
CITIZEN: Final = Decider(Citizen, decide, evolve)
