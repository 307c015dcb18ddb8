"""The right of access as a folder: all of it, for those who may, readable by people and programs, and on record."""

import hashlib
import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
import typer
from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from samspor.timeline.v1 import timeline_pb2 as timeline
from typer.testing import CliRunner, Result

from cli import access
from cli.desk import OPERATOR
from cli.desk import Person as Member
from deploy.local.postgres import Postgres
from libs.eventlog import derived_id
from libs.host import settings
from libs.host.errors import Refused
from services.consents.exports.formats import read
from services.gateway.package import collect as collecting
from services.gateway.package.collect import Collected, collect
from services.gateway.package.folder import FolderTaken, write
from services.gateway.package.page import ROOM, WORDS, page_of
from services.gateway.package.record import record_of
from services.gateway.web.languages import LANGUAGES, catalogue
from tests.rpc.office import AUDITOR, CITIZENS, FAMILY, MARIA, MENTOR, NGO, STRANGERS, Office, Person, open_office
from tests.rpc.script import Script

MADE: Final = datetime(2026, 6, 8, 10, 0, tzinfo=UTC)
HOSTILE: Final = "<script>alert('kanariefugl')</script><img src=x onerror=alert(1)>"
NAMES: Final = {FAMILY: "Family & <b>Co</b>", NGO: "Mentors", CITIZENS: "Citizens"}
Answer = TypeVar("Answer", bound=Message)


