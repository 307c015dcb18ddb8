"""Why somebody sees, or does not see, an entry: told to auditors, casework and the citizen, now or at a time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from samspor.timeline.v1 import timeline_pb2 as timeline
from typer.testing import CliRunner

from cli import access
from cli.desk import OPERATOR
from deploy.local.postgres import Postgres
from libs.eventlog import derived_id
from libs.host import settings
from libs.host.errors import Refused
from libs.host.times import timestamp
from tests.rpc.office import FAMILY, MARIA, MENTOR, NGO, STRANGER, Office, Person, oneself, open_office
from tests.rpc.script import Script


@pytest.fixture(scope="module")
def office(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One of its own: its organisations get members."""
    with open_office(postgres, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def ids(office: Office) -> dict[str, str]:
    """A citizen whom the NGO may know by consent, about family and not about economy; and when it was given."""
    script = Script(office)
    script.until("give")
    before = datetime.now(UTC).isoformat()
    script.until("draft")
    for category in ("family", "economy"):
        office.send(cases.WriteNote(case=script.known["case"], category=category, text="Note"), MARIA)
    office.catch_up()
    return script.known | {"before": before}


def asking(ids: dict[str, str], category: str = "economy", **more: Any) -> consents.ExplainAccess:
    viewer = consents.Viewer(person=MENTOR.name, organisation=NGO, role=MENTOR.role)
    of = consents.AccessClass(organisation=FAMILY, category=category, sensitivity="normal", case=ids["case"])
    return consents.ExplainAccess(citizen=ids["citizen"], viewer=viewer, purpose="mentoring", of=of, **more)


def explained(office: Office, question: consents.ExplainAccess, person: Person = MARIA) -> consents.AccessExplained:
    return office.ask(question, consents.AccessExplained, person)


def test_what_is_missing_is_named_in_three_languages(office: Office, ids: dict[str, str]) -> None:
    answer = explained(office, asking(ids))
    assert (answer.decision.outcome, answer.decision.reason) == ("stub", "CONSENT_MISSING")
    assert list(answer.decision.policies) == ["know_what_is_withheld"]
    assert set(answer.decision.sentences) == {"da", "sv", "en"}
    assert len(answer.policy_set) == 64
    assert [list(each.missing) for each in answer.bases] == [["category"]]
    assert (answer.facts["related"], answer.facts["consent"]) == ("yes", "no")


def test_it_is_the_decision_that_the_reading_gets(office: Office, ids: dict[str, str]) -> None:
    question = timeline.GetTimeline(citizen=ids["citizen"], purpose="mentoring")
    read = {each.category: each for each in office.ask(question, timeline.Timeline, MENTOR).entries}
    for category in ("family", "economy"):
        answer = explained(office, asking(ids, category)).decision
        entry = read[category]
        assert (answer.outcome, answer.reason, answer.basis) == (entry.outcome, entry.reason, entry.basis)


def test_an_earlier_time_is_answered_as_things_stood_then(office: Office, ids: dict[str, str]) -> None:
    then = timestamp(datetime.fromisoformat(ids["before"]))
    assert explained(office, asking(ids, "family")).decision.outcome == "full"
    before = explained(office, asking(ids, "family", at=then))
    assert (before.decision.outcome, before.decision.reason) == ("none", "RELATION_MISSING")
    assert list(before.bases) == []


def test_who_is_told(office: Office, ids: dict[str, str]) -> None:
    assert explained(office, asking(ids), oneself(ids["citizen"])).decision.outcome == "stub"
    for person, reason in ((STRANGER, "CITIZEN_UNKNOWN"), (MENTOR, "ROLE_MISSING")):
        with pytest.raises(Refused) as no:
            explained(office, asking(ids), person)
        assert no.value.reason == reason


ARGUMENTS: Final = ("--viewer", MENTOR.name, "--as", MARIA.name, "--purpose", "mentoring", "--json")


def test_the_command_line_finds_the_entry_that_is_meant(
    office: Office, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = Person(OPERATOR.person, OPERATOR.organisation, OPERATOR.role)
    for person, kind in ((MARIA, "municipal_department"), (MENTOR, "ngo")):
        registering = partners.RegisterOrganisation(organisation=person.organisation, kind=kind, name=person.name)
        office.send(registering, operator, derived_id(person.organisation, "registered"))
        member = partners.AddMember(
            organisation=person.organisation, person=person.name, name=person.name, role=person.role
        )
        office.send(member, operator)
    office.catch_up()
    monkeypatch.setattr(settings, "load", lambda: office.settings)
    entries = office.ask(
        timeline.GetTimeline(citizen=ids["citizen"], purpose="casework"), timeline.Timeline, MARIA
    ).entries
    entry = next(each.id for each in entries if each.category == "economy")
    run = CliRunner().invoke(access.app, ["explain", ids["citizen"], "--entry", entry, *ARGUMENTS])
    assert run.exit_code == 0, run.output
    assert json.loads(run.output)["decision"]["reason"] == "CONSENT_MISSING"
    for wrong in (["--entry", ids["case"]], [], ["--category", "family"], ["--entry", entry, "--at", "yesterday"]):
        failed = CliRunner().invoke(access.app, ["explain", ids["citizen"], *wrong, *ARGUMENTS])
        assert failed.exit_code == 2
