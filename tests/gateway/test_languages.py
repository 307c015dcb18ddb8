"""Every visible word is in every language: sentences of templates and pages, codes, reasons, and lines of events."""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import libs
import services
from libs.eventlog import Context, Event, Refusal
from services.consents.basis import Basis
from services.consents.decisions import FULL, NONE, STUB, AccessClass, Question, facts_of
from services.consents.state import Citizen
from services.gateway import lines
from services.gateway.pages import referral_steps
from services.gateway.web.designsystem import WORDS
from services.gateway.web.languages import FOLDER, LANGUAGES, catalogue
from services.vocabulary import STEP_REASONS, VOCABULARIES

ROOM = FOLDER.parent
KEY = re.compile(r"^(reason|word|line|field|step|notice|page|violation|withheld|seen|find|law|subject|ground|rule)\.")
OURS = ("cases", "consents", "referrals", "partners")
NOT_SHOWN = {
    "consents.AccessRecorded.v1",
    *(f"referrals.{name}.v1" for name in ("ReplyLinkSent", "ReplyLinkAsked", "ReplyLinkUsed", "ReplyLinksRevoked")),
    "referrals.ReplyCodeRefused.v1",
}
"""Events that never become a line (they are what "who looked" shows, or ways to what others show)."""


def modules(room: ModuleType, names: tuple[str, ...]) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        if found.name.rpartition(".")[2] in names:
            yield importlib.import_module(found.name)


def sentences() -> set[str]:
    found = extract_from_dir(
        str(ROOM),
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        keywords={"gettext": None, "_": None, "ngettext": (1, 2)},
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, *_ in found} | set(WORDS.values())


def has(language: str, message: str) -> bool:
    entries = catalogue(language)._catalog  # type: ignore[attr-defined]
    return bool(entries.get(message) or entries.get((message, 0)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    wanted = {one for one in sentences() if language != "en" or KEY.match(one)}
    assert sorted(one for one in wanted if not has(language, one)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words(language: str) -> None:
    wanted = [f"word.{name}.{value}" for name, values in VOCABULARIES.items() for value in values]
    wanted += [f"word.basis_kind.{value}" for value in VOCABULARIES["consent_kind"]]
    assert [one for one in wanted if not has(language, one)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence(language: str) -> None:
    list(modules(libs, ("errors", "tokens", "authorize", "refusal", "paging", "log")))
    list(modules(services, ("errors", "api")))

    def reasons(kind: type[Refusal]) -> Iterator[str]:
        for one in kind.__subclasses__():
            if hasattr(one, "reason") and one.__module__.startswith(("libs.", "services.")):
                yield one.reason
            yield from reasons(one)

    wanted = {f"reason.{one}" for one in reasons(Refusal)} | {"reason.INTERNAL", "reason.OTHER"}
    assert len(wanted) > 20
    assert sorted(one for one in wanted if not has(language, one)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_law_reads_as_the_law_file_says(language: str) -> None:
    laws = tomllib.loads((ROOM.parent / "consents/law.toml").read_text("utf-8"))["law"]
    assert laws
    for law in laws:
        assert catalogue(language).gettext(f"law.{law['code']}") == law["title"][language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ground_and_rule_reads_as_its_file_says(language: str) -> None:
    room = ROOM.parent / "consents"
    grounds = tomllib.loads((room / "grounds.toml").read_text("utf-8"))["ground"]
    rules = tomllib.loads((room / "control.toml").read_text("utf-8"))["rule"]
    wanted = {f"ground.{right}.{one['code']}": one["title"][language] for one in grounds for right in one["rights"]}
    wanted |= {f"rule.{one['code']}": one["title"][language] for one in rules}
    assert len(wanted) > 10
    entries = catalogue(language)
    assert {key: entries.gettext(key) for key in wanted} == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_a_step_reads_as_the_reasons_file_says(language: str) -> None:
    wanted = {
        f"word.{kind}_reason.{code}": words[language]
        for kind, codes in STEP_REASONS.items()
        for code, words in codes.items()
    }
    assert len(wanted) > 30
    entries = catalogue(language)
    assert {key: entries.gettext(key) for key in wanted} == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_an_explanation_has_its_words(language: str) -> None:
    """What decisions are told, what a basis can lack, and how they end."""
    now = datetime.now(UTC)
    caller = Context(command_id="", actor="x", organisation="y", role="caseworker", now=now, occurred=now)
    of = AccessClass("y", "family", "normal", "")
    facts = facts_of(Citizen(id="z"), [], Question(caller, "casework", now), of)
    nothing = Basis(
        id="b", kind="statutory", holder="y", purposes=(), categories=(), since=now, scope="c", sources=("s",)
    )
    wanted = [f"word.fact.{fact}" for fact in facts.attributes]
    wanted += [f"word.lack.{one}" for one in (*nothing.lacks("family", "casework", "y", "other"), "period")]
    wanted += [f"word.outcome.{one}" for one in (FULL, STUB, NONE)]
    assert len(wanted) > 15
    assert [one for one in wanted if not has(language, one)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_subject_reads_as_the_subject_file_says(language: str) -> None:
    subjects = tomllib.loads((ROOM.parent / "cases/kle.toml").read_text("utf-8"))["subject"]
    assert subjects
    for code, words in subjects.items():
        assert catalogue(language).gettext(f"subject.{code}") == words[language]


def events() -> list[type[Event]]:
    """Those that can stand on a timeline: of a service whose events may be about a citizen."""
    found = []
    for name in OURS:
        path = ROOM.parent / name / "events.py"
        assert path.is_file(), f"{path} is gone"
        found += importlib.import_module(f"services.{name}.events").EVENTS
    return [event for event in found if not event.type.startswith("partners.") and event.type not in NOT_SHOWN]


@pytest.mark.parametrize("event", events(), ids=lambda event: str(event.type))
def test_every_event_has_a_line_in_every_language(event: type[Event]) -> None:
    line = lines.LINES[event.type]
    for name in (*(fact.field for fact in line.facts), *line.texts):
        assert name in event.__struct_fields__, f"{event.type} has no {name}"
    for language in LANGUAGES:
        assert has(language, lines.key_of(event.type))
        for name in (*(fact.field for fact in line.facts), *line.texts):
            assert has(language, f"field.{name}")


def test_no_line_is_for_an_event_that_nobody_writes() -> None:
    assert set(lines.LINES) <= {event.type for event in events()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_a_referral_has_its_words(language: str) -> None:
    for step in referral_steps.STEPS:
        for key in (f"step.{step}", f"step.{step}.lead", f"notice.{step.upper()}"):
            assert has(language, key), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_take_the_values_that_the_sentence_gives(language: str) -> None:
    placeholder = re.compile(r"%\((\w+)\)s")
    with (FOLDER / f"{language}.po").open("rb") as file:
        for message in read_po(file, locale=language):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if not message.id or KEY.match(str(ids[0])):
                continue
            for text in map(str, texts):
                assert set(placeholder.findall(text)) <= set(placeholder.findall(str(ids[-1]))), ids[0]


class Texts(HTMLParser):
    """Words that stand in a template outside tags and outside {{ }} and {% %}."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += re.findall(r"[^\W\d_]{2,}", data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("aria-label", "title", "alt", "placeholder"):
                self.found += re.findall(r"[^\W\d_]{2,}", value or "")


@pytest.mark.parametrize("path", sorted((ROOM / "templates").glob("*.html")), ids=lambda path: str(path.name))
def test_no_visible_text_is_hard_coded(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    parser = Texts()
    parser.feed(text)
    assert parser.found == []
