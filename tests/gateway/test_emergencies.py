"""Reading in an emergency, its review, and why somebody sees an entry or does not."""

import re
from typing import Any

from samspor.consents.v1 import consents_pb2 as consents

from tests.gateway.conftest import Browser
from tests.gateway.world import CITIZEN, EMERGENCY, HOUSING, NGO

REVIEW = f"/citizens/{CITIZEN}/emergencies/{EMERGENCY}/review"


def test_breaking_the_glass_says_what_follows_and_reads_for_that_purpose(coordinator: Browser) -> None:
    path = f"/citizens/{CITIZEN}/emergency"
    page = coordinator.get(f"{path}?categories=economy,nonsense&lang=en").text
    assert "always reviewed by somebody else" in page
    assert re.search(r'value="economy" checked', page)
    fields: dict[str, Any] = {"reason": "A child is alone.", "categories": ["economy"], "purpose": "coordination"}
    answer = coordinator.send(path, fields | {"hours": "2"}, page)
    assert (answer.url.path, answer.url.params["purpose"]) == (f"/citizens/{CITIZEN}", "coordination")
    broken = coordinator.services.last(consents.BreakGlass)
    assert (broken.hours, broken.reason, list(broken.categories)) == (2, "A child is alone.", ["economy"])
    odd = coordinator.send(path, fields | {"hours": "many"})
    assert odd.status_code == 422
    assert 'href="#hours"' in odd.text


def test_a_helper_breaks_no_glass(helper: Browser) -> None:
    assert helper.get(f"/citizens/{CITIZEN}/emergency").status_code == 404
    assert helper.get("/reviews").status_code == 404


def test_a_coordinator_is_told_what_to_review_and_that_it_is_late(coordinator: Browser) -> None:
    start = coordinator.get("/?lang=en").text
    assert "1 reading in an emergency waits for a review" in start
    assert "1 is overdue" in start
    page = coordinator.get("/reviews?lang=en").text
    assert "The review is overdue" in page
    assert "Nordre Skole" in page
    assert "Søren Skole" not in page, "people elsewhere stay unnamed"
    coordinator.services.statuses[EMERGENCY] = "justified"
    assert "waits for a review" not in coordinator.get("/?lang=en").text
    assert "Justified" in coordinator.get("/reviews?reviewed=yes&lang=en").text


def test_a_review_shows_the_reason_and_records_the_finding(coordinator: Browser) -> None:
    assert "Barnet var alene." in coordinator.get(REVIEW).text
    answer = coordinator.send(REVIEW, {"finding": "unjustified", "note": "Der var ingen fare."})
    assert answer.url.path == "/reviews"
    review = coordinator.services.last(consents.ReviewBreakGlass)
    assert (review.emergency, review.finding, review.note) == (EMERGENCY, "unjustified", "Der var ingen fare.")


def test_nobody_reviews_their_own_emergency(coordinator: Browser) -> None:
    coordinator.services.reader = "p-family"
    assert REVIEW not in coordinator.get("/reviews").text
    answer = coordinator.get(f"{REVIEW}?lang=en")
    assert answer.status_code == 409
    assert "Nobody reviews their own emergency." in answer.text


def test_what_was_reviewed_is_not_reviewed_again(coordinator: Browser) -> None:
    coordinator.services.statuses[EMERGENCY] = "justified"
    answer = coordinator.get(f"{REVIEW}?lang=en")
    assert answer.status_code == 409
    assert "reviewed already" in answer.text


def test_an_auditor_reviews_what_is_elsewhere_and_sees_who_it_was(browser: Browser) -> None:
    browser.sign_in("p-audit")
    assert "Søren Skole" in browser.get("/reviews").text
    assert "Søren Skole" in browser.get(REVIEW).text


def test_the_citizen_sees_the_emergency_in_plain_words_and_names_nobody(browser: Browser) -> None:
    browser.sign_in(CITIZEN)
    page = browser.get(f"/citizens/{CITIZEN}/consents?lang=en").text
    assert "Nordre Skole" in page
    assert "The review is overdue" in page
    assert "p-school" not in page
    browser.services.statuses[EMERGENCY] = "unjustified"
    whole = browser.get(f"/citizens/{CITIZEN}/emergencies/{EMERGENCY}?lang=en").text
    assert "Barnet var alene." in whole
    assert "Unjustified: Der var ingen anden vej." in whole
    assert "/review" not in whole


def test_why_leads_from_a_withheld_entry_to_the_rules(coordinator: Browser) -> None:
    withheld = f"viewer={NGO}/ngo_worker&organisation={HOUSING}&category=economy&purpose=mentoring"
    page = coordinator.get(f"/citizens/{CITIZEN}/explain?{withheld}&date=2026-06-08&lang=en").text
    question = coordinator.services.last(consents.ExplainAccess)
    assert (question.viewer.organisation, question.viewer.role) == (NGO, "ngo_worker")
    assert (question.of.organisation, question.of.category, question.of.sensitivity) == (HOUSING, "economy", "normal")
    assert question.at.ToJsonString() == "2026-06-08T21:59:00Z", "as it was when the day ended here"
    for told in ("There is no consent.", "the category, the time", "know_what_is_withheld", "ab" * 32, "Mentoring"):
        assert told in page, told


def test_a_viewer_that_is_nobody_is_not_asked_about(coordinator: Browser) -> None:
    for viewer in ("x", f"{NGO}/operator", "not-an-id/ngo_worker", "a/b/c/d/e"):
        page = coordinator.get(f"/citizens/{CITIZEN}/explain?viewer={viewer}&category=economy&lang=en").text
        assert "Choose whose eyes" in page
    assert not [one for one in coordinator.services.asked if isinstance(one, consents.ExplainAccess)]
