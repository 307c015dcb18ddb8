"""Who may state and end a basis, for whom, and what was known at another time."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import derived_id
from libs.host.errors import Refused
from libs.host.times import timestamp
from tests.rpc.office import AUDITOR, FAMILY, MARIA, MENTOR, STRANGERS, Office, Person
from tests.rpc.steps import LAW

OPERATOR: Final = Person("operator", STRANGERS, "operator")


@pytest.fixture
def citizen(office: Office) -> str:
    return office.citizen(str(uuid4()))


def organisation(office: Office, kind: str) -> str:
    """A new one that partners knows."""
    id_ = str(uuid4())
    office.send(partners.RegisterOrganisation(organisation=id_, kind=kind, name=kind), OPERATOR)
    office.catch_up()
    return id_


def bases(office: Office, citizen: str, person: Person = MARIA) -> dict[str, consents.Basis]:
    answer = office.ask(consents.ListBases(citizen=citizen), consents.BasisList, person)
    return {basis.id: basis for basis in answer.bases}


def state(office: Office, citizen: str, holder: str, law: str = LAW, person: Person = MARIA) -> str:
    command_id = str(uuid4())
    office.send(consents.EstablishBasis(citizen=citizen, organisation=holder, law=law), person, command_id)
    return derived_id(command_id, "basis")


def reason_of_refusal(office: Office, command: object, person: Person) -> str:
    before = office.recorded()
    with pytest.raises(Refused) as no:
        office.send(command, person)
    assert office.recorded() == before
    return no.value.reason


def test_a_law_is_not_for_every_kind_of_organisation(office: Office, citizen: str) -> None:
    ngo, department = organisation(office, "ngo"), organisation(office, "municipal_department")
    command = consents.EstablishBasis(citizen=citizen, organisation=ngo, law=LAW)
    assert reason_of_refusal(office, command, MARIA) == "LAW_NOT_COVERING"
    assert state(office, citizen, department) in bases(office, citizen)
    assert state(office, citizen, str(uuid4())) in bases(office, citizen), "a kind that is not known yet"


def test_opening_a_case_gives_no_basis_that_the_law_does_not(office: Office, citizen: str) -> None:
    for kind, found in (("ngo", 0), ("municipal_department", 1)):
        person = Person("somebody", organisation(office, kind), "caseworker")
        opening = cases.OpenCase(citizen=citizen, subject_code="27.24.00", title="Help", legal_basis=LAW)
        office.send(opening, person)
        office.catch_up()
        assert sum(basis.organisation == person.organisation for basis in bases(office, citizen).values()) == found


def test_a_basis_is_ended_by_its_holder_or_who_stated_it(office: Office, citizen: str) -> None:
    department = organisation(office, "municipal_department")
    theirs = Person("theirs", department, "caseworker")
    third = Person("third", organisation(office, "region"), "caseworker")
    state(office, citizen, third.organisation, "sundhedsloven-behandling")
    for end in (MARIA, theirs):
        basis = state(office, citizen, department)
        command = consents.EndBasis(citizen=citizen, basis=basis)
        assert reason_of_refusal(office, command, third) == "ROLE_MISSING"
        office.send(command, end)
        assert bases(office, citizen)[basis].status == "ended"
    unknown = consents.EndBasis(citizen=citizen, basis=str(uuid4()))
    assert reason_of_refusal(office, unknown, MARIA) == "BASIS_UNKNOWN"


def test_an_audit_is_stated_and_ended_by_the_auditor(office: Office, citizen: str) -> None:
    audit = consents.EstablishBasis(citizen=citizen, organisation=STRANGERS, law="audit")
    assert reason_of_refusal(office, audit, MARIA) == "ROLE_MISSING"
    audit_of_others = consents.EstablishBasis(citizen=citizen, organisation=FAMILY, law="audit")
    assert reason_of_refusal(office, audit_of_others, AUDITOR) == "ROLE_MISSING"
    with_another_law = consents.EstablishBasis(citizen=citizen, organisation=STRANGERS, law=LAW)
    assert reason_of_refusal(office, with_another_law, AUDITOR) == "CITIZEN_UNKNOWN"
    basis = state(office, citizen, STRANGERS, "audit", AUDITOR)
    assert basis in bases(office, citizen, AUDITOR)
    office.send(consents.EndBasis(citizen=citizen, basis=basis), AUDITOR)
    with pytest.raises(Refused) as no:
        bases(office, citizen, AUDITOR)
    assert no.value.reason == "CITIZEN_UNKNOWN"


def deciding(citizen: str, purpose: str, at: datetime | None = None) -> consents.Decide:
    of = consents.AccessClass(organisation=FAMILY, category="family", sensitivity="normal")
    return consents.Decide(citizen=citizen, purpose=purpose, classes=[of], at=timestamp(at))


def test_only_an_auditor_asks_what_could_be_seen_at_another_time(office: Office, citizen: str) -> None:
    before = datetime.now(UTC)
    state(office, citizen, STRANGERS, "audit", AUDITOR)
    later = before + timedelta(days=400)
    outcomes = {
        at: office.ask(deciding(citizen, "audit", at), consents.Decided, AUDITOR).decisions[0].outcome
        for at in (None, before, later)
    }
    assert outcomes == {None: "full", before: "none", later: "full"}
    for person in (MARIA, MENTOR):
        with pytest.raises(Refused) as no:
            office.ask(deciding(citizen, "casework", before), consents.Decided, person)
        assert no.value.reason in ("TIME_TRAVEL_FORBIDDEN", "CITIZEN_UNKNOWN")


def test_what_a_partner_may_be_told(office: Office, citizen: str) -> None:
    question = consents.CheckBasis(
        citizen=citizen, organisation=MENTOR.organisation, purpose="mentoring", categories=["family", "housing"]
    )
    answer = office.ask(question, consents.BasisChecked, MARIA)
    assert (list(answer.bases), answer.reason, list(answer.missing)) == ([], "CONSENT_MISSING", ["family", "housing"])
    for categories, sources in ((["family"], []), (["housing"], [FAMILY])):
        giving = consents.GiveConsent(
            citizen=citizen,
            kind="gdpr_consent",
            grantee=MENTOR.organisation,
            purposes=["mentoring"],
            categories=categories,
            sources=sources,
            given_how="written",
            notice_version="1",
        )
        giving.period.until.CopyFrom(timestamp(datetime.now(UTC) + timedelta(days=1)))
        office.send(giving, MARIA)
    assert len(office.ask(question, consents.BasisChecked, MARIA).bases) == 2
    question.source = STRANGERS
    assert list(office.ask(question, consents.BasisChecked, MARIA).missing) == ["housing"]
    question.source = ""
    assert list(office.ask(question, consents.BasisChecked, MENTOR).missing) == ["housing"], "the asker is the source"