@pytest.fixture(scope="module")
def office(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One of its own, since its organisations are registered: that a kind is known changes what a law covers."""
    with open_office(postgres, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def ids(office: Office) -> dict[str, str]:
    """A citizen about whom something was written, and whom an NGO may know by consent."""
    script = Script(office)
    script.until("draft")
    note = cases.WriteNote(case=script.known["case"], category="family", text=HOSTILE)
    office.send(note, MARIA)
    office.catch_up()
    return script.known


def ask_in(office: Office, member: Member) -> Any:
    def ask(question: Message, answer: type[Answer]) -> Answer:
        return office.ask(question, answer, Person(member.person, member.organisation, member.role))

    return ask


def oneself(ids: dict[str, str]) -> Member:
    return Member(ids["citizen"], CITIZENS, "citizen")


def looks_of(office: Office, citizen: str) -> int:
    return int(
        office.rows(
            "consents",
            "SELECT count(*) FROM events WHERE type = 'consents.AccessRecorded.v1'"
            " AND position(convert_to(%(citizen)s::text, 'UTF8') IN body) > 0",
            {"citizen": citizen},
        )[0][0]
    )


@pytest.fixture
def collected(office: Office, ids: dict[str, str]) -> Collected:
    return collect(ask_in(office, oneself(ids)), ids["citizen"], "own_access")


def test_all_pages_are_there_and_each_was_recorded(
    office: Office, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = collect(ask_in(office, oneself(ids)), ids["citizen"], "own_access")
    monkeypatch.setattr(collecting, "SIZE", 3)
    before, told = looks_of(office, ids["citizen"]), list[int]()
    paged = collect(ask_in(office, oneself(ids)), ids["citizen"], "own_access", told.append)
    assert [each.id for each in paged.entries] == [each.id for each in whole.entries]
    assert len(paged.entries) > 3
    # The name, each page of the timeline and of looks, and each consent.
    pages = -(-len(paged.entries) // 3) + -(-len(paged.looks) // 3) + len(paged.records) + 1
    assert looks_of(office, ids["citizen"]) - before == pages
    assert sum(told) == len(paged.entries) + len(paged.looks) + len(paged.records) + len(paged.bases)


def test_the_record_holds_all_for_programs(collected: Collected, ids: dict[str, str]) -> None:
    document = json.loads(record_of(collected, NAMES, MADE))
    assert (document["identity"], document["citizen"]) == ({"name": "Amalie"}, ids["citizen"])
    texts = [text for entry in document["timeline"] for text in entry.get("personal", {}).values()]
    assert {HOSTILE, "Vej 1"} <= set(texts)
    assert ids["number"] not in json.dumps(document), "who has the package has not the number"
    assert [read("iso-27560", json.dumps(each)).id for each in document["consents"]] == [
        each.id for each in collected.bases if each.kind == "gdpr_consent"
    ]
    assert ids["consent"] in {each["id"] for each in document["bases"]}
    assert {each["resourceType"] for each in document["looked"]} == {"AuditEvent"}
    for name in (MARIA.name, MENTOR.name):
        assert f'"{name}"' not in json.dumps(document["looked"]), "people of others are not named"


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_readable_and_runs_and_loads_nothing(language: str, collected: Collected) -> None:
    parsed = Tags(page_of(collected, NAMES, MADE, language))
    assert not {"script", "img", "link", "iframe", "object", "form", "b"} & set(parsed.tags)
    assert not [name for name, _ in parsed.attributes if name.startswith("on") or name in ("src", "href", "style")]
    assert ("lang", language) in parsed.attributes
    for text in (HOSTILE, NAMES[FAMILY], "Amalie", WORDS[language]["title"], WORDS[language]["about"]):
        assert text in parsed.text
    assert parsed.tags.count("article") == len(collected.entries)


def test_the_page_has_its_words_in_every_language() -> None:
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}
    assert set(WORDS) == set(LANGUAGES)
    source = (ROOM / "page.html").read_text()
    borrowed = {part.split('")')[0] for part in source.split('_("')[1:]}
    assert borrowed
    for language in ("da", "sv"):
        assert [each for each in borrowed if each not in catalogue(language)._catalog] == []  # type: ignore[attr-defined]
    statuses = ["active", "awaited", "given", "withdrawn", "invalidated"]
    statuses += ["renewed", "expired", "ended", "requested", "refused"]
    for language in LANGUAGES:
        for status in statuses:
            key = f"word.basis_status.{status}"
            assert catalogue(language).gettext(key) != key


def test_an_auditor_gets_what_an_audit_may_see(office: Office, ids: dict[str, str]) -> None:
    ground = consents.EstablishBasis(citizen=ids["citizen"], organisation=STRANGERS, law="audit")
    auditor = Member(AUDITOR.name, STRANGERS, "auditor")
    with pytest.raises(Refused) as no:
        collect(ask_in(office, auditor), ids["citizen"], "audit")
    assert no.value.reason == "CITIZEN_UNKNOWN"
    office.send(ground, AUDITOR)
    found = collect(ask_in(office, auditor), ids["citizen"], "audit")
    assert found.entries
    assert WORDS["da"]["title_audit"] in page_of(found, NAMES, MADE, "da")


def test_nobody_else_gets_one(office: Office, ids: dict[str, str]) -> None:
    another = Member("0189bbbb-0000-7000-8000-00000000000a", CITIZENS, "citizen")
    with pytest.raises(Refused) as no:
        collect(ask_in(office, another), ids["citizen"], "own_access")
    assert no.value.reason == "CITIZEN_UNKNOWN"
    for role, stated in (("caseworker", ""), ("caseworker", "audit"), ("auditor", ""), ("citizen", "audit")):
        with pytest.raises(typer.Exit):
            access.purpose_of(Member("somebody", FAMILY, role), stated)
    assert access.purpose_of(Member("a", FAMILY, "auditor"), "audit") == "audit"
    assert access.purpose_of(Member("a", FAMILY, "citizen"), "") == "own_access"


@pytest.fixture
def command(office: Office, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`samspor access` where the citizen and a caseworker are members of organisations."""
    monkeypatch.setattr(settings, "load", lambda: office.settings)
    operator = Person(*OPERATOR[:3])
    for organisation, kind in ((CITIZENS, "other"), (FAMILY, "municipal_department"), (NGO, "ngo")):
        office.send(
            partners.RegisterOrganisation(organisation=organisation, kind=kind, name=f"Org {organisation[-1]}"),
            operator,
            derived_id(organisation, "registered"),
        )
    for person, organisation, role in (
        (ids["citizen"], CITIZENS, "citizen"),
        (MARIA.name, FAMILY, "coordinator"),
    ):
        adding = partners.AddMember(organisation=organisation, person=person, name=f"Member {person}", role=role)
        office.send(adding, operator, derived_id(organisation, person))
    office.catch_up()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(access.app, arguments)

    return run


def test_the_command_makes_the_package(command: Callable[..., Result], ids: dict[str, str], tmp_path: Path) -> None:
    citizen, out = ids["citizen"], str(tmp_path / "mine")
    made = command("package", citizen, "--as", citizen, "--out", out, "--lang", "en")
    assert made.exit_code == 0, made.output
    assert WORDS["en"]["title"] in Path(out, "index.html").read_text()
    assert "Org 2" in json.loads(Path(out, "record.json").read_text())["organisations"].values()
    for arguments in (
        ("--as", citizen, "--out", out),
        ("--as", citizen, "--out", f"{out}2", "--lang", "xx"),
        ("--as", MARIA.name, "--out", f"{out}2"),
        ("--as", "nobody", "--out", f"{out}2"),
    ):
        assert command("package", citizen, *arguments).exit_code == 2
    assert not Path(f"{out}2").exists()


def test_the_command_tells_who_has_seen_what(
    command: Callable[..., Result], office: Office, ids: dict[str, str]
) -> None:
    asked = ("seen", ids["citizen"], ids["consent"], "--as", MARIA.name)
    office.ask(timeline.GetTimeline(citizen=ids["citizen"], purpose="mentoring"), timeline.Timeline, MENTOR)
    told = command(*asked, "--json")
    assert told.exit_code == 0, told.output
    (ngo,) = json.loads(told.stdout)["organisations"]
    assert (ngo["organisation"], ngo["readings"]) == (NGO, 1)
    assert "Org 2" in command(*asked).stdout
    assert command("seen", ids["citizen"], NGO, "--as", MARIA.name).exit_code == 2


def test_the_folder_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder, files = tmp_path / "new" / "package", {"index.html": b"page", "record.json": b"{}"}
    write(folder, files)
    assert {each.name for each in folder.iterdir()} == {*files, "SHA256SUMS"}
    lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text().splitlines()]
    assert lines == [[hashlib.sha256(content).hexdigest(), name] for name, content in sorted(files.items())]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [each.name for each in folder.parent.iterdir()] == ["package"]


@pytest.mark.parametrize("taken", [lambda folder: (folder / "x").mkdir(parents=True), lambda folder: folder.touch()])
def test_a_folder_that_is_taken_is_left_as_it_is(taken: Callable[[Path], Any], tmp_path: Path) -> None:
    folder = tmp_path / "package"
    taken(folder)
    with pytest.raises(FolderTaken):
        write(folder, {"index.html": b""})
    assert not (folder / "index.html").exists()
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty", {"index.html": b""})
    assert (tmp_path / "empty" / "SHA256SUMS").exists()
