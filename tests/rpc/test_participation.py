"""Who takes part in a case has its law as basis: what consents makes of what cases publish, in batches and twice."""

from collections import Counter
from typing import Final
from uuid import uuid4

import pytest
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners

from libs.host.errors import Refused
from tests.rpc.office import FAMILY, MARIA, SCHOOL, STRANGERS, TEACHER, Office, Person
from tests.rpc.steps import LAW

MANY: Final = 12
OPERATOR: Final = Person("operator", STRANGERS, "operator")


def open_case(office: Office, person: Person = MARIA) -> tuple[str, str]:
    """(citizen, case)"""
    citizen = office.citizen(str(uuid4()), person)
    opening = cases.OpenCase(citizen=citizen, subject_code="27.24.00", title="Help", legal_basis=LAW)
    return citizen, office.send(opening, person).id


def join(office: Office, case: str) -> None:
    office.send(
        cases.JoinCase(case=case, organisation=SCHOOL, role="contributor", legal_basis="barnets-lov-133"), MARIA
    )


def leave(office: Office, case: str) -> None:
    office.send(cases.LeaveCase(case=case, organisation=SCHOOL), MARIA)


def statuses(office: Office, citizen: str) -> Counter[tuple[str, str]]:
    answer = office.ask(consents.ListBases(citizen=citizen), consents.BasisList, MARIA)
    return Counter((basis.organisation, basis.status) for basis in answer.bases)


def see_again(office: Office, name: str, source: str) -> None:
    """The worker dies after its effects and before its position moved: it begins anew."""
    office.rows(name, "UPDATE positions SET position = 0 WHERE source = %(source)s RETURNING 1", {"source": source})
    office.catch_up(source)


def test_a_batch_keeps_each_citizens_order(office: Office) -> None:
    office.catch_up()
    opened = [open_case(office) for _ in range(MANY)]
    for number, (_, case) in enumerate(opened):
        for _ in range(number % 3):
            join(office, case)
            leave(office, case)
        if number % 2:
            join(office, case)
    office.turn("consents", "cases")
    for number, (citizen, _) in enumerate(opened):
        expected = Counter({(FAMILY, "active"): 1, (SCHOOL, "ended"): number % 3, (SCHOOL, "active"): number % 2})
        assert statuses(office, citizen) == +expected


def test_what_is_seen_again_has_its_effect_once(office: Office) -> None:
    citizen, case = open_case(office)
    _, other = open_case(office)
    join(office, case)
    office.send(cases.LinkCase(case=case, other=other, relation="related"), MARIA)
    office.catch_up()
    before, held = office.recorded(), statuses(office, citizen)
    see_again(office, "consents", "cases")
    assert office.recorded() == before
    assert statuses(office, citizen) == held


def test_a_kind_that_becomes_known_later_changes_nothing_that_was(office: Office) -> None:
    person = Person("somebody", str(uuid4()), "caseworker")
    citizen, _ = open_case(office, person)
    office.catch_up()
    office.send(partners.RegisterOrganisation(organisation=person.organisation, kind="ngo", name="x"), OPERATOR)
    office.catch_up()
    before = office.recorded()
    see_again(office, "consents", "cases")
    assert office.recorded() == before
    assert office.ask(consents.ListBases(citizen=citizen), consents.BasisList, person).bases[0].status == "active"


def test_who_left_sees_the_case_no_more_and_a_repetition_is_answered_as_before(office: Office) -> None:
    citizen, case = open_case(office)
    join(office, case)
    office.catch_up()
    question, leaving = cases.ListCases(citizen=citizen), cases.LeaveCase(case=case, organisation=SCHOOL)
    assert office.ask(question, cases.CaseList, TEACHER).total == 1
    command_id = str(uuid4())
    left = office.send(leaving, TEACHER, command_id)
    assert office.send(leaving, TEACHER, command_id) == left
    with pytest.raises(Refused) as no:
        office.ask(cases.GetCase(case=case), cases.Case, TEACHER)
    assert no.value.reason == "CASE_UNKNOWN"
    office.catch_up()
    assert office.ask(question, cases.CaseList, TEACHER).total == 0
