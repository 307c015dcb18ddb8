"""All legal facts about one citizen: who registered them, and on which bases others may know what. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Decider, Event, derived_id
from services.consents.basis import Basis
from services.consents.consenting import give, withdraw
from services.consents.errors import BasisUnknown, CitizenUnknown
from services.consents.events import (
    BasisEnded,
    BasisEstablished,
    CitizenRegistered,
    ConsentGiven,
    ConsentWithdrawn,
)
from services.consents.law import LAWS, covered, law_of
from services.consents.period import ends
from services.vocabulary import words


class Citizen(msgspec.Struct, frozen=True):
    id: str = ""
    """Empty: there is no such citizen."""
    registered_by: str = ""
    bases: tuple[Basis, ...] = ()

    def relations(self, organisation: str, at: datetime) -> list[Basis]:
        """The bases in force by which the organisation has to do with the citizen."""
        return [basis for basis in self.bases if basis.holder == organisation and basis.in_force(at)]

    def basis(self, basis_id: str) -> Basis | None:
        return next((basis for basis in self.bases if basis.id == basis_id), None)

    def knows(self, organisation: str, at: datetime) -> bool:
        """Whether the organisation may know that the citizen exists."""
        return bool(self.id) and (self.registered_by == organisation or bool(self.relations(organisation, at)))


class Registration(msgspec.Struct, frozen=True):
    """RegisterCitizen, with the id that the identifier belongs to."""

    citizen: str
    request: consents.RegisterCitizen


class Participation(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation takes part in a case, as cases published it."""

    id: str
    case: str
    organisation: str
    law: str
    since: datetime
    until: datetime | None = None
    named_people: tuple[str, ...] = ()
    sensitivity: str = "normal"


class ParticipationEnded(msgspec.Struct, frozen=True, kw_only=True):
    case: str
    organisation: str


def decide(citizen: Citizen, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/consents/errors.py."""
    if isinstance(command, Registration):
        return [] if citizen.id else [registered(command, context)]
    if not citizen.id:
        raise CitizenUnknown(citizen=getattr(command, "citizen", ""))
    match command:
        case Participation():
            return take_part(citizen, command, context)
        case ParticipationEnded():
            return [
                ended(citizen, basis, context.now)
                for basis in citizen.bases
                if basis.holder == command.organisation
                and basis.scope == command.case
                and not basis.is_consent
                and basis.ended is None
            ]
        case consents.EstablishBasis():
            return [established(citizen, command, context)]
        case consents.EndBasis():
            basis = citizen.basis(command.basis)
            if basis is None or basis.status(context.now) not in ("active", "awaited"):
                raise BasisUnknown(basis=command.basis)
            return [ended(citizen, basis, context.now)]
        case consents.GiveConsent():
            return [give(citizen.id, command, context)]
        case consents.WithdrawConsent():
            return withdraw(citizen.id, citizen.bases, command, context)
    raise TypeError(f"not a command to a citizen: {type(command).__name__}")


def evolve(citizen: Citizen, event: Event) -> Citizen:
    match event:
        case CitizenRegistered():
            return Citizen(id=event.citizen, registered_by=event.registered_by)
        case BasisEstablished():
            basis = Basis(id=event.basis, kind="statutory", holder=event.holder, law=event.law, **terms(event))
            basis = msgspec.structs.replace(
                basis, named_people=event.named_people, stated_by=event.stated_by, sensitivity=event.sensitivity
            )
        case ConsentGiven():
            basis = Basis(id=event.consent, kind=event.kind, holder=event.grantee, **terms(event))
            basis = msgspec.structs.replace(
                basis,
                sources=event.sources,
                given_how=event.given_how,
                notice_version=event.notice_version,
                evidence_digest=event.evidence_digest,
            )
        case BasisEnded():
            return without_basis(citizen, event.basis, event.ended)
        case ConsentWithdrawn():
            return without_basis(citizen, event.consent, event.withdrawn)
        case _:
            return citizen
    return msgspec.structs.replace(citizen, bases=(*citizen.bases, basis))


def terms(event: BasisEstablished | ConsentGiven) -> dict[str, Any]:
    """What a law reference and a consent have in common."""
    names = ("purposes", "categories", "since", "until", "scope")
    return {name: getattr(event, name) for name in names}


def without_basis(citizen: Citizen, basis_id: str, at: datetime) -> Citizen:
    bases = (msgspec.structs.replace(each, ended=at) if each.id == basis_id else each for each in citizen.bases)
    return msgspec.structs.replace(citizen, bases=tuple(bases))


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


def take_part(citizen: Citizen, part: Participation, context: Context) -> Sequence[Event]:
    """A law reference that was not in force gives no basis: the participant then sees nothing, and is told why."""
    law = LAWS.get(part.law)
    if law is None or not law.in_force(part.since) or citizen.basis(part.id):
        return []
    return [
        BasisEstablished(
            citizen=citizen.id,
            case=part.case,
            sensitivity=part.sensitivity,
            legalbasis=part.law,
            basis=part.id,
            holder=part.organisation,
            law=part.law,
            purposes=law.purposes,
            categories=law.categories,
            since=part.since,
            until=part.until,
            scope=part.case,
            named_people=part.named_people,
            stated_by=context.organisation,
        )
    ]


def established(citizen: Citizen, command: consents.EstablishBasis, context: Context) -> BasisEstablished:
    since, until = ends(command.period, context.now, closed=False)
    law = law_of(command.law, since)
    return BasisEstablished(
        citizen=citizen.id,
        case=command.case,
        legalbasis=law.code,
        basis=derived_id(context.command_id, "basis"),
        holder=command.organisation,
        law=law.code,
        purposes=covered(law, "purposes", words(command.purposes)),
        categories=covered(law, "categories", words(command.categories)),
        since=since,
        until=until,
        scope=command.case,
        stated_by=context.organisation,
    )


def ended(citizen: Citizen, basis: Basis, at: datetime) -> BasisEnded:
    return BasisEnded(
        citizen=citizen.id,
        case=basis.scope,
        sensitivity=basis.sensitivity,
        legalbasis=basis.law,
        basis=basis.id,
        ended=at,
    )


CITIZEN: Final = Decider(Citizen, decide, evolve)
