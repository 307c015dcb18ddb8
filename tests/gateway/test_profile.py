"""The organisation's administrator keeps its entry: what is written is kept where something is wrong with it."""

import re
from typing import Any

import pytest
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.service_fields import hours_on, opening
from tests.gateway.conftest import Browser
from tests.gateway.rooms_in_memory import SERVICE
from tests.gateway.world import HOUSING, NGO

OWN = f"/organisations/{NGO}"
ONE = f"{OWN}/services/{SERVICE}"


@pytest.fixture
def keeper(browser: Browser) -> Browser:
    browser.sign_in("p-keeper")
    return browser


def test_all_of_the_entry_is_reached_from_one_page(keeper: Browser) -> None:
    assert f'href="{OWN}/edit"' in keeper.get(OWN).text
    page = keeper.get(f"{OWN}/edit?lang=en").text
    for path in (f"{OWN}/about", f"{OWN}/role", f"{OWN}/new-service", f"{ONE}/edit", f"{ONE}/access"):
        assert f'href="{path}"' in page
        assert keeper.get(path).status_code == 200
    assert "3 free" in page
    assert "women" in page, "whom it is for"


def test_room_is_said_in_two_taps_from_the_entry(keeper: Browser) -> None:
    page = keeper.get(f"{OWN}/edit").text
    answer = keeper.send("/room", {"change": "full", "service": SERVICE}, page)
    assert answer.url.path == "/room"
    said = keeper.services.last(partners.DeclareCapacity)
    assert (said.service, said.organisation, said.available) == (SERVICE, NGO, 0)


@pytest.mark.parametrize("path", ["edit", "about", "new-service", f"services/{SERVICE}/eligibility"])
def test_nobody_keeps_the_entry_of_another(keeper: Browser, path: str) -> None:
    assert keeper.get(f"/organisations/{HOUSING}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["edit", "about", f"services/{SERVICE}/access"])
def test_others_have_no_such_pages(helper: Browser, path: str) -> None:
    assert helper.get(f"{OWN}/{path}").status_code == 404


def test_who_is_reached_how_is_said(keeper: Browser) -> None:
    answer = keeper.send(f"{OWN}/about", {"description": "Hjælp.", "email": "a@b.example", "phone": "12345678"})
    assert answer.url.path == f"{OWN}/edit"
    said = keeper.services.last(partners.DescribeOrganisation)
    assert (said.organisation, said.description, said.email, said.phone) == (NGO, "Hjælp.", "a@b.example", "12345678")


def test_a_service_is_published_and_changed(keeper: Browser) -> None:
    fields = {"name": "Café", "status": "active", "categories": ["family"], "minimum_age": "18"}
    keeper.send(f"{OWN}/new-service", fields)
    said = keeper.services.last(partners.PublishService)
    assert (said.service, said.name, list(said.categories), said.minimum_age) == ("", "Café", ["family"], 18)
    page = keeper.get(f"{ONE}/edit").text
    assert 'value="Mentor for unge mødre"' in page
    keeper.send(f"{ONE}/edit", fields, page)
    assert keeper.services.last(partners.PublishService).service == SERVICE


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(keeper: Browser) -> None:
    before = len(keeper.services.asked)
    wrong: dict[str, Any] = {"hours_MO": "9-17", "hours_TU": "9 til 17", "area_list": "5000, Odense"}
    wrong["languages"] = ["so"]
    answer = keeper.send(f"{ONE}/access?lang=en", wrong)
    assert answer.status_code == 422
    assert 'href="#hours_TU"' in answer.text
    assert 'href="#hours_MO"' not in answer.text
    for kept in ("9 til 17", "9-17", "5000, Odense"):
        assert f'value="{kept}"' in answer.text
    assert not any(isinstance(one, partners.DescribeService) for one in keeper.services.asked[before:])
    keeper.send(f"{ONE}/access", wrong | {"hours_TU": "9-12, 13.30-2"}, answer.text)
    said = keeper.services.last(partners.DescribeService)
    assert (list(said.areas), list(said.languages)) == (["5000", "Odense"], ["so"])
    assert [(one.day, one.opens, one.closes) for one in said.hours] == [
        ("MO", "09:00", "17:00"),
        ("TU", "09:00", "12:00"),
        ("TU", "13:30", "02:00"),
    ]


def test_a_refusal_keeps_what_was_ticked(keeper: Browser) -> None:
    crossed = Refused(Kind.INVALID, "SITUATIONS_CROSSED", "", {"situations": "homeless"})
    keeper.services.refuse["StateEligibility"] = crossed
    answer = keeper.send(
        f"{ONE}/eligibility?lang=en",
        {"municipality_list": "Odense, Assens", "eligibility.situations": ["homeless"]},
    )
    assert answer.status_code == 422
    assert 'value="Odense, Assens"' in answer.text
    assert "asked for and excluded" in answer.text
    said = keeper.services.last(partners.StateEligibility)
    assert (list(said.eligibility.municipalities), list(said.eligibility.situations)) == (
        ["Odense", "Assens"],
        ["homeless"],
    )


def test_hours_are_read_as_they_are_shown() -> None:
    shown = "09:00-12:00, 13:30-02:00"
    assert hours_on("MO", opening("MO", shown)) == shown
    for wrong in ("25-26", "9", "9-9", "9-12-13", "12:60-13"):
        with pytest.raises(ValueError, match=re.escape(wrong)):
            list(opening("MO", wrong))


@pytest.mark.parametrize("path", ["/directory", "/find-help"])
def test_facts_are_posted_and_stand_in_no_address(coordinator: Browser, path: str) -> None:
    facts = {"gender": "female", "situations": ["homeless", "x"], "other_situations": ["substance_use"]}
    answer = coordinator.send(f"{path}?lang=en", facts | {"need": "hjem"}, coordinator.get(path).text)
    assert answer.status_code == 200
    assert "homeless" not in str(answer.url)
    asked: Any = coordinator.services.asked
    told = next(one.facts for one in reversed(asked) if "facts" in one.DESCRIPTOR.fields_by_name)
    assert (told.gender, list(told.situations), list(told.other_situations)) == (
        "female",
        ["homeless"],
        ["substance_use"],
    )
    assert "Ask about: age, not uses alcohol or drugs" in answer.text


def test_what_is_not_told_is_not_sent(coordinator: Browser) -> None:
    coordinator.get("/directory?q=mentor")
    assert not coordinator.services.last(partners.SearchServices).HasField("facts")
