"""samspor referrals and samspor capacity, against real services."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from samspor.partners.v1 import partners_pb2 as partners
from typer.testing import CliRunner, Result

from cli import capacity, referrals
from cli.desk import OPERATOR
from libs.host import settings
from tests.referrals.mentoring import Mentoring
from tests.rpc.office import FAMILY, MARIA, MENTOR, NGO, Office, Person
from tests.rpc.places import set_scene

Run = Callable[..., Result]


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command of an app, in this process, about the office's services and their members."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(settings, "load", lambda: office.settings)
    for organisation, name in ((FAMILY, "Family unit"), (NGO, "Mentors")):
        if not office.rows("partners", "SELECT 1 FROM organisations WHERE id = %(id)s", {"id": organisation}):
            kind = "ngo" if organisation == NGO else "municipal_department"
            register = partners.RegisterOrganisation(organisation=organisation, kind=kind, name=name)
            office.send(register, Person(*OPERATOR[:3]))
    for person in (MARIA, MENTOR):
        member = partners.AddMember(
            organisation=person.organisation, person=person.name, name=f"{person.name.title()} Demo", role=person.role
        )
        office.send(member, Person(*OPERATOR[:3]))
    office.catch_up()
    return lambda app, *arguments: CliRunner().invoke(app, arguments)


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.JSONDecoder().raw_decode(result.stdout, result.stdout.index("{"))[0]


@pytest.fixture
def mentoring(office: Office) -> Mentoring:
    mentoring = Mentoring(office)
    mentoring.consent()
    return mentoring


def test_referrals_are_listed_page_by_page(run: Run, mentoring: Mentoring) -> None:
    made = {mentoring.requested() for _ in range(3)}
    mentoring.see("referrals")
    asked = ("list", "--as", "mentor", "--stage", "awaited", "--size", "2", "--json")
    found, token = set[str](), ""
    while True:
        page = answer(run(referrals.app, *asked, *(["--page", token] if token else [])))
        assert len(page["referrals"]) <= 2
        found |= {one["id"] for one in page["referrals"]}
        token = page.get("page", {}).get("next", "")
        if not token:
            break
    assert made <= found
    said = run(referrals.app, "list", "--as", "Maria Demo", "--box", "outbox", "--size", "1").output
    assert "Mentors" in said
    assert "working days left" in said
    assert "Maria Demo" in said
    assert "more: --page" in said


def test_one_referral_is_shown_without_a_word_of_what_was_written(run: Run, mentoring: Mentoring) -> None:
    referral = mentoring.accepted()
    said = run(referrals.app, "show", referral, "--as", "maria").output
    assert "accepted" in said
    assert "A mentor" not in said
    assert answer(run(referrals.app, "show", referral, "--as", "maria", "--json"))["status"] == "accepted"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("list", "--as", "maria", "--box", "attic"), "--box is one of inbox, outbox"),
        (("list", "--as", "maria", "--stage", "soon"), "--stage is one of draft"),
        (("list", "--as", "nobody"), "no member has this id or name"),
        (("list", "--as", "maria", "--page", "x"), "PAGE_TOKEN_MALFORMED"),
        (("show", str(uuid4()), "--as", "maria"), "REFERRAL_UNKNOWN"),
        (("show", "x", "--as", "maria"), "REQUEST_INVALID"),
    ],
)
def test_what_cannot_be_is_one_line(run: Run, arguments: tuple[str, ...], says: str) -> None:
    result = run(referrals.app, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_room_is_said_and_seen(run: Run, office: Office) -> None:
    service = set_scene(office).service
    assert (
        answer(run(capacity.app, "set", service, "3", "--as", "mentor", "--maximum", "8", "--json"))["available"] == 3
    )
    office.catch_up()
    assert "2 places free of 8" in run(capacity.app, "set", service, "2", "--as", "mentor").output
    office.catch_up()
    rooms = answer(run(capacity.app, "show", NGO, "--as", "maria", "--size", "200", "--json"))["capacities"]
    assert {one["service"]: one["available"] for one in rooms}[service] == 2
    assert service in run(capacity.app, "show", "--as", "mentor", "--size", "200").output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("9", "--as", "mentor", "--maximum", "8"), "CAPACITY_EXCEEDED"),
        (("1", "--as", "maria"), "ROLE_MISSING"),
    ],
)
def test_room_that_cannot_be_is_one_line(run: Run, office: Office, arguments: tuple[str, ...], says: str) -> None:
    result = run(capacity.app, "set", set_scene(office).service, *arguments)
    assert (result.exit_code, says in result.stderr) == (2, True), result.output
