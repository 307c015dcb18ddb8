"""What an organisation shows on the portal, and introductions, as their pages keep them."""

import pytest
from samspor.partners.v1 import partners_pb2

from tests.gateway.conftest import Browser
from tests.gateway.world import NGO, uid

OFFER = {"direction": "need", "kind": "goods", "title": "Barnevogne", "area": "Nordby", "contact": "volunteer_centre"}
OWN = uid("https://netvaerk.example")
ANSWER = f"/introductions/{uid('introduction')}/answer"


@pytest.fixture
def keeper(browser: Browser) -> Browser:
    browser.sign_in("p-keeper")
    return browser


def test_an_organisation_shows_what_it_needs(keeper: Browser) -> None:
    answer = keeper.send("/offers/new", OFFER | {"period.until": "2030-12-31"})
    assert answer.url.path == "/offers"
    command = keeper.services.last(partners_pb2.PublishOffer)
    assert (command.organisation, command.title, command.area) == (NGO, "Barnevogne", "Nordby")
    assert command.period.until.ToJsonString() == "2030-12-31T23:00:00Z"


def test_what_is_shown_is_changed_and_taken_down(keeper: Browser) -> None:
    page = keeper.get(f"/offers/{OWN}/change").text
    assert "Et &lt;i&gt;lokale&lt;/i&gt;" in page
    keeper.send(f"/offers/{OWN}/change", OFFER, page)
    assert keeper.services.last(partners_pb2.ChangeOffer).offer == OWN
    keeper.send(f"/offers/{OWN}/withdraw", {})
    assert keeper.services.last(partners_pb2.WithdrawOffer).offer == OWN


def test_the_portal_asks_for_the_area_and_the_page_of_its_address(browser: Browser) -> None:
    browser.get("/portal?area=Nordby&kind=jobs&page=abc")
    question = browser.services.last(partners_pb2.ListOffers)
    assert (question.area, question.kind, question.page.token) == ("Nordby", "jobs", "abc")


def test_an_introduction_is_answered_once_and_says_how_far_it_has_come(keeper: Browser) -> None:
    page = keeper.get("/introductions?lang=en").text
    assert "Børne- og familieafdelingen has said yes" in page
    assert "Unge Mødres Netværk has not answered" in page
    assert "a@b.example" in page, "both have said yes to the other one"
    assert page.count("/answer") == 1
    keeper.send(ANSWER, {"answer": "yes"})
    assert keeper.services.last(partners_pb2.AnswerIntroduction).answer == "yes"


def test_who_has_said_yes_is_not_asked_again(coordinator: Browser) -> None:
    assert "/answer" not in coordinator.get("/introductions").text


def test_only_a_volunteer_centre_introduces(keeper: Browser) -> None:
    assert keeper.get("/introductions/new").status_code == 404
    assert "/introductions/new" not in keeper.get("/portal").text


def test_others_keep_no_offers(helper: Browser) -> None:
    for path in ("/offers", "/offers/new", "/introductions", ANSWER):
        assert helper.get(path).status_code == 404
