"""Commands and the question about a citizen's rights: who may, what must come first, and what follows."""

from typing import TYPE_CHECKING

from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.calls import Caller
from libs.host.times import timestamp
from services.consents.citizen import CITIZEN
from services.consents.handlers import execute, is_oneself, must_know, relation, represents
from services.consents.rights import Invocation, Ruling, part_of, request_id, status_of
from services.consents.state import STAFF, Citizen, Part, RightRequest

if TYPE_CHECKING:
    from services.consents.service import Consents


def invoke_right(service: "Consents", command: consents.InvokeRight, caller: Caller) -> common.Recorded:
    """A repetition asks those whom the first one asked, whoever has got a key meanwhile."""

    def check(citizen: Citizen) -> None:
        must_know(citizen, command.citizen, caller)
        service.authorizer.require(caller, "InvokeRight", relation(citizen, caller))

    citizen = service.log.load(CITIZEN, command.citizen).state
    check(citizen)
    made = [each for each in citizen.rights if each.id == request_id(caller.command_id)]
    asked = tuple(part.controller for each in made for part in each.parts) or tuple(dict.fromkeys(command.controllers))
    invocation = Invocation(command, asked or service.keys.controllers(command.citizen))
    return execute(service, command.citizen, invocation, caller, check)


def decide_right(service: "Consents", command: consents.DecideRight, caller: Caller) -> common.Recorded:
    """Granting: what would be refused is refused first; then the keys are retired, the decision recorded, the keys
    destroyed. Raises the refusals of rights.rule, ErasureCaseOpen, ErasureRetention, ErasureBusy."""

    def check(citizen: Citizen) -> None:
        must_be_controller(service, citizen, command, caller)

    citizen = service.log.load(CITIZEN, command.citizen).state
    check(citizen)
    if command.outcome != "granted":
        return execute(service, command.citizen, Ruling(command), caller, check)
    keys = keys_to_destroy(service, citizen, command, caller)
    recorded = execute(service, command.citizen, Ruling(command, keys), caller, check)
    service.destruction.carry_out(keys)
    service.keys.forget(keys)
    if command.controller == citizen.registered_by:
        service.digests.forget_address(command.citizen)
    return recorded


def keys_to_destroy(
    service: "Consents", citizen: Citizen, command: consents.DecideRight, caller: Caller
) -> tuple[str, ...]:
    """Those that the decision named, if this is its repetition. Raises as decide_right."""
    _, part = part_of(citizen, command.request, command.controller)
    if part.outcome == "granted":
        return part.keys
    CITIZEN.decide(citizen, Ruling(command), caller)
    service.case_records.must_be_past_keeping(command.citizen, command.controller, caller.now.date())
    return service.destruction.prepare(command.citizen, command.controller)


def lift_restriction(service: "Consents", command: consents.LiftRestriction, caller: Caller) -> common.Recorded:
    def check(citizen: Citizen) -> None:
        must_be_controller(service, citizen, command, caller)

    return execute(service, command.citizen, command, caller, check)


def must_be_controller(
    service: "Consents",
    citizen: Citizen,
    command: consents.DecideRight | consents.LiftRestriction,
    caller: Caller,
) -> None:
    """Raises CitizenUnknown, RoleMissing."""
    must_be_party(citizen, command.citizen, caller)
    service.authorizer.require(caller, type(command).__name__, {"controller": command.controller})


def must_be_party(citizen: Citizen, citizen_id: str, caller: Caller) -> None:
    """Who was asked knows that there is the citizen, also when every basis has ended. Raises CitizenUnknown."""
    if not is_party(citizen, caller):
        must_know(citizen, citizen_id, caller)


def is_party(citizen: Citizen, caller: Caller) -> bool:
    """Whether the caller's organisation was asked, and the caller is of those who answer for it."""
    answers = caller.role in (*STAFF, "auditor")
    return answers and any(request.part(caller.organisation) for request in citizen.rights)


def list_rights(service: "Consents", question: consents.ListRights, caller: Caller) -> consents.RightList:
    citizen = service.log.load(CITIZEN, question.citizen).state
    must_be_party(citizen, question.citizen, caller)
    about = relation(citizen, caller) | {"party": is_party(citizen, caller)}
    service.authorizer.require(caller, "ListRights", about)
    shown = ((request, parts_for(request, citizen, caller)) for request in reversed(citizen.rights))
    return consents.RightList(requests=[request_message(request, parts) for request, parts in shown if parts])


def parts_for(request: RightRequest, citizen: Citizen, caller: Caller) -> tuple[Part, ...]:
    """An organisation is not told who else keeps text about the citizen, nor a representative who does so in hiding."""
    if is_oneself(citizen, caller):
        return request.parts
    if represents(citizen, caller):
        return tuple(part for part in request.parts if part.controller not in citizen.hidden)
    return tuple(part for part in request.parts if part.controller == caller.organisation)


def request_message(request: RightRequest, parts: tuple[Part, ...]) -> consents.RightRequest:
    return consents.RightRequest(
        id=request.id,
        right=request.right,
        invoked=timestamp(request.invoked),
        status=status_of(parts),
        parts=[
            consents.RightPart(
                controller=part.controller,
                outcome=part.outcome or "",
                ground=part.ground,
                decided=timestamp(part.decided),
                lifted=timestamp(part.lifted),
            )
            for part in parts
        ],
    )
