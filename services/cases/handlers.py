"""Commands about cases: load, authorize, decide, append."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common

from libs.eventlog import Loaded, derived_id
from libs.host.calls import Caller
from services.cases.case import CASE, Linking, Opening
from services.cases.errors import CaseUnknown
from services.cases.state import Case
from services.cases.subjects import subject_of

if TYPE_CHECKING:
    from services.cases.service import Cases


def open_case(service: "Cases", request: cases.OpenCase, caller: Caller) -> common.Recorded:
    """Opening the same case again is answered by the log: the id follows from the command's."""
    service.authorizer.require(caller, "OpenCase", {"role": "", "self": False})
    case = derived_id(caller.command_id, "case")
    return execute(service, case, Opening(case, request), caller, lambda _: subject_of(request.subject_code))


def change_case(service: "Cases", request: Any, caller: Caller) -> common.Recorded:
    """Any command to a case that the caller's organisation takes part in."""
    return execute(service, request.case, request, caller, lambda case: authorize(service, case, request, caller))


def link_case(service: "Cases", request: cases.LinkCase, caller: Caller) -> common.Recorded:
    """The other case is linked back by a policy (policies.py)."""
    other = service.log.load(CASE, request.other).state

    def check(case: Case) -> None:
        authorize(service, case, request, caller)
        must_know(other, request.other, caller)

    return execute(service, request.case, Linking(request, other.sensitivity), caller, check)


def authorize(service: "Cases", case: Case, request: Any, caller: Caller) -> None:
    """Raises CaseUnknown and RoleMissing."""
    must_know(case, request.case, caller)
    about = {
        "role": case.role_of(caller.organisation, caller.now),
        "self": getattr(request, "organisation", "") == caller.organisation,
    }
    service.authorizer.require(caller, type(request).__name__, about)


def must_know(case: Case, case_id: str, caller: Caller) -> None:
    """Raises CaseUnknown, for a case that there is not and for one that the caller may not know of."""
    if not case.is_known_to(caller.organisation, caller.actor, caller.now):
        raise CaseUnknown(case=case_id)


def visible(service: "Cases", case_id: str, caller: Caller) -> Loaded[Case]:
    """The case, if the caller may know of it. Raises CaseUnknown."""
    loaded = service.log.load(CASE, case_id)
    must_know(loaded.state, case_id, caller)
    return loaded


def execute(
    service: "Cases", case: str, command: Any, caller: Caller, check: Callable[[Case], object]
) -> common.Recorded:
    result = service.log.execute(CASE, case, command, caller, check)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


HANDLERS: Final[Mapping[type[Message], Callable[["Cases", Any, Caller], Message]]] = {
    cases.OpenCase: open_case,
    cases.JoinCase: change_case,
    cases.LeaveCase: change_case,
    cases.WriteNote: change_case,
    cases.PlanAction: change_case,
    cases.CompleteAction: change_case,
    cases.RecordDecision: change_case,
    cases.SuspendCase: change_case,
    cases.ResumeCase: change_case,
    cases.ExtendCase: change_case,
    cases.CloseCase: change_case,
    cases.ReopenCase: change_case,
    cases.LinkCase: link_case,
}
