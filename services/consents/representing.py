"""Who may act for a citizen. Pure."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.errors import (
    EvidenceMalformed,
    RepresentationNotInForce,
    RepresentationUnknown,
    RepresentsOneself,
)
from services.consents.events import RepresentationEnded, RepresentativeAppointed
from services.consents.period import ends
from services.consents.state import Citizen, Representation, changed, named
from services.vocabulary import word

DIGEST = 64
"""Hex digits of a SHA-256."""


def appoint(citizen: Citizen, command: consents.AppointRepresentative, context: Context) -> Sequence[Event]:
    """Raises RepresentsOneself, EvidenceMalformed, PeriodMalformed."""
    if command.representative == citizen.id:
        raise RepresentsOneself
    if len(command.evidence_digest) != DIGEST or set(command.evidence_digest) - set("0123456789abcdef"):
        raise EvidenceMalformed
    since, until = ends(command.period, context.now, closed=True)
    assert until is not None
    return [
        RepresentativeAppointed(
            citizen=citizen.id,
            representation=derived_id(context.command_id, "representation"),
            representative=command.representative,
            relation=word(command.relation),
            since=since,
            until=until,
            evidence_digest=command.evidence_digest,
        )
    ]


def end(citizen: Citizen, command: consents.EndRepresentation, context: Context) -> Sequence[Event]:
    """Raises RepresentationUnknown, RepresentationNotInForce."""
    representation = named(citizen.representations, command.representation)
    if representation is None:
        raise RepresentationUnknown(representation=command.representation)
    if (status := representation.status(context.now)) not in ("in_force", "awaited"):
        raise RepresentationNotInForce(representation=representation.id, status=status)
    return [RepresentationEnded(citizen=citizen.id, representation=representation.id, ended=context.now)]


def must_represent(citizen: Citizen, representation_id: str, now: datetime) -> None:
    """Raises RepresentationUnknown, RepresentationNotInForce; nothing for no representation."""
    if not representation_id:
        return
    representation = named(citizen.representations, representation_id)
    if representation is None:
        raise RepresentationUnknown(representation=representation_id)
    if (status := representation.status(now)) != "in_force":
        raise RepresentationNotInForce(representation=representation_id, status=status)


def with_representative(citizen: Citizen, event: RepresentativeAppointed) -> Citizen:
    made = Representation(
        id=event.representation,
        representative=event.representative,
        relation=event.relation,
        since=event.since,
        until=event.until,
        evidence_digest=event.evidence_digest,
    )
    return msgspec.structs.replace(citizen, representations=(*citizen.representations, made))


def without_representative(citizen: Citizen, event: RepresentationEnded) -> Citizen:
    left = changed(citizen.representations, event.representation, ended=event.ended)
    return msgspec.structs.replace(citizen, representations=left)
