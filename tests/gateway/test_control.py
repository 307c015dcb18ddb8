"""Control of the access log: what was found, what came of it, and a run that is gone on with."""

import re

from samspor.consents.v1 import consents_pb2 as consents

from tests.gateway.conftest import Browser
from tests.gateway.world import CITIZEN, CONTROL, FAMILY, FINDING, NAME, NGO

PAGE = f"/control/findings/{FINDING}"


def test_what_waits_is_told_and_leads_to_the_finding(coordinator: Browser) -> None:
    assert "1 finding of log control waits" in coordinator.get("/?lang=en").text
    page = coordinator.get("/control?lang=en").text
    assert PAGE in page
    assert "Unusually many citizens" in page
    assert NAME not in page, "a list names nobody who need not be known yet"
    coordinator.services.status = "closed"
    assert PAGE not in coordinator.get("/control").text, "open ones unless asked otherwise"
    assert PAGE in coordinator.get("/control?status=any").text


def test_a_finding_is_assessed_and_then_closed(coordinator: Browser) -> None:
    page = coordinator.get(f"{PAGE}?lang=en").text
    assert "citizens (61), minutes (60)" in page
    assert NAME in page
    assert "/close" not in page, "not before it is assessed"
    answer = coordinator.send(PAGE, {"assessment": "justified", "note": "Akut vagt."}, page)
    assert answer.url.path == PAGE
    assessed = coordinator.services.last(consents.AssessFinding)
    assert (assessed.finding, assessed.assessment, assessed.note) == (FINDING, "justified", "Akut vagt.")
    coordinator.services.status = "assessed"
    page = coordinator.get(PAGE).text
    assert "Spørger Mette." in page
    assert f"{PAGE}/close" in page
    assert coordinator.send(f"{PAGE}/close", {"measure": "talked_to"}).url.path == "/control"
    assert coordinator.services.last(consents.CloseFinding).measure == "talked_to"


def test_an_assessment_without_a_word_is_asked_for_again(coordinator: Browser) -> None:
    answer = coordinator.send(PAGE, {"note": "Kept"})
    assert answer.status_code == 422
    assert 'href="#assessment"' in answer.text
    assert ">Kept</textarea>" in answer.text


def test_a_run_goes_on_by_the_command_that_began_it(coordinator: Browser) -> None:
    answer = coordinator.send("/control/new?lang=en", {"period.from": "2026-01-01", "period.until": "2026-01-31"})
    begun = coordinator.services.last(consents.RunControl)
    assert begun.organisation == FAMILY
    assert begun.period.until.ToJsonString() == "2026-01-31T23:00:00Z"
    assert answer.url.path == f"/control/runs/{CONTROL}"
    assert "The control is complete." in answer.text
    coordinator.services.examined = 50
    page = coordinator.get(str(answer.url)).text
    assert "50 of 250 looks examined" in page
    assert re.search("data-goes-on", page)
    coordinator.send(str(answer.url), {}, page)
    again = coordinator.services.last(consents.RunControl)
    assert again.command.command_id == begun.command.command_id
    assert again is not begun


def test_a_run_of_somebody_else_is_only_looked_at(coordinator: Browser) -> None:
    assert "data-goes-on" not in coordinator.get(f"/control/runs/{CONTROL}").text


def test_an_auditor_chooses_whose_people(browser: Browser) -> None:
    browser.sign_in("p-audit")
    browser.get(f"/control?organisation={NGO}")
    assert browser.services.last(consents.ListFindings).organisation == NGO


def test_others_find_no_control(helper: Browser, browser: Browser) -> None:
    assert helper.get("/control").status_code == 404
    browser.sign_in(CITIZEN)
    assert browser.get(PAGE).status_code == 404
