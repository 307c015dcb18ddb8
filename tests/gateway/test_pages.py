"""Pages against services in memory: what is shown to whom, and what a form does."""

import re
from typing import Any

import pytest
from samspor.consents.v1 import consents_pb2
from samspor.timeline.v1 import timeline_pb2

from libs.eventlog import Kind
from libs.host.errors import Refused
from tests.gateway.conftest import Browser
from tests.gateway.world import (
    AGREEMENT,
    BLOCK,
    CASE,
    CITIZEN,
    CONSENT,
    CONTROL,
    EMERGENCY,
    ERASURE,
    FAMILY,
    FINDING,
    LINK,
    NAME,
    NGO,
    REFERRAL,
    REPRESENTATION,
    REQUEST,
    RESTRICTION,
    REVIEWED,
    uid,
)

TIMELINE = f"/citizens/{CITIZEN}"
NOTE = f"/cases/{CASE}/notes/new"
PAGES = (
    "/",
    "/caseload",
    "/referrals",
    "/referrals?box=outbox",
    "/citizens",
    "/citizens/new",
    "/directory?q=mentor",
    "/help",
    TIMELINE,
    f"{TIMELINE}/people",
    f"{TIMELINE}/consents",
    f"{TIMELINE}/consents/new",
    f"{TIMELINE}/consents/ask",
    f"{TIMELINE}/consents/{CONSENT}/withdraw",
    f"{TIMELINE}/consents/{CONSENT}/renew",
    f"{TIMELINE}/consents/{CONSENT}/invalidate",
    f"{TIMELINE}/consents/{CONSENT}/acknowledge",
    f"{TIMELINE}/consents/{CONSENT}/seen",
    f"{TIMELINE}/consents/{REQUEST}/answer",
    f"{TIMELINE}/blocks/new",
    f"{TIMELINE}/blocks/{BLOCK}/lift",
    f"{TIMELINE}/representatives/new",
    f"{TIMELINE}/representatives/{REPRESENTATION}/end",
    f"{TIMELINE}/emergency",
    f"{TIMELINE}/emergencies/{EMERGENCY}",
    f"{TIMELINE}/emergencies/{EMERGENCY}/review",
    f"{TIMELINE}/explain?viewer={NGO}/ngo_worker&organisation={FAMILY}&category=economy",
    f"{TIMELINE}/household/new",
    f"{TIMELINE}/household/{LINK}/unlink",
    f"{TIMELINE}/rights",
    f"{TIMELINE}/rights/new",
    f"{TIMELINE}/rights/{ERASURE}/decide",
    f"{TIMELINE}/rights/{RESTRICTION}/lift",
    "/rights",
    "/control",
    "/control/new",
    f"/control/runs/{CONTROL}",
    f"/control/findings/{FINDING}",
    f"/control/findings/{FINDING}/close",
    "/reviews",
    "/reviews?reviewed=yes",
    f"{TIMELINE}/referrals",
    f"{TIMELINE}/referrals/new",
    f"{TIMELINE}/looked",
    f"{TIMELINE}/cases/new",
    f"/cases/{CASE}",
    NOTE,
    f"/cases/{CASE}/decisions/new",
    f"/cases/{CASE}/actions/new",
    f"/cases/{CASE}/participants/new",
    f"/cases/{CASE}/close",
    f"/referrals/{REFERRAL}",
    f"/referrals/{REFERRAL}/accept",
    f"/organisations/{NGO}",
    "/agreements",
    f"/agreements/{AGREEMENT}",
    f"/agreements/{AGREEMENT}/sign",
    "/find-help",
    f"/cases/{CASE}/find-help",
    f"{TIMELINE}/find-help",
    "/agreements/new",
    f"/agreements/new?partner={NGO}",
    f"/agreements/{REVIEWED}",
    f"/agreements/{REVIEWED}/change",
    f"/agreements/{REVIEWED}/review",
    f"/agreements/{REVIEWED}/comment",
    f"/agreements/{REVIEWED}/compare",
    "/room",
    "/portal",
    "/introductions",
)


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_every_page_is_there_in_every_language(coordinator: Browser, language: str) -> None:
    for path in PAGES:
        answer = coordinator.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text
        assert len(re.findall("<h1", answer.text)) == 1, path
        title = re.search("<title>(.*?)</title>", answer.text)
        assert title, path
        assert NAME not in title[1], path
        assert not re.search(r">\s*(reason|word|line|field|step|notice|page|violation|withheld)\.\w", answer.text), path


