"""Control over the real service: who may, what is told to whom, what stays behind, and that nothing is found twice."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR
from libs.host.errors import Refused, refused
from services.consents.control import examine
from services.consents.control.rulebook import RULEBOOK
from services.consents.identity import CPR
from services.consents.staff import KEPT
from tests.rpc.office import AUDITOR, MARIA, STRANGER, Office, Person
from tests.rpc.planted import QUIET, control, controlling, findings, look

DAY: Final = timedelta(days=1)
WEEK: Final = (QUIET - 3 * DAY, QUIET + 3 * DAY)


@pytest.fixture
def boss() -> Person:
    """The coordinator of a new organisation."""
    return Person("boss", str(uuid4()), "coordinator")


@pytest.fixture
def reader(boss: Person) -> Person:
    return boss._replace(name="reader", role="caseworker")


def register_staff(office: Office, boss: Person, person: Person, number: str, address: str = "") -> None:
    identifier = consents.Identifier(system="urn:test", value=number)
    command = consents.RegisterStaffIdentity(person=person.name, identifier=identifier, address=address)
    office.send(command, boss)


@pytest.fixture
def finding(office: Office, boss: Person, reader: Person) -> consents.Finding:
    """Somebody looked at themselves, and at nobody else."""
    number = f"oneself {uuid4()}"
    register_staff(office, boss, reader, number)
    look(office.log("consents"), reader, office.citizen(number))
    control(office, controlling(boss.organisation, *WEEK), boss)
    (found,) = findings(office, boss, boss.organisation, rule="own_record")
    return found


def test_a_finding_is_assessed_and_closed(office: Office, boss: Person, finding: consents.Finding) -> None:
    assert (finding.reader, finding.status, finding.looked.ToDatetime(UTC)) == ("reader", "open", QUIET)
    with pytest.raises(Refused) as no:
        office.send(consents.CloseFinding(finding=finding.id, measure="none"), boss)
    assert no.value.reason == "FINDING_NOT_ASSESSED"
    office.send(consents.AssessFinding(finding=finding.id, assessment="unclear", note="Asked them"), boss)
    office.send(consents.AssessFinding(finding=finding.id, assessment="unjustified", note="Curious"), AUDITOR)
    office.send(consents.CloseFinding(finding=finding.id, measure="talked_to"), boss)
    office.catch_up("consents")
    (listed,) = findings(office, AUDITOR, boss.organisation, "closed", "own_record")
    assert (listed.id, listed.assessment, listed.measure) == (finding.id, "unjustified", "talked_to")
    assert findings(office, boss, boss.organisation, "open", "own_record") == []
    with pytest.raises(Refused) as no:
        office.send(consents.AssessFinding(finding=finding.id, assessment="justified"), boss)
    assert no.value.reason == "FINDING_CLOSED_ALREADY"


def test_notes_are_sealed_and_reading_them_is_a_look(office: Office, boss: Person, finding: consents.Finding) -> None:
    note = f"a note {uuid4()}"
    office.send(consents.AssessFinding(finding=finding.id, assessment="unclear", note=note), boss)
    stored = "SELECT count(*) FROM events WHERE position(convert_to(%(note)s, 'UTF8') IN body) > 0"
    assert office.rows("consents", stored, {"note": note}) == [(0,)]
    before = office.recorded()["consents"]
    read = office.ask(consents.GetFinding(finding=finding.id), consents.Finding, boss)
    assert [(each.actor, each.assessment, each.note) for each in read.assessments] == [("boss", "unclear", note)]
    assert office.recorded()["consents"] == before + 1


def test_nobody_judges_what_they_looked_at_themselves(office: Office, boss: Person) -> None:
    number = f"boss {uuid4()}"
    register_staff(office, boss, boss, number)
    look(office.log("consents"), boss, office.citizen(number))
    control(office, controlling(boss.organisation, *WEEK), boss)
    for finding in findings(office, boss, boss.organisation):
        with pytest.raises(Refused) as no:
            office.send(consents.AssessFinding(finding=finding.id, assessment="justified"), boss)
        assert no.value.reason == "FINDING_OWN"
        office.send(consents.AssessFinding(finding=finding.id, assessment="unjustified"), AUDITOR)


def test_others_learn_nothing_of_a_finding(
    office: Office, boss: Person, reader: Person, finding: consents.Finding
) -> None:
    for asked in (finding.id, str(uuid4())):
        with pytest.raises(Refused) as no:
            office.ask(consents.GetFinding(finding=asked), consents.Finding, STRANGER)
        assert no.value.reason == "FINDING_UNKNOWN"
    questions: list[tuple[Message, Person]] = [
        (controlling(boss.organisation, *WEEK), STRANGER),
        (controlling(boss.organisation, *WEEK), reader),
        (consents.ListFindings(organisation=boss.organisation), STRANGER),
        (consents.ListFindings(organisation=boss.organisation), reader),
        (consents.ListControls(organisation=boss.organisation), reader),
        (consents.GetFinding(finding=finding.id), reader),
    ]
    for request, person in questions:
        status = office.status(request.SerializeToString(), request, person)
        assert refused(status).reason == "ROLE_MISSING"


def test_a_second_run_finds_nothing_new_and_both_are_on_record(
    office: Office, boss: Person, reader: Person, finding: consents.Finding
) -> None:
    before = findings(office, boss, boss.organisation)
    again = control(office, controlling(boss.organisation, *WEEK), AUDITOR)
    assert (again.raised, again.found["own_record"]) == (0, 1)
    assert findings(office, boss, boss.organisation) == before
    runs = office.ask(consents.ListControls(organisation=boss.organisation), consents.ControlList, boss).controls
    assert [(run.actor, run.examined, run.complete) for run in runs] == [("auditor", 1, True), ("boss", 1, True)]
    assert {run.rulebook for run in runs} == {RULEBOOK.digest}
    assert [run.raised for run in runs] == [0, len(before)]


def test_a_run_goes_on_where_it_stopped(
    office: Office, boss: Person, reader: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examine, "PAGE", 3)
    monkeypatch.setattr(examine, "BUDGET", 0.0)
    for minute in range(10):
        look(office.log("consents"), reader, str(uuid4()), QUIET + timedelta(minutes=minute))
    office.catch_up("consents")
    command, run = controlling(boss.organisation, *WEEK), consents.Control()
    examined: list[int] = []
    while not run.complete:
        recorded = office.ask(command, common.Recorded, boss)
        run = office.ask(consents.GetControl(control=recorded.id), consents.Control, boss)
        examined.append(run.examined)
    assert examined == [3, 6, 9, 10]
    assert (run.total, run.found["no_case"]) == (10, 10)
    before = office.recorded()
    assert office.ask(command, common.Recorded, boss) == recorded
    assert office.recorded() == before, "what is complete does not go on"


def test_control_waits_for_the_list_of_looks(office: Office, boss: Person, reader: Person) -> None:
    office.catch_up("consents")
    look(office.log("consents"), reader, str(uuid4()))
    command = controlling(boss.organisation, *WEEK)
    before = office.recorded()
    with pytest.raises(Refused) as no:
        office.ask(command, common.Recorded, boss)
    assert no.value.reason == "CONTROL_BEHIND"
    assert office.recorded() == before
    assert control(office, command, boss).examined == 1


def test_who_staff_are_stands_in_no_log_and_is_matched_later(office: Office, boss: Person, reader: Person) -> None:
    """The number is known here before the citizen is."""
    number, address = "0101704321", f"Kirkegade {uuid4()}"
    identifier = consents.Identifier(system=CPR, value="010170-4321")
    command = consents.RegisterStaffIdentity(person=reader.name, identifier=identifier, address=address)
    office.send(command, boss._replace(role="partner_administrator"))
    kept = "SELECT convert_from(body, 'UTF8') FROM events WHERE type = 'consents.StaffIdentityRegistered.v1'"
    assert all(number not in body and address not in body for (body,) in office.rows("consents", kept))
    assert office.rows("consents", "SELECT count(*) FROM staff_identities WHERE octet_length(identity) <> 32") == [(0,)]
    registering = consents.RegisterCitizen(identifier=identifier, name="Later", address=f"  {address.upper()}, ")
    citizen = office.send(registering, MARIA).id
    neighbour = consents.RegisterCitizen(
        identifier=consents.Identifier(system="urn:test", value=f"neighbour {uuid4()}"), address=address
    )
    look(office.log("consents"), reader, citizen)
    look(office.log("consents"), reader, office.send(neighbour, MARIA).id)
    control(office, controlling(boss.organisation, *WEEK), boss)
    found = {each.rule: each.citizen for each in findings(office, boss, boss.organisation)}
    assert found["own_record"] == citizen
    assert found["same_address"] not in ("", citizen)


def test_who_left_is_remembered_for_control_and_then_forgotten(office: Office, boss: Person, reader: Person) -> None:
    operator = Person(*OPERATOR[:3])
    made = office.send(partners.RegisterOrganisation(kind="ngo", name=f"Org {uuid4()}"), operator).id
    boss, reader, number = boss._replace(organisation=made), reader._replace(organisation=made), f"leaver {uuid4()}"
    register_staff(office, boss, reader._replace(name="first"), number)
    register_staff(office, boss, reader._replace(name="second"), f"another {uuid4()}")

    def leave(name: str) -> list[tuple[str]]:
        """Those who are remembered then."""
        office.send(partners.AddMember(organisation=made, person=name, name=name, role="caseworker"), operator)
        office.send(partners.RemoveMember(organisation=made, person=name), operator)
        office.catch_up("partners")
        remembered = "SELECT person FROM staff_identities WHERE organisation = %(organisation)s ORDER BY person"
        return office.rows("consents", remembered, {"organisation": made})

    assert leave("first") == [("first",), ("second",)]
    look(office.log("consents"), reader, office.citizen(number))
    control(office, controlling(made, *WEEK), boss)
    assert len(findings(office, boss, made, rule="colleague")) == 1, "they were one when they were looked at"
    with psycopg.connect(office.settings.database_of("consents")) as connection:
        long_ago = "UPDATE staff_identities SET until = %s WHERE organisation = %s AND until IS NOT NULL"
        connection.execute(long_ago, [datetime.now(UTC) - KEPT - DAY, made])
    assert leave("second") == [("second",)]


@pytest.mark.parametrize("ends", [(None, QUIET), (QUIET, None), (QUIET, datetime.now(UTC) + DAY)])
def test_a_period_that_is_not_over_is_refused(
    office: Office, boss: Person, ends: tuple[datetime | None, datetime | None]
) -> None:
    office.catch_up("consents")
    with pytest.raises(Refused) as no:
        office.ask(controlling(boss.organisation, *ends), common.Recorded, boss)
    assert no.value.reason == "PERIOD_MALFORMED"


def test_a_rule_that_there_is_not(office: Office, boss: Person) -> None:
    with pytest.raises(Refused) as no:
        findings(office, boss, boss.organisation, rule="hunch")
    assert no.value.reason == "RULE_UNKNOWN"
