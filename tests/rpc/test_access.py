"""Who looked: every look is on the list, and the list names people to their own organisation only."""

from typing import Final
from uuid import uuid4

import pytest
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

from libs.host.errors import Refused
from tests.rpc.office import CITIZENS, CPR, FAMILY, MARIA, MENTOR, STRANGER, STRANGERS, Office, Person, oneself
from tests.rpc.script import Script

SCHOOLS: Final = Person("rector", STRANGERS, "caseworker")


@pytest.fixture
def ids(office: Office) -> dict[str, str]:
    """A citizen whom a family unit and, by consent, an NGO have to do with."""
    script = Script(office)
    script.until("draft")
    return script.known


def looks(office: Office, citizen: str, person: Person) -> list[consents.Access]:
    office.catch_up()
    return list(office.ask(consents.ListAccess(citizen=citizen), consents.AccessList, person).accesses)


def test_people_are_named_to_their_own_organisation_only(office: Office, ids: dict[str, str]) -> None:
    citizen = ids["citizen"]
    for person, purpose in ((MARIA, "casework"), (MENTOR, "mentoring")):
        office.ask(timeline.GetTimeline(citizen=citizen, purpose=purpose), timeline.Timeline, person)
    seen_by = {
        person: {look.organisation: look.actor for look in looks(office, citizen, person)}
        for person in (MARIA, oneself(citizen))
    }
    assert seen_by[MARIA] == {FAMILY: MARIA.name, MENTOR.organisation: ""}
    assert seen_by[oneself(citizen)] == {FAMILY: "", MENTOR.organisation: ""}
    another, seen_by_oneself = oneself(str(uuid4())), looks(office, citizen, oneself(citizen))
    assert {look.organisation: look.actor for look in seen_by_oneself}[CITIZENS] == citizen
    with pytest.raises(Refused) as no:
        looks(office, citizen, another)
    assert no.value.reason == "CITIZEN_UNKNOWN"
    with pytest.raises(Refused) as no:
        looks(office, citizen, MENTOR)
    assert no.value.reason == "ROLE_MISSING"


def test_looking_at_who_looked_is_a_look(office: Office, ids: dict[str, str]) -> None:
    citizen = ids["citizen"]
    assert looks(office, citizen, MARIA) == []
    assert looks(office, citizen, oneself(citizen))[0].purpose == "casework"
    newest, first = looks(office, citizen, MARIA)
    assert (newest.purpose, newest.organisation) == ("own_access", CITIZENS)
    assert (first.purpose, first.organisation, dict(first.seen)) == ("casework", FAMILY, {"administrative": 1})


def test_a_number_that_is_typed_in_is_a_look_at_whom_it_belongs_to(office: Office, ids: dict[str, str]) -> None:
    identifier = consents.Identifier(system=CPR, value=ids["number"])
    before = office.recorded()
    found = office.ask(consents.FindCitizen(identifier=identifier, purpose="casework"), consents.CitizenFound, STRANGER)
    assert found.citizen == ids["citizen"]
    assert office.recorded()["consents"] == before["consents"] + 1
    registered = office.send(consents.RegisterCitizen(identifier=identifier), STRANGER)
    assert registered.id == ids["citizen"]
    assert office.recorded()["consents"] == before["consents"] + 2, "only that somebody learnt whose number it is"
    office.send(consents.RegisterCitizen(identifier=identifier), MARIA)
    assert office.recorded()["consents"] == before["consents"] + 2, "who knows the citizen learns nothing"
    assert {look.organisation for look in looks(office, ids["citizen"], MARIA)} == {STRANGERS}
    with pytest.raises(Refused) as no:
        office.ask(consents.ListBases(citizen=found.citizen), consents.BasisList, STRANGER)
    assert no.value.reason == "CITIZEN_UNKNOWN", "knowing the number gives no right"


def protect(office: Office, citizen: str) -> str:
    """A protected case of the citizen."""
    opening = cases.OpenCase(
        citizen=citizen,
        subject_code="27.24.00",
        title="Shelter",
        legal_basis="barnets-lov-stoette",
        sensitivity="protected",
    )
    case = office.send(opening, SCHOOLS).id
    office.catch_up()
    return case


def test_a_protected_case_is_hidden_from_who_is_not_named(office: Office, ids: dict[str, str]) -> None:
    case, colleague = protect(office, ids["citizen"]), SCHOOLS._replace(name="colleague")
    question = cases.ListCases(citizen=ids["citizen"])
    assert [line.id for line in office.ask(question, cases.CaseList, SCHOOLS).cases] == [case]
    assert office.ask(question, cases.CaseList, colleague).total == 0
    assert office.ask(cases.GetCase(case=case), cases.Case, SCHOOLS).id == case
    for request in (cases.GetCase(case=case), cases.WriteNote(case=case, category="family", text="x")):
        with pytest.raises(Refused) as no:
            office.send(request, colleague) if "command" in request.DESCRIPTOR.fields_by_name else office.ask(
                request, cases.Case, colleague
            )
        assert no.value.reason == "CASE_UNKNOWN"


def test_who_helps_in_a_protected_case_is_not_told_to_others(office: Office, ids: dict[str, str]) -> None:
    citizen = ids["citizen"]
    protect(office, citizen)
    question = consents.ListBases(citizen=citizen)
    holders = {
        person: {basis.organisation for basis in office.ask(question, consents.BasisList, person).bases}
        for person in (MARIA, MENTOR, SCHOOLS, oneself(citizen))
    }
    assert [STRANGERS in holders[person] for person in holders] == [False, False, True, True]
    for person, purpose in ((MARIA, "casework"), (MENTOR, "mentoring")):
        page = office.ask(timeline.GetTimeline(citizen=citizen, purpose=purpose), timeline.Timeline, person)
        assert STRANGERS not in {entry.organisation for entry in page.entries}
        assert STRANGERS not in page.organisations
    page = office.ask(timeline.GetTimeline(citizen=citizen, purpose="casework"), timeline.Timeline, SCHOOLS)
    assert STRANGERS in page.organisations
