"""What is protected is told by nothing: not by bases, checks, explanations, nor by the numbers of who looked."""

from typing import Any, Final
from uuid import uuid4

import pytest
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

from tests.rpc.office import FAMILY, MARIA, MENTOR, STRANGERS, Office, Person, oneself
from tests.rpc.script import Script

SHELTERS: Final = Person("shelters", STRANGERS, "caseworker")
COLLEAGUE: Final = SHELTERS._replace(name="colleague")
NOBODY: Final = str(uuid4())


@pytest.fixture(scope="module")
def ids(office: Office) -> dict[str, str]:
    """A citizen whom a shelter helps as well, in a protected case, and looks at; and a protected note in another."""
    script = Script(office)
    script.until("draft")
    known = dict(script.known)
    opening = cases.OpenCase(
        citizen=known["citizen"],
        subject_code="27.24.00",
        title="Shelter",
        legal_basis="barnets-lov-stoette",
        sensitivity="protected",
    )
    known["shelter"] = office.send(opening, SHELTERS).id
    hidden = cases.WriteNote(case=known["case"], category="crime", sensitivity="protected", text="A threat")
    known["note"] = f"{known['case']}/{office.send(hidden, MARIA).version}"
    office.catch_up()
    for person in (SHELTERS, MARIA):
        question = timeline.GetTimeline(citizen=known["citizen"], purpose="casework")
        office.ask(question, timeline.Timeline, person)
    office.catch_up()
    return known


def test_who_looked_does_not_tell_of_the_shelter(office: Office, ids: dict[str, str]) -> None:
    question = consents.ListAccess(citizen=ids["citizen"])
    readers = {
        person: {look.organisation for look in office.ask(question, consents.AccessList, person).accesses}
        for person in (MARIA, SHELTERS, oneself(ids["citizen"]))
    }
    assert [STRANGERS in readers[person] for person in readers] == [False, True, True]
    exported = office.ask(consents.ExportAccess(citizen=ids["citizen"]), consents.AccessExported, MARIA)
    assert STRANGERS not in exported.document
    assert FAMILY in exported.document


def test_the_numbers_of_a_look_leave_out_what_is_protected(office: Office, ids: dict[str, str]) -> None:
    question = consents.ListAccess(citizen=ids["citizen"])
    seen = {
        person: [dict(look.seen) for look in office.ask(question, consents.AccessList, person).accesses]
        for person in (MARIA, MARIA._replace(name="not named"), oneself(ids["citizen"]))
    }
    assert [any("crime" in each for each in seen[person]) for person in seen] == [True, False, False]
    exported = office.ask(
        consents.ExportAccess(citizen=ids["citizen"]), consents.AccessExported, MARIA._replace(name="not named")
    )
    assert "crime" not in exported.document


@pytest.mark.parametrize("person", [MARIA, MENTOR, COLLEAGUE], ids=lambda person: person.name)
def test_bases_tell_those_who_are_named(person: Person, office: Office, ids: dict[str, str]) -> None:
    question = consents.ListBases(citizen=ids["citizen"])
    assert ids["shelter"] in {basis.case for basis in office.ask(question, consents.BasisList, SHELTERS).bases}
    assert ids["shelter"] not in {basis.case for basis in office.ask(question, consents.BasisList, person).bases}


def test_a_check_tells_no_more_of_the_shelter_than_of_nobody(office: Office, ids: dict[str, str]) -> None:
    def check(organisation: str, person: Person) -> consents.BasisChecked:
        question = consents.CheckBasis(
            citizen=ids["citizen"],
            organisation=organisation,
            purpose="casework",
            categories=["family"],
            case=ids["shelter"],
        )
        return office.ask(question, consents.BasisChecked, person)

    assert check(STRANGERS, MARIA) == check(NOBODY, MARIA)
    assert check(STRANGERS, SHELTERS).bases


def test_an_explanation_tells_no_more_of_the_shelter_than_of_nobody(office: Office, ids: dict[str, str]) -> None:
    def explain(organisation: str, person: Person) -> consents.AccessExplained:
        question = consents.ExplainAccess(
            citizen=ids["citizen"],
            viewer=consents.Viewer(person=SHELTERS.name, organisation=organisation, role="caseworker"),
            purpose="casework",
            of=consents.AccessClass(organisation=FAMILY, category="family", sensitivity="normal", case=ids["shelter"]),
        )
        return office.ask(question, consents.AccessExplained, person)

    assert explain(STRANGERS, MARIA) == explain(NOBODY, MARIA)
    assert explain(STRANGERS, SHELTERS).decision.outcome == "full"


def test_a_filter_that_leaves_nothing_makes_nobody_a_stranger(office: Office) -> None:
    """An organisation that is left with its own entries, and asks for a category that it has none of."""
    script = Script(office)
    script.until("report")
    script.take("report", str(uuid4()))
    known = script.known
    for basis in office.ask(consents.ListBases(citizen=known["citizen"]), consents.BasisList, MARIA).bases:
        if basis.organisation == MENTOR.organisation and basis.status == "given":
            office.send(consents.WithdrawConsent(citizen=known["citizen"], consent=basis.id), MARIA)
    office.catch_up()

    def ask(*categories: Any) -> list[timeline.Entry]:
        question = timeline.GetTimeline(citizen=known["citizen"], purpose="mentoring", categories=categories)
        return list(office.ask(question, timeline.Timeline, MENTOR).entries)

    assert {entry.reason for entry in ask()} == {"OWN_RECORD"}
    assert ask("crime") == []
