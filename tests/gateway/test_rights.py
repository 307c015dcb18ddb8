"""Erasure and restriction: asked for by the citizen, decided by each controller."""

import re

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Kind
from libs.host.errors import Refused
from tests.gateway.conftest import Browser
from tests.gateway.world import CITIZEN, ERASURE, FAMILY, NGO, RESTRICTION

PAGE = f"/citizens/{CITIZEN}/rights"
DECIDE = f"{PAGE}/{ERASURE}/decide"


def test_a_citizen_asks_whom_they_choose(browser: Browser) -> None:
    browser.sign_in(CITIZEN)
    page = browser.get(f"{PAGE}/new?lang=en").text
    assert "Børne- og familieafdelingen" in page
    answer = browser.send(f"{PAGE}/new", {"right": "erasure", "controllers": [NGO]}, page)
    assert answer.url.path == PAGE
    invoked = browser.services.last(consents.InvokeRight)
    assert (invoked.citizen, invoked.right, list(invoked.controllers)) == (CITIZEN, "erasure", [NGO])
    browser.send(f"{PAGE}/new", {"right": "restriction"})
    assert not browser.services.last(consents.InvokeRight).controllers, "nobody marked: everybody is asked"


def test_the_citizen_reads_each_answer_with_its_ground(browser: Browser) -> None:
    browser.sign_in(CITIZEN)
    page = browser.get(f"{PAGE}?lang=en").text
    assert "not answered yet" in page
    browser.services.answered = True
    page = browser.get(f"{PAGE}?lang=en").text
    assert "Refused: Legal obligation or task in the public interest" in page
    assert "/decide" not in page


def test_a_controller_is_told_what_waits_and_that_it_is_late(coordinator: Browser) -> None:
    assert "1 request for erasure or restriction waits" in coordinator.get("/?lang=en").text
    page = coordinator.get("/rights?lang=en").text
    assert DECIDE in page
    assert "Overdue:" in page
    coordinator.services.answered = True
    assert "waits for a decision" not in coordinator.get("/?lang=en").text


def test_a_controller_decides_for_itself_with_a_ground(coordinator: Browser) -> None:
    page = coordinator.get(f"{DECIDE}?lang=en").text
    assert "cannot be undone" in page
    assert set(re.findall(r'name="outcome"[^>]*value="(\w+)"', page)) == {
        "granted",
        "refused",
        "restricted",
        "legal_hold",
    }
    assert "conditions-not-met" not in page, "grounds of the other right"
    answer = coordinator.send(DECIDE, {"outcome": "refused", "ground": "legal-obligation"}, page)
    assert answer.url.path == PAGE
    decided = coordinator.services.last(consents.DecideRight)
    assert (decided.request, decided.controller, decided.outcome) == (ERASURE, FAMILY, "refused")
    assert decided.ground == "legal-obligation"


def test_what_keeps_an_erasure_from_being_granted_stands_in_the_form(coordinator: Browser) -> None:
    page = coordinator.get(f"{DECIDE}?lang=en").text
    coordinator.services.refuse["DecideRight"] = Refused(
        Kind.CONFLICT, "ERASURE_CASE_OPEN", "", {"article": "17(3)(b)"}
    )
    answer = coordinator.send(DECIDE, {"outcome": "granted"}, page)
    assert answer.status_code == 422
    assert "17(3)(b)" in answer.text


def test_a_restriction_is_lifted(coordinator: Browser) -> None:
    assert f"{PAGE}/{RESTRICTION}/lift" in coordinator.get(PAGE).text
    coordinator.send(f"{PAGE}/{RESTRICTION}/lift", {})
    lifted = coordinator.services.last(consents.LiftRestriction)
    assert (lifted.request, lifted.controller) == (RESTRICTION, FAMILY)


def test_others_decide_nothing(helper: Browser) -> None:
    assert helper.get(DECIDE).status_code == 404
    assert helper.get("/rights").status_code == 404
    assert "/decide" not in helper.get(PAGE).text
