"""What a citizen steers, and those who act for them: consents, blocks, representatives."""

import re
from hashlib import sha256
from typing import Any

import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Kind
from libs.host.errors import Refused
from tests.gateway.conftest import Browser
from tests.gateway.services_in_memory import InMemory
from tests.gateway.world import (
    BLOCK,
    CITIZEN,
    CONSENT,
    HOUSING,
    NGO,
    OTHER,
    RELATIVE,
    REPRESENTATION,
    REQUEST,
    WITHDRAWN,
)

PAGE = f"/citizens/{CITIZEN}/consents"
ANSWER = f"{PAGE}/{REQUEST}/answer"
DIGEST = sha256(b"signed").hexdigest()


@pytest.fixture
def citizen(browser: Browser) -> Browser:
    browser.sign_in(CITIZEN)
    return browser


@pytest.fixture
def relative(browser: Browser) -> Browser:
    browser.sign_in(RELATIVE)
    return browser


def sent(services: InMemory, *kinds: Any) -> list[Any]:
    return [one for one in services.asked if isinstance(one, kinds)]


def test_what_waits_for_the_citizen_stands_first_and_on_the_timeline(citizen: Browser) -> None:
    page = citizen.get(f"{PAGE}?lang=en").text
    headings = re.findall(r'<h2 id="(\w+)"', page)
    assert headings == ["asked", "given", "blocks", "acting", "emergencies", "law"]
    assert ANSWER in page
    assert "1 organisation asks for consent" in citizen.get(f"/citizens/{CITIZEN}?lang=en").text
    citizen.services.statuses[REQUEST] = "refused"
    assert "asks for consent" not in citizen.get(f"/citizens/{CITIZEN}?lang=en").text


def test_yes_but_less_is_a_narrower_consent_to_the_request(citizen: Browser) -> None:
    page = citizen.get(ANSWER).text
    assert len(re.findall(r'name="categories"[^>]* checked', page)) == 2, "what is asked for is marked beforehand"
    assert page.count('class="button button-secondary" name="answer"') == 2, "no is as near as yes"
    last = re.search(r'name="period.until"[^>]*value="([\d-]+)"|value="([\d-]+)"[^>]*name="period.until"', page)
    assert last
    fields: dict[str, Any] = {
        "answer": "yes",
        "categories": ["economy"],
        "purposes": ["mentoring"],
        "period.until": last[1] or last[2],
    }
    assert citizen.send(ANSWER, fields, page).url.path == PAGE
    given = citizen.services.last(consents.GiveConsent)
    assert (given.request, given.grantee, list(given.categories)) == (REQUEST, NGO, ["economy"])
    assert (list(given.purposes), list(given.sources)) == (["mentoring"], [HOUSING])
    assert (given.given_how, given.representation) == ("digital", "")
    assert given.period.until == citizen.services._asked().period.until, "the last day goes no further than was asked"


def test_no_is_said_in_the_same_form(citizen: Browser) -> None:
    answer = citizen.send(f"{ANSWER}?lang=en", {"answer": "no"})
    assert "The answer is no." in answer.text
    refused = citizen.services.last(consents.RefuseConsent)
    assert (refused.citizen, refused.request) == (CITIZEN, REQUEST)
    assert not sent(citizen.services, consents.GiveConsent)


def test_a_request_that_was_answered_meanwhile_says_so_and_keeps_the_form(citizen: Browser) -> None:
    page = citizen.get(f"{ANSWER}?lang=en").text
    citizen.services.refuse["RefuseConsent"] = Refused(Kind.CONFLICT, "REQUEST_ANSWERED", "")
    answer = citizen.send(ANSWER, {"answer": "no"}, page)
    assert answer.status_code == 422
    assert "It has been answered already." in answer.text
    assert 'name="categories"' in answer.text


def test_a_consent_is_renewed_with_the_same_terms(citizen: Browser) -> None:
    fields: dict[str, Any] = {
        "categories": ["family"],
        "purposes": ["mentoring"],
        "period.until": "2030-01-31",
    }
    citizen.send(f"{PAGE}/{CONSENT}/renew", fields)
    given = citizen.services.last(consents.GiveConsent)
    assert (given.renews, given.grantee, given.kind) == (CONSENT, NGO, "gdpr_consent")
    assert given.period.until.ToJsonString() == "2030-01-31T23:00:00Z"
    assert not given.period.HasField("from"), "it begins when it is recorded"


@pytest.mark.parametrize(
    ("path", "fields", "kind"),
    [
        ("consents/{CONSENT}/invalidate", {"ground": "not_informed"}, consents.InvalidateConsent),
        ("blocks/new", {"organisation": NGO, "categories": ["crime"]}, consents.SetBlock),
        ("blocks/{BLOCK}/lift", {}, consents.LiftBlock),
        ("representatives/{REPRESENTATION}/end", {}, consents.EndRepresentation),
        ("consents/{WITHDRAWN}/acknowledge", {}, consents.AcknowledgeWithdrawal),
    ],
)
def test_each_form_is_one_command(coordinator: Browser, path: str, fields: dict[str, Any], kind: Any) -> None:
    ids = {"CONSENT": CONSENT, "BLOCK": BLOCK, "REPRESENTATION": REPRESENTATION, "WITHDRAWN": WITHDRAWN}
    answer = coordinator.send(f"/citizens/{CITIZEN}/{path.format(**ids)}", fields)
    assert (answer.status_code, answer.url.path) == (200, PAGE)
    assert 'role="status"' in answer.text
    command = coordinator.services.last(kind)
    assert command.citizen == CITIZEN
    named = {value for _, value in command.ListFields() if isinstance(value, str)}
    assert named & {*ids.values(), NGO}
    assert all(str(getattr(command, name)) == str(value) for name, value in fields.items())


