"""What the citizen of the tests has arranged: a request that waits, a block, a representative; and an emergency."""

from typing import Any

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Kind
from libs.host.errors import Refused
from tests.gateway.world import (
    BLOCK,
    CITIZEN,
    CONSENT,
    EMERGENCY,
    FAMILY,
    HOUSING,
    JOBS,
    NGO,
    OTHER,
    RELATIVE,
    REPRESENTATION,
    REQUEST,
    SCHOOL,
    WITHDRAWN,
    period,
    stamp,
    uid,
)


class Steering:
    """The part of InMemory that is about consents."""

    statuses: dict[str, str]
    reader = "p-school"
    """Who broke the glass."""

    def _may_know(self, citizen: str, caller: Context) -> None:
        parties = {CITIZEN: (CITIZEN, RELATIVE), RELATIVE: (RELATIVE,), OTHER: (OTHER,)}.get(citizen, ())
        if caller.actor not in parties and (citizen != CITIZEN or caller.role == "citizen"):
            raise Refused(Kind.UNKNOWN, "CITIZEN_UNKNOWN", "")

    def _list_bases(self, question: consents.ListBases, caller: Context) -> consents.BasisList:
        self._may_know(question.citizen, caller)
        return consents.BasisList(bases=[self._given(), self._past(), self._lawful(), self._asked()])

    def _given(self) -> consents.Basis:
        return consents.Basis(
            id=CONSENT,
            kind="gdpr_consent",
            organisation=NGO,
            purposes=["mentoring"],
            categories=["family", "housing", "education"],
            status=self.statuses[CONSENT],
            since=stamp(24),
            period=period(24, -340),
            given_how="written",
        )

    def _past(self) -> consents.Basis:
        return consents.Basis(
            id=WITHDRAWN,
            kind="gdpr_consent",
            organisation=NGO,
            purposes=["mentoring"],
            categories=["economy"],
            status="withdrawn",
            since=stamp(60),
            period=period(60, 5),
            given_how="digital",
        )

    def _lawful(self) -> consents.Basis:
        return consents.Basis(
            id=uid("basis"),
            kind="statutory",
            organisation=JOBS,
            law="beskaeftigelsesindsats",
            purposes=["casework"],
            categories=["employment", "education"],
            status="active",
            since=stamp(140),
        )

    def _asked(self) -> consents.Basis:
        return consents.Basis(
            id=REQUEST,
            kind="gdpr_consent",
            organisation=NGO,
            purposes=["mentoring", "coordination"],
            categories=["economy", "health"],
            sources=[HOUSING],
            status=self.statuses[REQUEST],
            period=period(1, -200.3),
        )

    def _get_standing(self, question: consents.GetStanding, caller: Context) -> consents.Standing:
        self._may_know(question.citizen, caller)
        mother = consents.Representation(
            id=REPRESENTATION,
            representative=RELATIVE,
            relation="power_of_attorney",
            period=period(30, -300),
            status="in_force",
            name="Hanne Prøvesen",
        )
        return consents.Standing(
            blocks=[consents.Block(id=BLOCK, organisation=NGO, categories=["crime"], period=period(3, None))],
            representations=[mother],
            emergencies=[self._emergency()],
            registered_by=FAMILY,
        )

    def _emergency(self) -> consents.Emergency:
        return consents.Emergency(
            id=EMERGENCY,
            citizen=CITIZEN,
            organisation=SCHOOL,
            actor=self.reader,
            purpose="casework",
            categories=["family", "health"],
            period=period(9, 8.9),
            finding=self.statuses[EMERGENCY],
            review_by=stamp(2),
        )

    def _get_emergency(self, question: consents.GetEmergency, caller: Context) -> consents.Emergency:
        self._may_know(question.citizen, caller)
        found = self._emergency()
        found.reason, found.note = "Barnet var alene.", "Der var ingen anden vej." if found.finding else ""
        return found

    def _list_represented(self, _question: consents.ListRepresented, caller: Context) -> consents.RepresentedList:
        one = consents.Represented(citizen=CITIZEN, representation=REPRESENTATION, relation="power_of_attorney")
        return consents.RepresentedList(citizens=[one] if caller.actor == RELATIVE else [])

    def _list_withdrawals(self, _question: consents.ListWithdrawals, caller: Context) -> consents.WithdrawalList:
        one = consents.Withdrawal(
            citizen=CITIZEN, consent=WITHDRAWN, status="withdrawn", categories=["economy"], time=stamp(5)
        )
        return consents.WithdrawalList(withdrawals=[one] if caller.organisation == NGO else [])

    def _list_reviews(self, question: consents.ListReviews, _caller: Context) -> consents.ReviewList:
        found = [one for one in [self._emergency()] if bool(one.finding) == question.reviewed]
        return consents.ReviewList(emergencies=found)

    def _explain_access(self, question: consents.ExplainAccess, caller: Context) -> consents.AccessExplained:
        self._may_know(question.citizen, caller)
        decision = consents.Decision(
            outcome="stub",
            reason="CONSENT_MISSING",
            policies=["know_what_is_withheld"],
            sentences={"da": "Der er intet samtykke.", "sv": "Inget samtycke.", "en": "There is no consent."},
        )
        weighed = [consents.BasisWeighed(basis=self._given(), missing=["category", "period"])]
        facts = {"own": "no", "related": "yes", "sensitivity": "normal", "purpose": "mentoring"}
        return consents.AccessExplained(decision=decision, policy_set="ab" * 32, facts=facts, bases=weighed)

    def _seen_under(self, question: consents.SeenUnder, caller: Context) -> consents.SeenUnderConsent:
        self._may_know(question.citizen, caller)
        by = consents.SeenBy(
            organisation=NGO, readings=2, first=stamp(20), last=stamp(6), seen={"economy": 3}, entries=["a/1", "b/1"]
        )
        return consents.SeenUnderConsent(organisations=[by])

    def _identify(self, question: consents.Identify, caller: Context) -> consents.Identified:
        stranger = caller.role == "citizen" and caller.actor not in (CITIZEN, RELATIVE)
        names: dict[str, Any] = {} if stranger else {CITIZEN: "Sofie Prøvesen"}
        return consents.Identified(
            identities=[
                consents.Identity(citizen=one, name=names.get(one, ""), postal_code="5000" if question.area else "")
                for one in question.citizens
            ]
        )

    def _find_citizen(self, question: consents.FindCitizen, _caller: Context) -> consents.CitizenFound:
        known = {"0101901234": CITIZEN, "0202701234": RELATIVE, "0303801234": OTHER}
        if question.identifier.value not in known:
            raise Refused(Kind.UNKNOWN, "CITIZEN_UNKNOWN", "")
        return consents.CitizenFound(citizen=known[question.identifier.value])