def test_the_timeline_says_what_is_withheld_and_what_to_do(helper: Browser) -> None:
    page = helper.get(f"{TIMELINE}?lang=da").text
    assert "Tilbageholdt:" in page
    assert "intet samtykke til kategorien “økonomi”" in page
    assert f"/consents/ask?grantee={NGO}&amp;categories=economy" in page
    assert "Restance" not in page


def test_what_people_wrote_is_text_and_nothing_else(coordinator: Browser) -> None:
    page = coordinator.get(TIMELINE).text
    assert "om &lt;b&gt;lejligheden&lt;/b&gt; &amp; skolen." in page
    assert "<b>lejligheden" not in page


def test_silent_months_collapse_and_routine_entries_fold(coordinator: Browser) -> None:
    page = coordinator.get(f"{TIMELINE}?lang=en").text
    assert re.search(r"\d months without entries", page)
    assert "3 routine entries" in page
    assert "Written down" in page


def test_filters_are_in_the_address_and_reach_the_service(coordinator: Browser) -> None:
    path = f"{TIMELINE}?category=housing&organisation={NGO}&source=cases&from=2026-01-01&until=2026-02-01&page=abc"
    page = coordinator.get(path).text
    question = coordinator.services.last(timeline_pb2.GetTimeline)
    assert list(question.categories) == ["housing"]
    assert list(question.organisations) == [NGO]
    assert list(question.sources) == ["cases"]
    assert question.page.token == "abc"
    assert question.period.until.ToJsonString() == "2026-02-01T23:00:00Z", "the last day is in the period, local time"
    assert '<option value="housing" selected>' in page


def test_an_empty_timeline_says_which_filter_empties_it(coordinator: Browser) -> None:
    page = coordinator.get(f"{TIMELINE}?category=crime&lang=en").text
    assert "No entry fits what you chose to see: Crime." in page


@pytest.mark.parametrize("path", [f"/cases/{uid('x')}", "/cases/nonsense", "/nothing", "/citizens/-1"])
def test_unknown_and_forbidden_look_the_same(coordinator: Browser, path: str) -> None:
    answer = coordinator.get(path)
    forbidden = coordinator.get("/nothing-at-all")
    plain = re.compile(r'(value|href)="[^"]*"')
    assert answer.status_code == 404
    assert plain.sub("", answer.text) == plain.sub("", forbidden.text)


def test_an_unknown_citizen_and_a_forbidden_one_look_the_same(coordinator: Browser) -> None:
    """And both say what to do in an emergency."""
    unknown = coordinator.get(f"/citizens/{uid('x')}")
    coordinator.services.refuse["GetTimeline"] = Refused(Kind.FORBIDDEN, "ROLE_MISSING", "")
    forbidden = coordinator.get(TIMELINE)
    assert unknown.status_code == forbidden.status_code == 404
    token = re.compile('name="_token" value="[^"]*"')
    assert token.sub("", unknown.text.replace(uid("x"), CITIZEN)) == token.sub("", forbidden.text)
    assert f"{TIMELINE}/emergency" in forbidden.text


def test_a_page_for_other_roles_is_not_found(helper: Browser) -> None:
    assert helper.get(f"{TIMELINE}/cases/new").status_code == 404


def test_consents_away_shows_nothing_but_says_so(coordinator: Browser) -> None:
    coordinator.services.away.add("consents")
    answer = coordinator.get(f"{TIMELINE}?lang=en")
    assert answer.status_code == 503
    assert "Nothing is shown" in answer.text
    assert NAME not in answer.text