def test_a_block_says_what_it_cannot_hide(citizen: Browser) -> None:
    page = citizen.get(f"/citizens/{CITIZEN}/blocks/new?lang=en").text
    assert "A block cannot hide what the law lets these know" in page
    assert "Jobcentret." in page


def test_asking_for_a_consent_gives_nothing(helper: Browser) -> None:
    page = helper.get(f"{PAGE}/ask?grantee={NGO}&categories=economy&purpose=mentoring").text
    assert "given_how" not in page
    fields: dict[str, Any] = {
        "grantee": NGO,
        "categories": ["economy"],
        "purposes": ["mentoring"],
        "period.until": "2030-01-31",
        "kind": "gdpr_consent",
    }
    helper.send(f"{PAGE}/ask", fields, page)
    assert list(helper.services.last(consents.RequestConsent).categories) == ["economy"]
    assert not sent(helper.services, consents.GiveConsent)


def test_staff_record_how_a_consent_was_given_and_by_whom(coordinator: Browser) -> None:
    page = coordinator.get(f"{PAGE}/new?lang=en").text
    assert "Hanne Prøvesen (power of attorney)" in page
    fields: dict[str, Any] = {
        "grantee": NGO,
        "categories": ["economy"],
        "purposes": ["mentoring"],
        "period.until": "2030-01-31",
        "kind": "gdpr_consent",
        "given_how": "written",
        "evidence_digest": DIGEST,
        "representation": REPRESENTATION,
    }
    coordinator.send(f"{PAGE}/new", fields, page)
    given = coordinator.services.last(consents.GiveConsent)
    assert (given.given_how, given.evidence_digest, given.representation) == ("written", DIGEST, REPRESENTATION)


def test_a_representative_is_appointed_by_number_on_evidence(coordinator: Browser) -> None:
    fields = {
        "identifier.value": "020270-1234",
        "relation": "power_of_attorney",
        "period.until": "2030-01-31",
        "evidence_digest": DIGEST,
    }
    answer = coordinator.send(f"/citizens/{CITIZEN}/representatives/new", fields)
    assert answer.url.path == PAGE
    appointed = coordinator.services.last(consents.AppointRepresentative)
    assert (appointed.representative, appointed.evidence_digest) == (RELATIVE, DIGEST)
    unknown = coordinator.send(f"/citizens/{CITIZEN}/representatives/new", fields | {"identifier.value": "0909091234"})
    assert unknown.status_code == 422
    assert 'href="#identifier-value"' in unknown.text
    assert DIGEST in unknown.text


def test_a_representative_sees_the_citizens_pages_and_signs_as_one(relative: Browser) -> None:
    assert f'href="{PAGE}">Sofie Prøvesen</a>' in relative.get(f"/citizens/{RELATIVE}").text
    assert "Sofie Prøvesen" in relative.get(PAGE).text
    assert relative.get(f"/citizens/{CITIZEN}").status_code == 200
    assert relative.services.callers[-1].actor == RELATIVE
    terms: dict[str, Any] = {"answer": "yes", "categories": ["economy"], "purposes": ["mentoring"]}
    relative.send(ANSWER, terms | {"period.until": "2026-12-31"})
    assert relative.services.last(consents.GiveConsent).representation == REPRESENTATION
    assert f"/representatives/{REPRESENTATION}/end" not in relative.get(PAGE).text


@pytest.mark.parametrize("path", ["", "/consents", "/consents/new", "/blocks/new", "/looked", "/explain"])
def test_who_represents_nobody_finds_no_such_citizen(browser: Browser, path: str) -> None:
    browser.sign_in(OTHER)
    answer = browser.get(f"/citizens/{CITIZEN}{path}")
    assert answer.status_code == 404
    assert "/emergency" not in answer.text


def test_the_holder_acknowledges_even_when_nothing_else_is_left(helper: Browser) -> None:
    for page in (PAGE, "/"):
        assert f"{PAGE}/{WITHDRAWN}/acknowledge" in helper.get(page).text
    helper.services.refuse["ListBases"] = Refused(Kind.UNKNOWN, "CITIZEN_UNKNOWN", "")
    answer = helper.send(f"{PAGE}/{WITHDRAWN}/acknowledge", {})
    assert answer.url.path == "/"
    assert 'role="status"' in answer.text
    assert helper.services.last(consents.AcknowledgeWithdrawal).consent == WITHDRAWN


def test_who_had_already_seen_what_is_told(citizen: Browser) -> None:
    assert f"{PAGE}/{WITHDRAWN}/seen" in citizen.get(PAGE).text
    page = citizen.get(f"{PAGE}/{WITHDRAWN}/seen?lang=en").text
    assert "Unge Mødres Netværk" in page
    assert "economy (3)" in page.lower() or "money (3)" in page.lower()
