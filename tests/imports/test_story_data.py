"""The story is whole: it names nothing that it does not bring, and nothing that a service would not know."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from samspor.common.v1 import common_pb2 as common

from cli.story_data import command_of, moment, read_story, story_id
from services.vocabulary import VOCABULARIES

ROOM = Path(__file__).parents[2] / "services"
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
STORY = read_story()


def commands() -> Iterator[tuple[Any, Any]]:
    """Each step and its command, told in order."""
    known = {f"org.{key}": story_id("organisation", key) for key in STORY.organisations}
    known |= {f"service.{offer.key}": story_id("service", offer.key) for offer in STORY.services}
    known |= {f"person.{key}": story_id("person", key) for key in STORY.members}
    known |= {key: story_id("citizen", key) for key in STORY.citizens}
    for step in STORY.steps:
        yield step, command_of(step, NOW, known)
        if step.keep:
            known[step.keep] = story_id("step", step.keep)


def test_every_step_is_a_command_with_required_fields_and_known_words() -> None:
    rules = common.rules
    for _, command in commands():
        for field in command.DESCRIPTOR.fields:
            rule = field.GetOptions().Extensions[rules]
            value = getattr(command, field.name)
            if rule.required and field.name != "command":
                assert value, (command.DESCRIPTOR.name, field.name)
            if rule.vocabulary and value:
                words = [value] if isinstance(value, str) else list(value)
                assert set(words) <= set(VOCABULARIES[rule.vocabulary])


def test_every_step_is_taken_by_somebody_in_the_story() -> None:
    assert {step.by for step in STORY.steps} <= set(STORY.members) | set(STORY.citizens)
    assert {member.organisation for member in STORY.members.values()} <= set(STORY.organisations)
    assert {member.role for member in STORY.members.values()} <= set(VOCABULARIES["role"])
    assert {offer.organisation for offer in STORY.services} <= set(STORY.organisations)


def test_everything_has_happened_when_it_is_told() -> None:
    assert all(moment(NOW, step.day, step.time) < NOW for step in STORY.steps if step.day is not None)


def test_laws_and_subjects_are_in_the_services_data_files() -> None:
    laws = {law["code"] for law in tomllib.loads((ROOM / "consents" / "law.toml").read_text())["law"]}
    subjects = (ROOM / "cases" / "kle.toml").read_text()
    for _, command in commands():
        if code := getattr(command, "legal_basis", ""):
            assert code in laws
        if code := getattr(command, "subject_code", ""):
            assert f'"{code}"' in subjects


def test_everybody_is_marked_as_demo() -> None:
    names = [member.name for member in STORY.members.values()]
    names += [citizen.name for citizen in STORY.citizens.values()]
    assert all("Demo" in name for name in names)
