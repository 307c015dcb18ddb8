"""samspor story against real services: told once, however often it is told."""

from collections import Counter
from collections.abc import Iterator

import pytest
import typer
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from typer.testing import CliRunner

from cli.desk import OPERATOR, Desk, Person
from cli.story import CPR, story
from cli.story_data import read_story, story_id
from deploy.local.postgres import Postgres
from libs.host.settings import Settings
from tests.partners.system import STORY, published, running, show_directory

TOLD = read_story()


@pytest.fixture(scope="module")
def system(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with running(postgres, tmp_path_factory.mktemp("story"), STORY) as settings:
        yield settings


def tell(*options: str) -> None:
    app = typer.Typer()
    app.command()(story)
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 0, result.output


def events(system: Settings) -> dict[str, int]:
    return {service: len(published(system, service)) for service in STORY}


def withdrawals(system: Settings) -> int:
    return Counter(event.type for event in published(system, "consents"))["consents.ConsentWithdrawn.v1"]


def test_the_story_is_told_once(system: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.host.settings.load", lambda: system)
    tell()
    show_directory(system)
    first = events(system)
    assert all(first.values())
    tell()
    assert events(system) == first
    assert withdrawals(system) == 1, "only that of the second citizen"
    tell("--with-withdrawal")
    tell("--with-withdrawal")
    assert withdrawals(system) == 2
    with Desk(system) as desk:
        members = desk.ask(partners.ListMembers(), partners.MemberList, OPERATOR).members
        assert len(members) == len(TOLD.members) + len(TOLD.citizens)
        mette = TOLD.members["mette"]
        person = Person(story_id("person", "mette"), story_id("organisation", mette.organisation), mette.role)
        for citizen in TOLD.citizens.values():
            question = consents.FindCitizen(
                identifier=consents.Identifier(system=CPR, value=citizen.number), purpose="casework"
            )
            found = desk.ask(question, consents.CitizenFound, person).citizen
            assert found in {member.person for member in members if member.role == "citizen"}
