"""Erasure and restriction over real gRPC: who decides, what is kept, and what is gone for whom."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
import psycopg
import pytest
from samspor.consents.v1 import consents_pb2 as consents

from cli.desk import Person
from deploy.local.process import wait_until
from libs.bus.received import Received
from libs.eventlog import derived_id, new_id
from services.consents.retention import CASE_RECORDS, retention_of
from tests.consents.counter import AUDITOR, FAMILY, NGO, STRANGER, Counter, Entry, reason_of

LEADER: Final = FAMILY._replace(person="lea", role="coordinator")
NGO_LEADER: Final = NGO._replace(person="nils", role="coordinator")
GRANTING: Final = 10.0
"""Seconds that granting may take."""


def oneself(citizen: str) -> Person:
    return Person(citizen, "01890a5d-ac96-774b-bcce-b302099ad00f", "citizen")


@pytest.fixture
def citizen(counter: Counter) -> str:
    """Known to the family unit by law, and to the NGO by consent."""
    citizen = counter.register()
    counter.state(citizen)
    counter.consent(citizen, "housing", "family")
    return citizen


def invoke(counter: Counter, citizen: str, *controllers: str, right: str = "erasure", by: Person = FAMILY) -> str:
    command = consents.InvokeRight(citizen=citizen, right=right, controllers=controllers)
    counter.send(command, by, command_id := str(uuid4()))
    return derived_id(command_id, "request")


def deciding(citizen: str, request: str, outcome: str, by: Person, ground: str = "") -> consents.DecideRight:
    return consents.DecideRight(
        citizen=citizen, request=request, controller=by.organisation, outcome=outcome, ground=ground
    )


def decide(counter: Counter, citizen: str, request: str, outcome: str, by: Person = LEADER, ground: str = "") -> None:
    counter.send(deciding(citizen, request, outcome, by, ground), by, patience=GRANTING)


def text_of(counter: Counter, citizen: str, entry: Entry, person: Person = LEADER, purpose: str = "casework") -> Any:
    """What is read; None when it is erased."""
    (text,) = counter.open(citizen, person, entry, purpose=purpose).texts
    assert not (text.erased and text.personal)
    return None if text.erased else text.personal.get("text")


def cases_published(counter: Counter, *events: tuple[str, dict[str, str]], **about: str) -> None:
    """What the worker of consents does with events of cases."""
    received = []
    for name, data in events:
        envelope = {"id": new_id(), "source": "cases", "type": f"cases.{name}.v1", "subject": about["case"]}
        times = {"time": "2015-01-01T00:00:00Z", "recordedtime": "2015-01-01T00:00:00Z", "streamversion": 1}
        received.append(Received(1, msgspec.json.encode(envelope | times | about | {"data": data})))
    with psycopg.connect(counter.settings.database_of("consents")) as connection:
        CASE_RECORDS.apply(connection, received)


def test_a_granted_erasure_is_gone_for_everybody_and_others_texts_stay(counter: Counter, citizen: str) -> None:
    ours, theirs = (counter.entry(citizen, each.organisation, "family", each.person) for each in (FAMILY, NGO))
    other = counter.register()
    counter.state(other)
    others = counter.entry(other, FAMILY.organisation, "family", "other")
    request = invoke(counter, citizen, by=oneself(citizen))
    assert {part.controller for part in rights(counter, citizen, oneself(citizen))[0].parts} == {
        FAMILY.organisation,
        NGO.organisation,
    }
    assert text_of(counter, citizen, ours) == FAMILY.person
    decide(counter, citizen, request, "granted")
    for person, purpose in ((LEADER, "casework"), (FAMILY, "casework"), (oneself(citizen), "own_access")):
        assert text_of(counter, citizen, ours, person, purpose) is None
    assert text_of(counter, citizen, theirs, oneself(citizen), "own_access") == NGO.person
    assert text_of(counter, other, others, FAMILY) == "other"
    destroyed = [each.subject for each in counter.published("KeyDestroyed", citizen)]
    assert ours.text.key in destroyed
    assert (counter.settings.folder("secrets") / "destroyed.keys").read_text().count(ours.text.key) == 1
    assert rights(counter, citizen, oneself(citizen))[0].status == "partly_granted"
    name = counter.ask(consents.Identify(citizens=[citizen], purpose="casework"), consents.Identified, FAMILY)
    assert name.identities[0].name == "", "the registration was the family unit's"


def test_an_address_is_found_no_more_once_whoever_registered_it_erased_it(counter: Counter) -> None:
    identifier = consents.Identifier(system="urn:samspor:test", value=uuid4().hex)
    citizen = counter.send(consents.RegisterCitizen(identifier=identifier, address="Kirkegade 1"), FAMILY).id
    counter.state(citizen)
    counter.consent(citizen, "housing")
    counter.entry(citizen, NGO.organisation, "housing", "a text of theirs")
    for controller, leader, left in ((NGO, NGO_LEADER, 1), (FAMILY, LEADER, 0)):
        decide(counter, citizen, invoke(counter, citizen, controller.organisation), "granted", leader)
        with psycopg.connect(counter.settings.database_of("consents")) as connection:
            addresses = "SELECT FROM citizen_addresses WHERE citizen = %s"
            assert connection.execute(addresses, [citizen]).rowcount == left


def test_later_texts_have_a_key_that_no_repetition_touches(counter: Counter, citizen: str) -> None:
    before = counter.entry(citizen, NGO.organisation, "housing", "before")
    request = invoke(counter, citizen, NGO.organisation)
    command = deciding(citizen, request, "granted", NGO_LEADER)
    first = counter.send(command, NGO_LEADER, command_id := str(uuid4()), patience=GRANTING)
    after = counter.entry(citizen, NGO.organisation, "housing", "after")
    assert after.text.key != before.text.key
    assert counter.send(command, NGO_LEADER, command_id) == first
    assert reason_of(lambda: counter.send(command, NGO_LEADER)) == "RIGHT_ALREADY_DECIDED"
    reader = oneself(citizen)
    assert text_of(counter, citizen, before, reader, "own_access") is None
    assert text_of(counter, citizen, after, reader, "own_access") == "after"


@pytest.mark.parametrize("by", [FAMILY, NGO_LEADER, AUDITOR, STRANGER._replace(role="coordinator")])
def test_nobody_decides_for_a_controller_but_its_coordinator_or_auditor(
    counter: Counter, citizen: str, by: Person
) -> None:
    request = invoke(counter, citizen, FAMILY.organisation)
    command = deciding(citizen, request, "legal_hold", LEADER)
    assert reason_of(lambda: counter.send(command, by)) in ("ROLE_MISSING", "CITIZEN_UNKNOWN")
    counter.send(command, FAMILY._replace(role="auditor"))


def test_a_controller_is_told_of_its_own_part_only(counter: Counter, citizen: str) -> None:
    request = invoke(counter, citizen, FAMILY.organisation, NGO.organisation)
    decide(counter, citizen, request, "refused", LEADER, "legal-obligation")
    (ours,) = rights(counter, citizen, LEADER)
    assert [(part.controller, part.outcome, part.ground) for part in ours.parts] == [
        (FAMILY.organisation, "refused", "legal-obligation")
    ]
    (theirs,) = rights(counter, citizen, NGO)
    assert [(part.controller, part.outcome) for part in theirs.parts] == [(NGO.organisation, "")]
    assert (ours.status, theirs.status) == ("refused", "requested")
    assert reason_of(lambda: rights(counter, citizen, STRANGER)) == "CITIZEN_UNKNOWN"


def rights(counter: Counter, citizen: str, person: Person) -> list[consents.RightRequest]:
    return list(counter.ask(consents.ListRights(citizen=citizen), consents.RightList, person).requests)


def test_what_must_be_kept_is_not_erased(counter: Counter, citizen: str) -> None:
    case = new_id()
    about = {"case": case, "citizen": citizen}
    opened = {"participant": FAMILY.organisation, "subject_code": "27.24.00"}
    request = invoke(counter, citizen, FAMILY.organisation)
    command = deciding(citizen, request, "granted", LEADER)
    cases_published(counter, ("CaseOpened", opened), **about)
    assert reason_of(lambda: counter.send(command, LEADER)) == "ERASURE_CASE_OPEN"
    lately = datetime.now(UTC) - timedelta(days=365 * 9)
    cases_published(counter, ("CaseClosed", {}), **about, time=lately.isoformat())
    assert reason_of(lambda: counter.send(command, LEADER)) == "ERASURE_RETENTION"
    cases_published(counter, ("CaseReopened", {}), **about)
    assert reason_of(lambda: counter.send(command, LEADER)) == "ERASURE_CASE_OPEN"
    decide(counter, citizen, request, "legal_hold", LEADER, "legal-claims")
    cases_published(counter, ("CaseClosed", {}), **about)
    counter.send(command, LEADER, patience=GRANTING)
    assert rights(counter, citizen, LEADER)[0].status == "granted"


def test_the_longest_prefix_says_how_long() -> None:
    assert [retention_of(code).years for code in ("27.24.00", "27.03.00", "02.34.00", "99.00.00")] == [10, 5, 30, 5]
    assert retention_of("27.24.00").ends(datetime(2024, 2, 29, tzinfo=UTC)).isoformat() == "2034-03-01"
    assert retention_of("27.24.00").ends(datetime(2024, 3, 1, tzinfo=UTC)).isoformat() == "2034-03-01"


def test_what_is_restricted_is_withheld_from_all_but_a_few(counter: Counter, citizen: str) -> None:
    ours = counter.entry(citizen, FAMILY.organisation, "housing", "ours")
    theirs = counter.entry(citizen, NGO.organisation, "housing", "theirs")
    audit = consents.EstablishBasis(citizen=citizen, organisation=AUDITOR.organisation, law="audit")
    counter.send(audit, AUDITOR)
    request = invoke(counter, citizen, FAMILY.organisation, right="restriction")
    decide(counter, citizen, request, "restricted")
    for person, purpose in ((FAMILY, "casework"), (NGO, "mentoring")):
        decisions = counter.open(citizen, person, ours, theirs, purpose=purpose).decisions
        assert [(each.outcome, each.reason) for each in decisions[:1]] == [("stub", "RESTRICTED")]
        assert decisions[1].outcome == "full"
    assert "know_that_own_record_is_restricted" in counter.open(citizen, FAMILY, ours).decisions[0].policies
    for person, purpose in ((LEADER, "casework"), (AUDITOR, "audit"), (oneself(citizen), "own_access")):
        assert text_of(counter, citizen, ours, person, purpose) == "ours"
    named = consents.Identify(citizens=[citizen], purpose="casework")
    assert counter.ask(named, consents.Identified, FAMILY).identities[0].name == ""
    assert counter.ask(named, consents.Identified, LEADER).identities[0].name == "Amalie"
    lift = consents.LiftRestriction(citizen=citizen, request=request, controller=FAMILY.organisation)
    assert reason_of(lambda: counter.send(lift, FAMILY)) == "ROLE_MISSING"
    counter.send(lift, LEADER)
    assert text_of(counter, citizen, ours, FAMILY) == "ours"
    assert rights(counter, citizen, LEADER)[0].status == "lifted"


def test_a_repeated_request_asks_whom_the_first_one_asked(counter: Counter, citizen: str) -> None:
    command, command_id = consents.InvokeRight(citizen=citizen, right="erasure"), str(uuid4())
    first = counter.send(command, FAMILY, command_id)
    counter.key(citizen, STRANGER.organisation)
    assert counter.send(command, FAMILY, command_id) == first
    assert len(counter.published("RightInvoked", citizen)) == 1


def test_a_key_that_a_database_brings_back_opens_nothing(counter: Counter, citizen: str) -> None:
    """Also one that is restored under a process that goes on."""
    note = counter.entry(citizen, NGO.organisation, "housing", "note")
    query = "SELECT wrapped FROM keys WHERE id = %s"
    with psycopg.connect(counter.settings.database_of("consents"), autocommit=True) as connection:
        ((wrapped,),) = connection.execute(query, [note.text.key]).fetchall()
        request = invoke(counter, citizen, NGO.organisation)
        decide(counter, citizen, request, "granted", NGO_LEADER)
        assert connection.execute(query, [note.text.key]).fetchall() == [(None,)]
        connection.execute("UPDATE keys SET wrapped = %s, destroyed = NULL WHERE id = %s", [wrapped, note.text.key])
        assert text_of(counter, citizen, note, oneself(citizen), "own_access") is None


def test_a_key_destroyed_elsewhere_gets_its_tombstone(counter: Counter, citizen: str) -> None:
    """By a worker, which has no secrets, after the process that decided has died."""
    key = counter.key(citizen, NGO.organisation).id
    with psycopg.connect(counter.settings.database_of("consents")) as connection:
        connection.execute("UPDATE keys SET wrapped = NULL, retired = now(), destroyed = now() WHERE id = %s", [key])
    file = counter.settings.folder("secrets") / "destroyed.keys"
    assert wait_until(lambda: file.exists() and key in file.read_text(), 10, 0.05)
