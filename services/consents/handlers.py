"""Commands about citizens and what others may know of them: authorize, load, decide, append."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.calls import Caller
from libs.host.errors import RequestInvalid
from services.consents.access import record_look_up
from services.consents.basis import AUDIT, Basis
from services.consents.citizen import CITIZEN, Registration
from services.consents.errors import BasisUnknown, CitizenUnknown, DocumentUnacceptable
from services.consents.exports.formats import element_of, giving
from services.consents.identity import normal, warnings_of
from services.consents.law import must_be_for
from services.consents.state import Citizen

if TYPE_CHECKING:
    from services.consents.service import Consents


def register_citizen(service: "Consents", request: consents.RegisterCitizen, caller: Caller) -> common.Recorded:
    """A number that is known answers with the citizen it belongs to; that somebody learnt it is written down."""
    service.authorizer.require(caller, "RegisterCitizen", {})
    identifier = request.identifier
    identifier.value = normal(identifier.system, identifier.value)
    citizen_id = service.identities.claim(identifier.system, identifier.value)
    citizen = service.log.load(CITIZEN, citizen_id).state
    if citizen.id and not citizen.has_to_do_with(caller, caller.now):
        record_look_up(service, citizen_id, "casework", caller)
    if not citizen.id:
        service.digests.put_address(citizen_id, request.address)
    recorded = execute(service, citizen_id, Registration(citizen_id, request), caller)
    recorded.warnings.extend(warnings_of(identifier.system, identifier.value))
    return recorded


def establish_basis(service: "Consents", request: consents.EstablishBasis, caller: Caller) -> common.Recorded:
    def check(citizen: Citizen) -> None:
        must_know(citizen, request.citizen, caller, law=request.law)
        stated = {"law": request.law, "holder": request.organisation, "stated_by": caller.organisation}
        service.authorizer.require(caller, "EstablishBasis", relation(citizen, caller) | stated)
        must_be_for(request.law, service.kinds.of(request.organisation), caller.now)

    return execute(service, request.citizen, request, caller, check)


def end_basis(service: "Consents", request: consents.EndBasis, caller: Caller) -> common.Recorded:
    def check(citizen: Citizen) -> None:
        must_know(citizen, request.citizen, caller)
        basis = citizen.basis(request.basis)
        if basis is None or not may_know(basis, citizen, caller):
            raise BasisUnknown(basis=request.basis)
        stated = {"law": basis.law, "holder": basis.holder, "stated_by": basis.stated_by}
        service.authorizer.require(caller, "EndBasis", relation(citizen, caller) | stated)

    return execute(service, request.citizen, request, caller, check)


def change(service: "Consents", request: Any, caller: Caller) -> common.Recorded:
    """What the citizen, somebody for them, or staff who have to do with them may say."""

    def check(citizen: Citizen) -> None:
        must_know(citizen, request.citizen, caller)
        service.authorizer.require(caller, type(request).__name__, relation(citizen, caller))

    return execute(service, request.citizen, request, caller, check)


def acknowledge(service: "Consents", request: consents.AcknowledgeWithdrawal, caller: Caller) -> common.Recorded:
    """Whoever held the consent may have nothing else to do with the citizen any more."""

    def check(citizen: Citizen) -> None:
        consent = citizen.basis(request.consent)
        if consent is None or not consent.is_consent or consent.holder != caller.organisation:
            raise CitizenUnknown(citizen=request.citizen)
        service.authorizer.require(caller, "AcknowledgeWithdrawal", relation(citizen, caller))

    return execute(service, request.citizen, request, caller, check)


def break_glass(service: "Consents", request: consents.BreakGlass, caller: Caller) -> common.Recorded:
    """Also by somebody whose organisation has nothing to do with the citizen: that is what it is for."""

    def check(citizen: Citizen) -> None:
        service.authorizer.require(caller, "BreakGlass", relation(citizen, caller))

    return execute(service, request.citizen, request, caller, check)


def review_break_glass(service: "Consents", request: consents.ReviewBreakGlass, caller: Caller) -> common.Recorded:
    def check(citizen: Citizen) -> None:
        if caller.role != "auditor":
            must_know(citizen, request.citizen, caller)
        about = relation(citizen, caller) | {"controller": citizen.registered_by}
        service.authorizer.require(caller, "ReviewBreakGlass", about)

    return execute(service, request.citizen, request, caller, check)


def import_consent(service: "Consents", request: consents.ImportConsent, caller: Caller) -> common.Recorded:
    """As GiveConsent with the document's words. Raises also DocumentUnacceptable, once the caller may give one."""
    citizen = known(service, request.citizen, caller)
    service.authorizer.require(caller, "ImportConsent", relation(citizen, caller))
    command = giving(request.format, request.document, request.citizen)
    command.command.CopyFrom(request.command)
    try:
        service.rules.check(command)
    except RequestInvalid as invalid:
        first = invalid.violations[0]
        raise DocumentUnacceptable(element=element_of(request.format, first.field), problem=first.code) from None
    return change(service, command, caller)


