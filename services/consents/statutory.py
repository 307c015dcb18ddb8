"""Bases that need nobody's consent: stated by staff, or following from taking part in a case. Pure."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.basis import Basis, EndedAs
from services.consents.errors import BasisUnknown
from services.consents.events import BasisEnded, BasisEstablished
from services.consents.law import LAWS, covered, find_law, law_of
from services.consents.period import ends
from services.consents.state import Citizen, changed
from services.vocabulary import words


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


def take_part(citizen: Citizen, part: Participation, context: Context) -> Sequence[Event]:
    """A law reference that was not in force gives no basis: the participant then sees nothing, and is told why."""
    law = find_law(part.law, part.since)
    if law is None or not law.in_force(part.since) or citizen.basis(part.id):
        return []
    return [
        BasisEstablished(
            citizen=citizen.id,
            case=part.case,
            sensitivity=part.sensitivity,
            legalbasis=law.code,
            basis=part.id,
            holder=part.organisation,
            law=law.code,
            purposes=law.purposes,
            categories=law.categories,
            since=part.since,
            until=part.until,
            scope=part.case,
            named_people=part.named_people,
            stated_by=context.organisation,
        )
    ]


def leave(citizen: Citizen, left: ParticipationEnded, context: Context) -> Sequence[Event]:
    return [
        ended(citizen, basis, context.now)
        for basis in citizen.bases
        if basis.holder == left.organisation
        and basis.scope == left.case
        and not basis.is_consent
        and basis.ended is None
    ]


def establish(citizen: Citizen, command: consents.EstablishBasis, context: Context) -> Sequence[Event]:
    """Raises LawUnknown, LawRepealed, LawNotCovering, PeriodMalformed."""
    since, until = ends(command.period, context.now, closed=False)
    law = law_of(command.law, since)
    return [
        BasisEstablished(
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
    ]


def end(citizen: Citizen, command: consents.EndBasis, context: Context) -> Sequence[Event]:
    """Raises BasisUnknown."""
    basis = citizen.basis(command.basis)
    if basis is None or basis.status(context.now) not in ("active", "awaited"):
        raise BasisUnknown(basis=command.basis)
    return [ended(citizen, basis, context.now)]


def ended(citizen: Citizen, basis: Basis, at: datetime) -> BasisEnded:
    return BasisEnded(
        citizen=citizen.id,
        case=basis.scope,
        sensitivity=basis.sensitivity,
        legalbasis=basis.law,
        basis=basis.id,
        ended=at,
    )


def with_basis(citizen: Citizen, event: BasisEstablished) -> Citizen:
    """It ends when the law does that it rests on, whatever period was stated."""
    same = ("holder", "law", "purposes", "categories", "since", "scope", "named_people", "stated_by")
    law = LAWS.get(event.law)
    ends = [end for end in (event.until, law.ends if law else None) if end]
    basis = Basis(
        id=event.basis,
        kind=law.ground if law else "statutory",
        sensitivity=event.sensitivity,
        until=min(ends, default=None),
        **{name: getattr(event, name) for name in same},
    )
    return msgspec.structs.replace(citizen, bases=(*citizen.bases, basis))


def without_basis(citizen: Citizen, basis_id: str, at: datetime, how: EndedAs) -> Citizen:
    return msgspec.structs.replace(citizen, bases=changed(citizen.bases, basis_id, ended=at, ended_as=how))
