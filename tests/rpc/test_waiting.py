"""What waits for somebody: emergencies with what was written, citizens to act for, withdrawals to acknowledge."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import derived_id
from libs.host.errors import Refused
from libs.host.times import period
from tests.rpc.office import (
    AUDITOR,
    FAMILY,
    MARIA,
    MENTOR,
    NGO,
    STRANGER,
    STRANGERS,
    TEACHER,
    Office,
    Person,
    oneself,
)
from tests.rpc.steps import NOW

ELSEWHERE = Person("head", TEACHER.organisation, "coordinator")
REASON, NOTE = "The child was alone.", "There was no other way."


@pytest.fixture
def citizen(office: Office) -> str:
    return office.citizen(str(uuid4()))


@pytest.fixture
def emergency(office: Office, citizen: str) -> str:
    command_id = str(uuid4())
    command = consents.BreakGlass(citizen=citizen, purpose="casework", categories=["family"], reason=REASON, hours=1)
    office.send(command, TEACHER, command_id)
    return derived_id(command_id, "emergency")


def written(office: Office, citizen: str, emergency: str, person: Person) -> consents.Emergency:
    question = consents.GetEmergency(citizen=citizen, emergency=emergency)
    return office.ask(question, consents.Emergency, person)


def refusal(office: Office, question: Any, answer: Any, person: Person) -> str:
    with pytest.raises(Refused) as no:
        office.ask(question, answer, person)
    return no.value.reason


def test_reviewers_and_the_citizen_read_why_and_what_was_found(office: Office, citizen: str, emergency: str) -> None:
    first = written(office, citizen, emergency, MARIA)
    assert (first.reason, first.note, first.finding, first.actor) == (REASON, "", "", "")
    review = consents.ReviewBreakGlass(citizen=citizen, emergency=emergency, finding="justified", note=NOTE)
    office.send(review, MARIA)
    for person in (MARIA, AUDITOR, oneself(citizen)):
        found = written(office, citizen, emergency, person)
        assert (found.reason, found.note, found.finding) == (REASON, NOTE, "justified")
    assert written(office, citizen, emergency, AUDITOR).actor == TEACHER.name


def test_reading_it_is_on_record(office: Office, citizen: str, emergency: str) -> None:
    written(office, citizen, emergency, AUDITOR)
    looked = office.ask(consents.ListAccess(citizen=citizen), consents.AccessList, oneself(citizen)).accesses[0]
    assert (looked.organisation, looked.purpose, dict(looked.seen)) == (STRANGERS, "audit", {"administrative": 1})


@pytest.mark.parametrize("person", [TEACHER, ELSEWHERE, STRANGER, MENTOR, Person("x", FAMILY, "caseworker")])
def test_nobody_else_reads_it_not_even_the_reader(office: Office, citizen: str, emergency: str, person: Person) -> None:
    before = office.recorded()
    question = consents.GetEmergency(citizen=citizen, emergency=emergency)
    assert refusal(office, question, consents.Emergency, person) in ("ROLE_MISSING", "CITIZEN_UNKNOWN")
    assert office.recorded() == before


def test_no_emergency_is_no_emergency(office: Office, citizen: str) -> None:
    question = consents.GetEmergency(citizen=citizen, emergency=str(uuid4()))
    for person in (MARIA, AUDITOR):
        assert refusal(office, question, consents.Emergency, person) == "EMERGENCY_UNKNOWN"


def test_one_finds_those_one_acts_for_while_one_does(office: Office, citizen: str) -> None:
    other = office.citizen(str(uuid4()))
    made: list[str] = []
    for days in (50, 40):
        command_id = str(uuid4())
        command = consents.AppointRepresentative(
            citizen=citizen,
            representative=other,
            relation="guardian",
            period=period(None, NOW + timedelta(days=days)),
            evidence_digest="ab" * 32,
        )
        office.send(command, MARIA, command_id)
        made.insert(0, derived_id(command_id, "representation"))
    office.catch_up("consents")

    def represented(page: common.PageRequest) -> consents.RepresentedList:
        return office.ask(consents.ListRepresented(page=page), consents.RepresentedList, oneself(other))

    first = represented(common.PageRequest(size=1))
    second = represented(common.PageRequest(size=1, token=first.page.next))
    assert [one.representation for one in (*first.citizens, *second.citizens)] == made
    assert {one.citizen for one in (*first.citizens, *second.citizens)} == {citizen}
    assert second.page.next == ""
    office.send(consents.EndRepresentation(citizen=citizen, representation=made[0]), MARIA)
    office.catch_up("consents")
    assert [one.representation for one in represented(common.PageRequest()).citizens] == made[1:]
    mine = office.ask(consents.ListRepresented(), consents.RepresentedList, oneself(citizen))
    assert not mine.citizens, "whom one is represented by is another matter"


def test_a_withdrawal_waits_until_the_holder_acknowledges_it(office: Office, citizen: str) -> None:
    command_id = str(uuid4())
    terms = consents.GiveConsent(
        citizen=citizen,
        kind="gdpr_consent",
        grantee=NGO,
        purposes=["mentoring"],
        categories=["crime", "family"],
        period=period(None, NOW + timedelta(days=100)),
        given_how="written",
        notice_version="1",
    )
    office.send(terms, MARIA, command_id)
    consent = derived_id(command_id, "consent")
    office.send(consents.WithdrawConsent(citizen=citizen, consent=consent, categories=["crime"]), oneself(citizen))
    office.catch_up("consents")

    def waiting(person: Person) -> dict[str, consents.Withdrawal]:
        answer = office.ask(consents.ListWithdrawals(), consents.WithdrawalList, person)
        return {one.consent: one for one in answer.withdrawals}

    found = waiting(MENTOR)[consent]
    assert (found.citizen, found.status, list(found.categories)) == (citizen, "withdrawn", ["crime"])
    assert consent not in waiting(MARIA)
    assert refusal(office, consents.ListWithdrawals(), consents.WithdrawalList, AUDITOR) == "ROLE_MISSING"
    office.send(consents.AcknowledgeWithdrawal(citizen=citizen, consent=consent), MENTOR)
    office.catch_up("consents")
    assert consent not in waiting(MENTOR)


def test_a_request_waits_until_the_controller_decides(office: Office, citizen: str) -> None:
    command_id = str(uuid4())
    invoked = consents.InvokeRight(citizen=citizen, right="restriction", controllers=[FAMILY, NGO])
    office.send(invoked, oneself(citizen), command_id)
    request = derived_id(command_id, "request")
    office.catch_up("consents")
    head = Person("head", NGO, "coordinator")

    def waiting(person: Person) -> dict[str, consents.RightToDecide]:
        answer = office.ask(consents.ListRightsToDecide(), consents.RightsToDecide, person)
        return {one.request: one for one in answer.requests}

    found = waiting(MARIA)[request]
    assert (found.citizen, found.right) == (citizen, "restriction")
    office.send(consents.DecideRight(citizen=citizen, request=request, controller=FAMILY, outcome="restricted"), MARIA)
    office.catch_up("consents")
    assert request not in waiting(MARIA)
    assert request in waiting(head), "each controller decides for itself"
    assert request not in waiting(STRANGER)
    assert refusal(office, consents.ListRightsToDecide(), consents.RightsToDecide, MENTOR) == "ROLE_MISSING"
