"""Commands of control: runs, what people think of findings, and who staff are as citizens."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Result, derived_id
from libs.host.calls import Caller
from services.consents.control.errors import FindingUnknown
from services.consents.control.examine import go_on, must_be_listed
from services.consents.control.finding import FINDING, Finding
from services.consents.control.run import CONTROL
from services.consents.identity import normal
from services.consents.member import MEMBER, member_id

if TYPE_CHECKING:
    from services.consents.service import Consents


def run_control(service: "Consents", request: consents.RunControl, caller: Caller) -> common.Recorded:
    """Begins a run and examines what about a second is enough for; given again, the command goes on with it."""
    service.authorizer.require(caller, "RunControl", whose(request.organisation, caller))
    control = derived_id(caller.command_id, "control")
    if not service.log.load(CONTROL, control).version:
        must_be_listed(service)
    begun = service.log.execute(CONTROL, control, request, caller)
    go_on(service, control, caller)
    return recorded(begun)


def change_finding(service: "Consents", request: Any, caller: Caller) -> common.Recorded:
    """AssessFinding and CloseFinding."""

    def check(finding: Finding) -> None:
        must_see(finding, request.finding, caller)
        action = type(request).__name__
        service.authorizer.require(caller, action, whose(finding.organisation, caller))

    return recorded(service.log.execute(FINDING, request.finding, request, caller, check))


def register_staff_identity(
    service: "Consents", request: consents.RegisterStaffIdentity, caller: Caller
) -> common.Recorded:
    """The log has that it was said; the digests are written after it, and again when the command is repeated."""
    service.authorizer.require(caller, "RegisterStaffIdentity", {})
    identifier, organisation = request.identifier, caller.organisation
    value = normal(identifier.system, identifier.value)
    said = service.log.execute(MEMBER, member_id(organisation, request.person), request, caller)
    service.digests.put_staff(organisation, request.person, identifier.system, value, request.address)
    return recorded(said)


def must_see(finding: Finding, finding_id: str, caller: Caller) -> None:
    """Raises FindingUnknown, for one that there is not and for one of another organisation."""
    if not finding.citizen or not (caller.role == "auditor" or caller.organisation == finding.organisation):
        raise FindingUnknown(finding=finding_id)


def whose(organisation: str, caller: Caller) -> dict[str, bool]:
    """What policies see: whether it is about the caller's own people."""
    return {"own_people": organisation == caller.organisation}


def recorded(result: Result) -> common.Recorded:
    return common.Recorded(id=result.id, version=result.version, position=result.position)


CONTROL_HANDLERS: Final[Mapping[type[Message], Callable[["Consents", Any, Caller], Message]]] = {
    consents.RegisterStaffIdentity: register_staff_identity,
    consents.RunControl: run_control,
    consents.AssessFinding: change_finding,
    consents.CloseFinding: change_finding,
}
