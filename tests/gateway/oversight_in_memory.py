"""The household, and what waits for a controller: requests by the citizen, findings of log control."""

from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context
from tests.gateway.world import (
    CITIZEN,
    CONTROL,
    ERASURE,
    FAMILY,
    FINDING,
    LINK,
    NGO,
    RELATIVE,
    RESTRICTION,
    period,
    stamp,
)


class Oversight:
    """The part of InMemory that is about households, rights and control."""

    answered = False
    """Whether the family unit has decided."""

    def _list_household(self, _question: consents.ListHousehold, _caller: Context) -> consents.Household:
        parent = consents.Relative(link=LINK, citizen=RELATIVE, relation="parent", since=stamp(40))
        return consents.Household(relatives=[parent])

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

    status = "open"
    """Of the finding."""
    examined = 100
    """Access records, of 250, that the run has examined."""

    def _finding(self) -> consents.Finding:
        return consents.Finding(
            id=FINDING,
            organisation=FAMILY,
            rule="many_lookups",
            status=self.status,
            reader="p-other",
            citizen=CITIZEN,
            looked=stamp(3),
            purpose="casework",
            numbers={"citizens": 61, "minutes": 60},
            assessment="" if self.status == "open" else "unclear",
        )

    def _list_findings(self, question: consents.ListFindings, _caller: Context) -> consents.FindingList:
        fits = question.organisation == FAMILY and question.status in ("", self.status)
        return consents.FindingList(findings=[self._finding()] if fits else [])

    def _get_finding(self, _question: consents.GetFinding, _caller: Context) -> consents.Finding:
        found = self._finding()
        if found.assessment:
            said = consents.Assessment(time=stamp(1), actor="p-family", assessment="unclear", note="Spørger Mette.")
            found.assessments.append(said)
        return found

    def _control(self) -> consents.Control:
        return consents.Control(
            id=CONTROL,
            organisation=FAMILY,
            period=period(31, 1),
            time=stamp(0.1),
            actor="p-family",
            rulebook="cd" * 32,
            examined=self.examined,
            total=250,
            found={"many_lookups": 3},
            raised=1,
            complete=self.examined >= 250,
        )

    def _list_controls(self, _question: consents.ListControls, _caller: Context) -> consents.ControlList:
        return consents.ControlList(controls=[self._control()])

    def _get_control(self, _question: consents.GetControl, _caller: Context) -> consents.Control:
        return self._control()

    def _run_control(self, _command: consents.RunControl, _caller: Context) -> common.Recorded:
        self.examined += 150
        return common.Recorded(id=CONTROL, version=1, position=1)