def known(service: "Consents", citizen_id: str, caller: Caller) -> Citizen:
    """The citizen, if the caller may know that there is one. Raises CitizenUnknown."""
    citizen = service.log.load(CITIZEN, citizen_id).state
    must_know(citizen, citizen_id, caller)
    return citizen


def must_know(citizen: Citizen, citizen_id: str, caller: Caller, *, law: str = "") -> None:
    """Raises CitizenUnknown, for one that there is not and for one the caller has nothing to do with."""
    begins_audit = caller.role == "auditor" and law == AUDIT
    if not citizen.id or not (begins_audit or citizen.is_known_to(caller, caller.now)):
        raise CitizenUnknown(citizen=citizen_id)


def relation(citizen: Citizen, caller: Caller) -> dict[str, Any]:
    """What the caller has to do with the citizen, as policies see it."""
    return {
        "related": citizen.has_to_do_with(caller, caller.now),
        "self": is_oneself(citizen, caller),
        "represents": represents(citizen, caller),
    }


def is_oneself(citizen: Citizen, caller: Caller) -> bool:
    return caller.role == "citizen" and caller.actor == citizen.id


def represents(citizen: Citizen, caller: Caller) -> bool:
    return caller.role == "citizen" and citizen.is_represented_by(caller.actor, caller.now)


def may_know(basis: Basis, citizen: Citizen, caller: Caller) -> bool:
    """Whether the caller may know that there is this basis: who helps in a protected case is not told to others."""
    is_open = basis.sensitivity != "protected" or is_oneself(citizen, caller)
    return is_open or citizen.is_named(caller, basis.scope, caller.now)


def as_known_to(caller: Caller, now: Citizen, citizen: Citizen) -> Citizen:
    """The citizen (as things stood then), without the bases of which the caller may not know now."""
    return msgspec.structs.replace(citizen, bases=tuple(each for each in citizen.bases if may_know(each, now, caller)))


def execute(
    service: "Consents",
    citizen: str,
    command: Any,
    caller: Caller,
    check: Callable[[Citizen], object] = lambda _: None,
) -> common.Recorded:
    result = service.log.execute(CITIZEN, citizen, command, caller, check)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


HANDLERS: Final[Mapping[type[Message], Callable[["Consents", Any, Caller], Message]]] = {
    consents.RegisterCitizen: register_citizen,
    consents.EstablishBasis: establish_basis,
    consents.EndBasis: end_basis,
    consents.RequestConsent: change,
    consents.GiveConsent: change,
    consents.RefuseConsent: change,
    consents.WithdrawConsent: change,
    consents.InvalidateConsent: change,
    consents.AcknowledgeWithdrawal: acknowledge,
    consents.AppointRepresentative: change,
    consents.EndRepresentation: change,
    consents.SetBlock: change,
    consents.LiftBlock: change,
    consents.BreakGlass: break_glass,
    consents.ReviewBreakGlass: review_break_glass,
    consents.ImportConsent: import_consent,
}
