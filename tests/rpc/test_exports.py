"""Consents and looks in formats of others: whole, for those who may see them, and each look on record."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.consent import Consent
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

from libs.eventlog import derived_id
from libs.host.errors import Refused
from libs.host.times import period
from services.consents.exports.formats import FORMATS, read, written
from services.consents.exports.record import ConsentRecord
from tests.rpc.office import CITIZENS, FAMILY, MARIA, MENTOR, NGO, Office, Person, oneself
from tests.rpc.script import Script

VALID: Final[dict[str, Callable[[Any], Any]]] = {
    "fhir-r4": Consent.model_validate,
    "iso-27560": lambda document: document["@context"]["dpv"],
}


@pytest.fixture
def ids(office: Office) -> dict[str, str]:
    """A citizen who consents to a look by an NGO."""
    script = Script(office)
    script.until("draft")
    return script.known


def exported(office: Office, ids: dict[str, str], format_: str, person: Person = MARIA) -> ConsentRecord:
    question = consents.ExportConsent(citizen=ids["citizen"], consent=ids["consent"], format=format_)
    answer = office.ask(question, consents.ConsentExported, person)
    assert VALID[format_](json.loads(answer.document))
    return read(format_, answer.document)


def reading(office: Office, citizen: str, person: Person = MENTOR, purpose: str = "mentoring") -> None:
    office.ask(timeline.GetTimeline(citizen=citizen, purpose=purpose), timeline.Timeline, person)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_consent_is_exported_with_what_became_of_it(format_: str, office: Office, ids: dict[str, str]) -> None:
    before = exported(office, ids, format_)
    assert (before.id, before.status, before.recorded_by) == (ids["consent"], "given", FAMILY)
    office.send(consents.WithdrawConsent(citizen=ids["citizen"], consent=ids["consent"]), MARIA)
    after = exported(office, ids, format_, oneself(ids["citizen"]))
    assert (after.status, [each.state for each in after.changes]) == ("withdrawn", ["given", "withdrawn"])
    assert after.terms == before.terms


def test_an_export_is_a_look_and_a_refused_one_is_none(office: Office, ids: dict[str, str]) -> None:
    before = office.recorded()["consents"]
    exported(office, ids, "fhir-r4")
    assert office.recorded()["consents"] == before + 1
    statutory = next(each.id for each in bases(office, ids) if each.law)
    for consent in (str(uuid4()), statutory):
        with pytest.raises(Refused) as no:
            exported(office, ids | {"consent": consent}, "fhir-r4")
        assert no.value.reason == "CONSENT_UNKNOWN"
    assert office.recorded()["consents"] == before + 1


def bases(office: Office, ids: dict[str, str]) -> list[consents.Basis]:
    return list(office.ask(consents.ListBases(citizen=ids["citizen"]), consents.BasisList, MARIA).bases)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_consent_that_was_exported_is_given_again_by_importing_it(
    format_: str, office: Office, ids: dict[str, str]
) -> None:
    record, command_id = exported(office, ids, format_), str(uuid4())
    with pytest.raises(Refused) as no:
        office.send(importing(ids, format_, record), MARIA)
    assert no.value.reason == "CONSENT_OVERLAPPING", "the rules of GiveConsent hold"
    office.send(consents.WithdrawConsent(citizen=ids["citizen"], consent=ids["consent"]), MARIA)
    office.send(importing(ids, format_, record), MARIA, command_id)
    consent = derived_id(command_id, "consent")
    again = exported(office, ids | {"consent": consent}, format_)
    assert (again.id, again.status, again.terms) == (consent, "given", record.terms)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_request_is_exported_as_a_question(format_: str, office: Office, ids: dict[str, str]) -> None:
    command_id = str(uuid4())
    asking = consents.RequestConsent(
        citizen=ids["citizen"],
        kind="gdpr_consent",
        grantee=NGO,
        purposes=["mentoring"],
        categories=["economy"],
        period=period(None, datetime.now(UTC) + timedelta(days=9)),
        notice_version="2026-1",
    )
    office.send(asking, MARIA, command_id)
    request = ids | {"consent": derived_id(command_id, "request")}
    assert [each.state for each in exported(office, request, format_).changes] == ["requested"]
    office.send(consents.RefuseConsent(citizen=ids["citizen"], request=request["consent"]), oneself(ids["citizen"]))
    assert exported(office, request, format_).status == "refused"
    with pytest.raises(Refused) as no:
        office.send(importing(ids, format_, exported(office, request, format_)), MARIA)
    assert no.value.reason == "DOCUMENT_UNACCEPTABLE"


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"grantee": "nobody"}, "DOCUMENT_UNACCEPTABLE"),
        ({"replaces": str(uuid4())}, "DOCUMENT_UNACCEPTABLE"),
        ({"kind": "procedural_consent"}, "CONSENT_BLANKET"),
    ],
)
def test_what_is_not_a_consent_here_changes_nothing(
    format_: str, changes: dict[str, Any], reason: str, office: Office, ids: dict[str, str]
) -> None:
    record = exported(office, ids, format_)
    changed = msgspec.structs.replace(record, terms=msgspec.structs.replace(record.terms, **changes))
    before = office.recorded()
    with pytest.raises(Refused) as no:
        office.send(importing(ids, format_, changed), MARIA)
    assert no.value.reason == reason
    assert no.value.details.get("element", "$").startswith("$")
    assert office.recorded() == before


def importing(ids: dict[str, str], format_: str, record: ConsentRecord) -> consents.ImportConsent:
    return consents.ImportConsent(citizen=ids["citizen"], format=format_, document=written(format_, record))


def pages(office: Office, citizen: str, person: Person) -> list[Any]:
    """The resources of every page, the newest first."""
    question, found = consents.ExportAccess(citizen=citizen), []
    question.page.size = 2
    while True:
        answer = office.ask(question, consents.AccessExported, person)
        bundle = json.loads(answer.document)
        Bundle.model_validate(bundle)
        found += [entry["resource"] for entry in bundle.get("entry", [])]
        question.page.token = answer.page.next
        if not answer.page.next:
            return found


def test_who_looked_is_exported_with_people_named_as_in_the_list(office: Office, ids: dict[str, str]) -> None:
    citizen = ids["citizen"]
    reading(office, citizen, MARIA, "casework")
    reading(office, citizen)
    reading(office, citizen)
    for person in (MARIA, oneself(citizen)):
        listed = office.ask(consents.ListAccess(citizen=citizen), consents.AccessList, person).accesses
        resources = pages(office, citizen, person)
        known = {each.id: each for each in listed}
        shared = [each for each in resources if each["id"] in known]
        assert len(shared) == len(known) >= 3
        for resource in shared:
            look = known[resource["id"]]
            text = json.dumps(resource)
            assert f"urn:uuid:{look.organisation}" in text
            assert (f'"{look.actor}"' in text) is bool(look.actor)
            assert look.actor or not any(f'"{each.name}"' in text for each in (MARIA, MENTOR))
    with pytest.raises(Refused) as no:
        pages(office, citizen, MENTOR)
    assert no.value.reason == "ROLE_MISSING"


def seen_under(office: Office, ids: dict[str, str], person: Person) -> list[consents.SeenBy]:
    question = consents.SeenUnder(citizen=ids["citizen"], consent=ids["consent"])
    return list(office.ask(question, consents.SeenUnderConsent, person).organisations)


@pytest.mark.parametrize("listed", [True, False])
def test_what_was_seen_on_the_ground_of_a_consent_is_told_when_it_is_gone(
    listed: bool, office: Office, ids: dict[str, str]
) -> None:
    """Whether or not the worker has come to the readings yet."""
    citizen = ids["citizen"]
    assert seen_under(office, ids, MARIA) == []
    note = office.send(cases.WriteNote(case=ids["case"], category="family", text="Visited"), MARIA)
    office.catch_up()
    for _ in range(2):
        reading(office, citizen)
    reading(office, citizen, MARIA, "casework")
    office.send(consents.WithdrawConsent(citizen=citizen, consent=ids["consent"]), oneself(citizen))
    if listed:
        office.catch_up()
    for person in (MARIA, oneself(citizen)):
        (ngo,) = seen_under(office, ids, person)
        assert (ngo.organisation, ngo.readings, dict(ngo.seen)) == (NGO, 2, {"family": 2, "education": 2})
        assert f"{note.id}/{note.version}" in ngo.entries
        assert len(ngo.entries) == 2, "the teacher's note, and this one"
        assert ngo.first.ToDatetime() < ngo.last.ToDatetime()
    with pytest.raises(Refused) as no:
        seen_under(office, ids, MENTOR)
    assert no.value.reason in ("ROLE_MISSING", "CITIZEN_UNKNOWN")
    with pytest.raises(Refused) as no:
        seen_under(office, ids | {"consent": str(uuid4())}, MARIA)
    assert no.value.reason == "CONSENT_UNKNOWN"
    assert CITIZENS not in {each.organisation for each in seen_under(office, ids, MARIA)}