def test_a_consent_is_given_with_its_terms(coordinator: Browser) -> None:
    fields: dict[str, Any] = {
        "grantee": NGO,
        "categories": ["economy", "housing"],
        "purposes": ["mentoring"],
        "period.from": "2026-01-01",
        "period.until": "2026-12-31",
        "kind": "gdpr_consent",
        "given_how": "written",
    }
    coordinator.send(f"{TIMELINE}/consents/new", fields)
    command = coordinator.services.last(consents_pb2.GiveConsent)
    assert list(command.categories) == ["economy", "housing"]
    assert command.citizen == CITIZEN
    assert command.period.until.ToJsonString() == "2026-12-31T23:00:00Z"
    assert command.notice_version


def test_asking_for_consent_from_a_stub_proposes_it(helper: Browser) -> None:
    page = helper.get(f"{TIMELINE}/consents/ask?grantee={NGO}&categories=economy").text
    assert f'<option value="{NGO}" selected>' in page
    assert re.search(r'value="economy" checked', page)


@pytest.mark.parametrize(("chosen", "sent"), [(["housing"], ["housing"]), (["family", "housing", "education"], [])])
def test_withdrawing_names_the_categories_or_none_for_all(
    coordinator: Browser, chosen: list[str], sent: list[str]
) -> None:
    coordinator.send(f"{TIMELINE}/consents/{CONSENT}/withdraw", {"categories": chosen})
    command = coordinator.services.last(consents_pb2.WithdrawConsent)
    assert list(command.categories) == sent
    assert command.consent == CONSENT


def test_a_citizen_is_found_by_a_number_that_is_in_no_address(coordinator: Browser) -> None:
    answer = coordinator.send("/citizens", {"identifier.value": "010190-1234"})
    assert answer.url.path == TIMELINE
    assert coordinator.services.last(consents_pb2.FindCitizen).identifier.value == "0101901234"
    missing = coordinator.send("/citizens", {"identifier.value": "0202021234"})
    assert missing.status_code == 422
    assert "0202021234" not in str(missing.url)


def test_the_span_of_a_click_goes_on_to_the_services(coordinator: Browser) -> None:
    coordinator.get(TIMELINE)
    traces = {caller.traceparent.split("-")[1] for caller in coordinator.services.callers[-3:]}
    assert len(traces) == 1
    assert all(re.fullmatch("[0-9a-f]{32}", trace) for trace in traces)


def test_an_auditor_states_the_ground_before_reading(browser: Browser) -> None:
    browser.sign_in("p-audit")
    assert browser.get("/").url.path == "/audit"
    answer = browser.send("/audit", {"citizen": CITIZEN})
    assert answer.url.path == TIMELINE
    basis = browser.services.last(consents_pb2.EstablishBasis)
    assert (basis.law, list(basis.purposes)) == ("audit", ["audit"])
    assert browser.services.last(timeline_pb2.GetTimeline).purpose == "audit"


def test_a_citizen_sees_the_own_pages_and_nobody_elses(browser: Browser) -> None:
    browser.sign_in(CITIZEN)
    assert browser.get("/?lang=en").url.path == TIMELINE
    assert browser.services.last(timeline_pb2.GetTimeline).purpose == "own_access"
    assert browser.get(f"{TIMELINE}/looked").status_code == 200
    assert browser.get("/caseload").status_code == 404
    assert browser.get(f"/citizens/{uid('other')}/consents").status_code == 404
    terms: dict[str, Any] = {"grantee": NGO, "categories": ["economy"], "purposes": ["mentoring"]}
    period = {"period.from": "2026-01-01", "period.until": "2026-12-31"}
    browser.send(f"{TIMELINE}/consents/new", terms | period)
    given = browser.services.last(consents_pb2.GiveConsent)
    assert (given.given_how, given.kind, given.citizen) == ("digital", "gdpr_consent", CITIZEN)
