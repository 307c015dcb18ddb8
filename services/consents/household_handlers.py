"""Commands and the question about households. Nobody learns of a relative whom they may not know."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.calls import Caller
from libs.host.times import timestamp
from services.consents.access import Shown, record_access
from services.consents.citizen import CITIZEN
from services.consents.decisions import FULL, AccessClass, Decision
from services.consents.errors import HouseholdLinkUnknown
from services.consents.handlers import execute, known, must_know, relation
from services.consents.state import Citizen, named

if TYPE_CHECKING:
    from services.consents.service import Consents


def link_household(service: "Consents", request: consents.LinkHousehold, caller: Caller) -> common.Recorded:
    """The other citizen is told by a policy (household_policies.py)."""
    other = service.log.load(CITIZEN, request.other).state

    def check(citizen: Citizen) -> None:
        must_know(citizen, request.citizen, caller)
        service.authorizer.require(caller, "LinkHousehold", relation(citizen, caller))
        must_know(other, request.other, caller)
        service.authorizer.require(caller, "LinkHousehold", relation(other, caller))

    return execute(service, request.citizen, request, caller, check)


def unlink_household(service: "Consents", request: consents.UnlinkHousehold, caller: Caller) -> common.Recorded:
    def check(citizen: Citizen) -> None:
        must_know(citizen, request.citizen, caller)
        service.authorizer.require(caller, "UnlinkHousehold", relation(citizen, caller))
        relative = named(citizen.relatives, request.link)
        if relative and not service.log.load(CITIZEN, relative.other).state.has_to_do_with(caller, caller.now):
            raise HouseholdLinkUnknown(link=request.link)

    return execute(service, request.citizen, request, caller, check)


def list_household(service: "Consents", request: consents.ListHousehold, caller: Caller) -> consents.Household:
    """Each of those named is looked at, and it is written down for each before the answer."""
    citizen = known(service, request.citizen, caller)
    verdict = service.authorizer.require(caller, "ListHousehold", relation(citizen, caller))
    others = {each.other: service.log.load(CITIZEN, each.other).state for each in citizen.relatives}
    shown = [each for each in citizen.relatives if others[each.other].has_to_do_with(caller, caller.now)]
    looked_at = {citizen.id: citizen} | {each.other: others[each.other] for each in shown}

    def record(one: Citizen) -> None:
        household = AccessClass(one.registered_by, "family", "normal", "")
        decision = Decision(FULL, "HOUSEHOLD_LISTED", policies=verdict.policies)
        purpose = "audit" if caller.role == "auditor" else "casework"
        record_access(service, one.id, purpose, [Shown(household, decision, "")], caller)

    for written in [service.together.submit(record, one) for one in looked_at.values()]:
        written.result()
    return consents.Household(
        relatives=[
            consents.Relative(link=each.id, citizen=each.other, relation=each.relation, since=timestamp(each.since))
            for each in shown
        ]
    )


HOUSEHOLD_HANDLERS: Final[Mapping[type[Message], Callable[["Consents", Any, Caller], Message]]] = {
    consents.LinkHousehold: link_household,
    consents.UnlinkHousehold: unlink_household,
}
HOUSEHOLD_QUERIES: Final[Mapping[type[Message], Callable[["Consents", Any, Caller], Message]]] = {
    consents.ListHousehold: list_household,
}
