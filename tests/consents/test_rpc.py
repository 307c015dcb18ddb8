"""Commands and lists over real gRPC: who is let in, what is written down, and what happens all at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from samspor.consents.v1 import consents_pb2 as consents

from cli.desk import Person
from libs.eventlog.fingerprint import fingerprint
from libs.host.errors import Refused
from libs.spec.scenario import CONTEXT
from services.consents.citizen import Registration
from services.consents.identity import CPR
from tests.consents.counter import AUDITOR, FAMILY, LAW, NGO, STRANGER, Counter, reason_of

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099adfff"


def numbered(value: str, system: str = CPR) -> consents.Identifier:
    return consents.Identifier(system=system, value=value)


def at_once(call: Callable[[], Any], times: int = 12) -> list[Any]:
    with ThreadPoolExecutor(times) as pool:
        return [each.result() for each in [pool.submit(call) for _ in range(times)]]


def test_a_number_is_registered_once_however_many_do_it_at_once(counter: Counter) -> None:
    number = uuid4().hex

    def register() -> str:
        command = consents.RegisterCitizen(identifier=numbered(number, "urn:test"), name="Amalie")
        return counter.send(command, FAMILY).id

    (citizen,) = set(at_once(register))
    assert len(counter.published("CitizenRegistered", citizen)) == 1


def test_a_number_is_the_same_however_it_is_written(counter: Counter) -> None:
    serial = f"{int(uuid4()) % 10_000:04}"
    written = [
        counter.send(consents.RegisterCitizen(identifier=numbered(text)), FAMILY).id
        for text in (f"010180-{serial}", f" 010180{serial} ")
    ]
    found = consents.FindCitizen(identifier=numbered(f"010180 {serial}"), purpose="casework")
    assert {*written, counter.ask(found, consents.CitizenFound, FAMILY).citizen} == {written[0]}


def test_who_registers_a_known_number_learns_whose_it_is_and_no_more(counter: Counter) -> None:
    identifier = numbered(uuid4().hex, "urn:test")
    citizen = counter.send(consents.RegisterCitizen(identifier=identifier), FAMILY).id
    again = counter.send(consents.RegisterCitizen(identifier=identifier), STRANGER)
    assert again.id == citizen
    (look,) = counter.published("AccessRecorded", citizen)
    assert (look.organisation, look.actor) == (STRANGER.organisation, STRANGER.person)
    assert reason_of(lambda: counter.newest(citizen, STRANGER)) == "CITIZEN_UNKNOWN"


def test_a_pair_has_one_key_however_many_ask_at_once(counter: Counter) -> None:
    citizen = counter.register()
    keys = at_once(lambda: counter.key(citizen, NGO.organisation))
    assert len({key.id for key in keys}) == len({key.key for key in keys}) == 1
    assert keys[0].id in [each.subject for each in counter.published("KeyCreated", citizen)]
    assert counter.key(citizen, FAMILY.organisation).id != keys[0].id


def test_keys_are_for_services_and_for_citizens_that_there_are(counter: Counter) -> None:
    citizen = counter.register()
    question = consents.GetPublicKey(citizen=citizen, organisation=FAMILY.organisation)
    assert reason_of(lambda: counter.ask(question, consents.PublicKey, FAMILY)) == "ROLE_MISSING"
    assert reason_of(lambda: counter.key(UNKNOWN, FAMILY.organisation)) == "CITIZEN_UNKNOWN"


def test_a_look_up_is_written_down(counter: Counter) -> None:
    identifier = numbered(uuid4().hex, "urn:test")
    citizen = counter.send(consents.RegisterCitizen(identifier=identifier), FAMILY).id
    question = consents.FindCitizen(identifier=identifier, purpose="casework")
    assert counter.ask(question, consents.CitizenFound, STRANGER).citizen == citizen
    (look,) = counter.published("AccessRecorded", citizen)
    assert (look.actor, msgspec.json.decode(look.data)["reasons"]) == (STRANGER.person, ["LOOKED_UP"])


@pytest.mark.parametrize(
    "question",
    [
        consents.FindCitizen(identifier=numbered("0101801234"), purpose="casework"),
        consents.FindCitizen(identifier=numbered("kanariefugl"), purpose="casework"),
        consents.FindCitizen(identifier=numbered("kanariefugl", "urn:test"), purpose="casework"),
    ],
)
def test_no_refusal_repeats_a_number(counter: Counter, question: consents.FindCitizen) -> None:
    with pytest.raises(Refused) as caught:
        counter.ask(question, consents.CitizenFound, FAMILY)
    said = f"{caught.value} {caught.value.details} {caught.value.violations}"
    assert question.identifier.value not in said


def test_names_are_given_to_who_has_to_do_with_the_citizen_and_each_is_written_down(counter: Counter) -> None:
    own, other = counter.register(name="Amalie"), counter.register(STRANGER, name="Berta")
    counter.state(own)
    question = consents.Identify(citizens=[other, own, UNKNOWN, own], purpose="casework")
    answer = counter.ask(question, consents.Identified, FAMILY)
    assert [(each.citizen, each.name) for each in answer.identities] == [
        (other, ""),
        (own, "Amalie"),
        (UNKNOWN, ""),
        (own, "Amalie"),
    ]
    assert len(counter.published("AccessRecorded", own)) == 1
    assert not counter.published("AccessRecorded", other)


def test_the_area_is_told_to_who_asks_for_it_and_may_know_the_name(counter: Counter) -> None:
    own, other = counter.register(name="Amalie"), counter.register(STRANGER, name="Berta")
    for area, code in ((True, "5000"), (False, "")):
        question = consents.Identify(citizens=[own, other], purpose="casework", area=area)
        answer = counter.ask(question, consents.Identified, FAMILY)
        assert [(each.name, each.postal_code) for each in answer.identities] == [("Amalie", code), ("", "")]


@pytest.mark.parametrize(
    ("role", "reason"),
    [("operator", "CITIZEN_UNKNOWN"), ("integrator", "CITIZEN_UNKNOWN"), ("ngo_worker", "ROLE_MISSING")],
)
def test_who_may_not_state_a_basis_is_told_so_where_they_belong_and_nothing_where_not(
    counter: Counter, role: str, reason: str
) -> None:
    citizen = counter.register()
    counter.state(citizen)
    command = consents.EstablishBasis(citizen=citizen, organisation=FAMILY.organisation, law=LAW)
    assert reason_of(lambda: counter.send(command, FAMILY._replace(role=role))) == reason
    assert reason_of(lambda: counter.send(command, STRANGER._replace(role=role))) == "CITIZEN_UNKNOWN"


def test_a_citizen_withdraws_what_they_gave(counter: Counter) -> None:
    citizen = counter.register()
    consent = counter.consent(citizen, "housing", "family")
    oneself = Person(citizen, "", "citizen")
    somebody = Person(str(uuid4()), "", "citizen")
    command = consents.WithdrawConsent(citizen=citizen, consent=consent, categories=["housing"])
    assert reason_of(lambda: counter.send(command, somebody)) == "CITIZEN_UNKNOWN"
    counter.send(command, oneself)
    bases = counter.ask(consents.ListBases(citizen=citizen), consents.BasisList, oneself).bases
    assert [(list(each.categories), each.status) for each in bases] == [
        (["family"], "given"),
        (["housing", "family"], "withdrawn"),
    ]
    checked = consents.CheckBasis(
        citizen=citizen, organisation=NGO.organisation, purpose="mentoring", categories=["family", "housing"]
    )
    answer = counter.ask(checked, consents.BasisChecked, FAMILY)
    assert (answer.reason, list(answer.missing), list(answer.bases)) == ("CONSENT_MISSING", ["housing"], [])


def test_a_command_that_is_repeated_is_answered_as_before_and_no_other_takes_its_id(counter: Counter) -> None:
    citizen, command_id = counter.register(), str(uuid4())
    command = consents.EstablishBasis(citizen=citizen, organisation=FAMILY.organisation, law=LAW)
    first = counter.send(command, FAMILY, command_id)
    assert counter.send(command, FAMILY, command_id) == first
    assert len(counter.published("BasisEstablished", citizen)) == 1
    command.law = "serviceloven-141"
    assert reason_of(lambda: counter.send(command, FAMILY, command_id)) == "COMMAND_ID_REUSED"


def test_a_stale_version_changes_nothing(counter: Counter) -> None:
    citizen = counter.register()
    counter.state(citizen)
    command = consents.EstablishBasis(citizen=citizen, organisation=FAMILY.organisation, law=LAW)
    command.command.expected_version = 1
    assert reason_of(lambda: counter.send(command, FAMILY)) == "VERSION_STALE"
    assert len(counter.published("BasisEstablished", citizen)) == 1


def test_who_looked_is_told_newest_first_with_persons_of_one_s_own_house_only(counter: Counter) -> None:
    citizen = counter.register()
    counter.state(citizen)
    counter.consent(citizen, "contact")
    for person, purpose in ((FAMILY, "casework"), (NGO, "mentoring"), (FAMILY, "coordination")):
        counter.ask(consents.Identify(citizens=[citizen], purpose=purpose), consents.Identified, person)
    question = consents.ListAccess(citizen=citizen)
    question.page.size = 2
    first = counter.ask(question, consents.AccessList, FAMILY)
    question.page.token = first.page.next
    last = counter.ask(question, consents.AccessList, FAMILY)
    assert [(each.purpose, each.organisation, each.actor) for each in (*first.accesses, *last.accesses)] == [
        ("coordination", FAMILY.organisation, FAMILY.person),
        ("mentoring", NGO.organisation, ""),
        ("casework", FAMILY.organisation, FAMILY.person),
    ]
    assert (dict(first.accesses[0].seen), last.page.next) == ({"contact": 1}, "")
    oneself = Person(citizen, "", "citizen")
    told = counter.ask(consents.ListAccess(citizen=citizen), consents.AccessList, oneself).accesses
    assert len(told) >= 3
    assert not any(each.actor for each in told)


@pytest.mark.parametrize("person", [NGO, STRANGER, AUDITOR])
def test_who_looked_is_not_told_to_everybody(counter: Counter, person: Person) -> None:
    citizen = counter.register()
    counter.consent(citizen, "contact")
    question = consents.ListAccess(citizen=citizen)
    expected = "ROLE_MISSING" if person is NGO else "CITIZEN_UNKNOWN"
    assert reason_of(lambda: counter.ask(question, consents.AccessList, person)) == expected


@pytest.mark.parametrize("token", ["x", "////", "eyJ", "gf8"])
def test_a_page_token_of_others_is_refused(counter: Counter, token: str) -> None:
    question = consents.ListAccess(citizen=counter.register())
    question.page.token = token
    assert reason_of(lambda: counter.ask(question, consents.AccessList, FAMILY)) == "PAGE_TOKEN_MALFORMED"


def test_what_is_kept_of_a_command_lets_nobody_try_numbers(counter: Counter) -> None:
    """A thief of the database knows all of a registration but the number, and could guess that."""
    command = consents.RegisterCitizen(identifier=numbered(f"010180{int(uuid4()) % 10_000:04}"))
    citizen = counter.send(command, FAMILY).id
    with psycopg.connect(counter.settings.database_of("consents")) as connection:
        (kept,) = connection.execute(
            "SELECT fingerprint FROM commands WHERE command = %s", [command.command.command_id]
        ).fetchone() or (b"",)
    who = replace(CONTEXT, actor=FAMILY.person, organisation=FAMILY.organisation)
    assert len(kept) == 16
    assert kept != fingerprint(Registration(citizen, command), who)
