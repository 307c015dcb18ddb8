"""A citizen's rights to erasure and restriction (GDPR art. 17 and 18): asked of controllers, decided by each. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.errors import ControllerMissing, NotRestricted, OutcomeUnfit, RightAlreadyDecided, RightUnknown
from services.consents.grounds import must_hold
from services.consents.rights_events import RestrictionLifted, RightDecided, RightInvoked
from services.consents.state import Citizen, Part, RightRequest, named
from services.vocabulary import Right, RightOutcome, RightStatus, word

POSSIBLE: Final[Mapping[Right, tuple[RightOutcome, ...]]] = {
    "erasure": ("granted", "refused", "restricted", "legal_hold"),
    "restriction": ("restricted", "refused"),
}
"""What each right may be answered with."""
WEIGHT: Final[tuple[RightStatus, ...]] = ("legal_hold", "restricted", "refused", "lifted")
"""Of several answers, none of them granted, the first of these is the request's status."""


class Invocation(msgspec.Struct, frozen=True):
    """InvokeRight, with the controllers that it reaches."""

    request: consents.InvokeRight
    controllers: tuple[str, ...]


class Ruling(msgspec.Struct, frozen=True):
    """DecideRight, with the keys that a granted erasure destroys."""

    request: consents.DecideRight
    keys: tuple[str, ...] = ()


def status_of(parts: Sequence[Part]) -> RightStatus:
    """What all answers together amount to."""
    found = {part.status for part in parts}
    if found == {"granted"}:
        return "granted"
    if "granted" in found:
        return "partly_granted"
    return "requested" if "requested" in found else next(status for status in WEIGHT if status in found)


def request_id(command_id: str) -> str:
    """Of the request that the command makes."""
    return derived_id(command_id, "request")


def part_of(citizen: Citizen, request_id: str, controller: str) -> tuple[RightRequest, Part]:
    """Raises RightUnknown."""
    request = named(citizen.rights, request_id)
    part = request.part(controller) if request else None
    if request is None or part is None:
        raise RightUnknown(request=request_id, controller=controller)
    return request, part


def invoke(citizen: Citizen, command: Invocation, context: Context) -> Sequence[Event]:
    """Raises ControllerMissing."""
    if not command.controllers:
        raise ControllerMissing(citizen=citizen.id)
    return [
        RightInvoked(
            citizen=citizen.id,
            sensitivity=sensitivity_of(controller, citizen),
            request=request_id(context.command_id),
            right=word(command.request.right),
            controller=controller,
            invoked=context.now,
        )
        for controller in command.controllers
    ]


def rule(citizen: Citizen, ruling: Ruling, context: Context) -> Sequence[Event]:
    """Raises RightUnknown, RightAlreadyDecided, OutcomeUnfit, GroundMissing, GroundUnknown."""
    asked = ruling.request
    request, part = part_of(citizen, asked.request, asked.controller)
    possible = POSSIBLE[request.right]
    if asked.outcome not in possible:
        raise OutcomeUnfit(right=request.right, outcome=asked.outcome, possible=", ".join(possible))
    if not part.is_open:
        raise RightAlreadyDecided(request=request.id, outcome=part.outcome or "")
    must_hold(asked.ground, request.right, required=asked.outcome == "refused")
    return [
        RightDecided(
            citizen=citizen.id,
            sensitivity=sensitivity_of(part.controller, citizen),
            request=request.id,
            right=request.right,
            controller=part.controller,
            outcome=word(asked.outcome),
            ground=asked.ground,
            keys=ruling.keys,
            decided=context.now,
        )
    ]


def lift(citizen: Citizen, command: consents.LiftRestriction, context: Context) -> Sequence[Event]:
    """Raises RightUnknown, NotRestricted."""
    request, part = part_of(citizen, command.request, command.controller)
    if not part.is_restricted:
        raise NotRestricted(request=request.id)
    return [
        RestrictionLifted(
            citizen=citizen.id,
            sensitivity=sensitivity_of(part.controller, citizen),
            request=request.id,
            controller=part.controller,
            lifted=context.now,
        )
    ]


def sensitivity_of(controller: str, citizen: Citizen) -> str:
    return "protected" if controller in citizen.hidden else "confidential"


def with_right(citizen: Citizen, event: RightInvoked | RightDecided | RestrictionLifted) -> Citizen:
    """The requests stay in the order they were made."""
    if isinstance(event, RightInvoked) and named(citizen.rights, event.request) is None:
        asked = Part(controller=event.controller)
        new = RightRequest(id=event.request, right=event.right, invoked=event.invoked, parts=(asked,))
        return msgspec.structs.replace(citizen, rights=(*citizen.rights, new))
    rights = (
        msgspec.structs.replace(each, parts=parts_after(each.parts, event)) if each.id == event.request else each
        for each in citizen.rights
    )
    return msgspec.structs.replace(citizen, rights=tuple(rights))


def parts_after(parts: tuple[Part, ...], event: RightInvoked | RightDecided | RestrictionLifted) -> tuple[Part, ...]:
    if isinstance(event, RightInvoked):
        return (*parts, Part(controller=event.controller))
    return tuple(answered(part, event) if part.controller == event.controller else part for part in parts)


def answered(part: Part, event: RightDecided | RestrictionLifted) -> Part:
    if isinstance(event, RestrictionLifted):
        return msgspec.structs.replace(part, lifted=event.lifted)
    return msgspec.structs.replace(
        part, outcome=event.outcome, ground=event.ground, keys=event.keys, decided=event.decided
    )
