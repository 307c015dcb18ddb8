"""What became of a referral is noted in its case, once, and for those only who may follow it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from samspor.cases.v1 import cases_pb2 as cases
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import derived_id, new_id
from libs.host.times import timestamp
from libs.spec.scenario import CONTEXT, NOW, given
from services.cases.case import CASE
from services.cases.events import ActionCompleted, ReferralOutcomeNoted
from services.cases.outcomes import NoteOutcome
from tests.cases.test_case import ABOUT, ACTION, CITIZEN, HISTORIES
from tests.referrals.mentoring import NEEDED, Mentoring
from tests.rpc.office import FAMILY, MARIA, MENTOR, NGO, SCHOOL, STRANGER, TEACHER, Office, Person

REFERRAL: Final = "01890a5d-ac96-774b-bcce-b302099a8009"
COMPLETED: Final = NoteOutcome(CITIZEN, REFERRAL, NGO, "completed", NOW, outcome="goal_reached", action=ACTION)
NOTED: Final = ReferralOutcomeNoted(
    **ABOUT,
    category="referral",
    referral=REFERRAL,
    sender=CONTEXT.organisation,
    recipient=NGO,
    status="completed",
    outcome="goal_reached",
    at=NOW,
)
DONE: Final = ActionCompleted(**ABOUT, action=ACTION)


@pytest.mark.parametrize("status", HISTORIES)
def test_an_outcome_is_a_fact_in_every_status(status: str) -> None:
    state = given(CASE, *HISTORIES[status]).when(COMPLETED).then(NOTED, DONE).state
    assert (state.status, state.actions[ACTION].completed) == (status, True)
    assert state.referrals[REFERRAL].outcome == "goal_reached"


@pytest.mark.parametrize("changes", [{"action": ""}, {"action": REFERRAL}, {"status": "accepted", "outcome": ""}])
def test_no_other_action_is_done_by_it(changes: dict[str, Any]) -> None:
    command = msgspec.structs.replace(COMPLETED, **changes)
    recorded = {name: value for name, value in changes.items() if name != "action"}
    given(CASE, *HISTORIES["open"]).when(command).then(msgspec.structs.replace(NOTED, **recorded))


def test_what_is_done_already_is_not_done_again() -> None:
    given(CASE, *HISTORIES["open"], DONE).when(COMPLETED).then(NOTED)


def test_a_referral_that_only_names_the_case_says_nothing_in_it() -> None:
    """Any id can be written into a referral: the case of somebody else, or one that its sender has no part in."""
    given(CASE).when(COMPLETED).then()
    given(CASE, *HISTORIES["open"]).when(msgspec.structs.replace(COMPLETED, citizen=REFERRAL)).then()
    given(CASE, *HISTORIES["open"]).when(COMPLETED, organisation=NGO).then()


class Effort:
    """A case with an action in its plan, from which a referral is made."""

    def __init__(self, office: Office) -> None:
        self.mentoring, self.office = Mentoring(office), office
        self.mentoring.consent()
        citizen = self.mentoring.citizen
        opening = cases.OpenCase(citizen=citizen, subject_code="27.24.00", title="Help", legal_basis=LAW)
        self.case = office.send(opening, MARIA).id
        for organisation, role in ((SCHOOL, "caseworker"), (NGO, "contributor")):
            joining = cases.JoinCase(case=self.case, organisation=organisation, role=role, legal_basis=LAW)
            office.send(joining, MARIA)
        due, command_id = timestamp(datetime.now(UTC) + timedelta(days=9)), new_id()
        office.send(cases.PlanAction(case=self.case, title="A mentor", owner=FAMILY, due=due), MARIA, command_id)
        self.action = derived_id(command_id, "action")

    def requested(self) -> str:
        draft = referrals.DraftReferral(
            citizen=self.mentoring.citizen,
            case=self.case,
            recipient=NGO,
            purpose="mentoring",
            categories=NEEDED,
            reason="A mentor",
            action=self.action,
        )
        made = self.office.send(draft, MARIA).id
        return self.office.send(referrals.RequestReferral(referral=made), MARIA).id

    def told(self, person: Person = MARIA) -> cases.Case:
        self.office.turn("cases", "referrals")
        return self.office.ask(cases.GetCase(case=self.case), cases.Case, person)

    def outcomes(self, person: Person = MARIA) -> list[tuple[str, str, str]]:
        return [(each.status, each.outcome, each.reason) for each in self.told(person).referrals]


LAW: Final = "barnets-lov-stoette"


@pytest.fixture
def effort(office: Office) -> Effort:
    return Effort(office)


def test_the_loop_closes_to_case_and_action(effort: Effort) -> None:
    referral = effort.requested()
    assert effort.outcomes() == []
    effort.office.send(referrals.AcceptReferral(referral=referral), MENTOR)
    assert effort.outcomes() == [("accepted", "", "")]
    assert not effort.told().actions[0].completed
    effort.office.send(referrals.CompleteReferral(referral=referral, outcome="partly_reached"), MENTOR)
    case = effort.told()
    (one,) = case.referrals
    assert (one.referral, one.recipient, one.status, one.outcome) == (referral, NGO, "completed", "partly_reached")
    assert case.actions[0].completed


@pytest.mark.parametrize(
    ("step", "person", "told"),
    [
        (referrals.RejectReferral(reason="no_capacity", note="Full"), MENTOR, ("rejected", "", "no_capacity")),
        (referrals.CancelReferral(reason="recalled"), MARIA, ("cancelled", "", "recalled")),
        (referrals.MarkReferralInError(reason="duplicate"), MARIA, ("entered-in-error", "", "duplicate")),
    ],
)
def test_it_closes_whatever_becomes_of_it(
    effort: Effort, step: Any, person: Person, told: tuple[str, str, str]
) -> None:
    step.referral = effort.requested()
    effort.office.send(step, person)
    assert effort.outcomes() == [told]
    assert not effort.told().actions[0].completed


def test_it_is_noted_once_however_often_it_is_told(effort: Effort) -> None:
    effort.office.send(referrals.AcceptReferral(referral=effort.requested()), MENTOR)
    version = effort.told().version
    effort.office.begin_anew("cases", "referrals")
    assert effort.told().version == version


def test_who_helps_in_a_case_does_not_follow_the_referrals_of_others(effort: Effort) -> None:
    effort.office.send(referrals.AcceptReferral(referral=effort.requested()), MENTOR)
    assert effort.outcomes(TEACHER) == [("accepted", "", "")]
    assert effort.outcomes(MENTOR) == []


def test_the_case_of_others_is_not_written_in(effort: Effort, office: Office) -> None:
    """A stranger who knows the case's id, and even refers its citizen, leaves no trace in it."""
    citizen = office.citizen(new_id(), STRANGER)
    draft = referrals.DraftReferral(
        citizen=citizen, case=effort.case, recipient=NGO, purpose="mentoring", categories=["family"], reason="?"
    )
    made = office.send(draft, STRANGER).id
    office.send(referrals.CancelReferral(referral=made, reason="recalled"), STRANGER)
    assert effort.outcomes() == []
