"""What waits for a controller to decide or to look into: requests by the citizen, findings of log control."""

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context
from tests.gateway.world import CITIZEN, ERASURE, FAMILY, NGO, RESTRICTION, stamp


class Oversight:
    """The part of InMemory that is about rights and control."""

    answered = False
    """Whether the family unit has decided."""

    def _list_rights(self, _question: consents.ListRights, caller: Context) -> consents.RightList:
        refused = consents.RightPart(controller=FAMILY, outcome="refused", ground="legal-obligation", decided=stamp(1))
        family = refused if self.answered else consents.RightPart(controller=FAMILY)
        erasure = consents.RightRequest(
            id=ERASURE,
            right="erasure",
            invoked=stamp(31),
            status="requested",
            parts=[family, consents.RightPart(controller=NGO, outcome="granted", decided=stamp(2))],
        )
        restricted = consents.RightPart(controller=FAMILY, outcome="restricted", decided=stamp(9))
        restriction = consents.RightRequest(
            id=RESTRICTION, right="restriction", invoked=stamp(10), status="restricted", parts=[restricted]
        )
        found = consents.RightList(requests=[erasure, restriction])
        if caller.role != "citizen":
            for one in found.requests:
                own = [part for part in one.parts if part.controller == caller.organisation]
                del one.parts[:]
                one.parts.extend(own)
        return found

    def _list_rights_to_decide(
        self, _question: consents.ListRightsToDecide, caller: Context
    ) -> consents.RightsToDecide:
        one = consents.RightToDecide(citizen=CITIZEN, request=ERASURE, right="erasure", invoked=stamp(31))
        return consents.RightsToDecide(requests=[one] if caller.organisation == FAMILY and not self.answered else [])
