"""What the gateway keeps to whatever is sent: sessions, forms from elsewhere, sizes, headers, malformed input."""

import base64
import re
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet

from services.gateway.settings import GatewaySettings
from services.gateway.web import csrf
from services.gateway.web.guard import MOST
from tests.gateway.conftest import Browser
from tests.gateway.world import CASE, CITIZEN

TIMELINE = f"/citizens/{CITIZEN}"
NOTE = f"/cases/{CASE}/notes/new"
FIELDS = {"text": "Min lange tekst", "category": "family", "sensitivity": "normal"}


def test_nobody_reads_anything_without_signing_in(browser: Browser) -> None:
    answer = browser.get(TIMELINE)
    assert answer.url.path == "/sign-in"
    browser.sign_in("p-family")
    assert browser.client.cookies


def test_after_signing_in_the_page_that_was_asked_for_comes(browser: Browser) -> None:
    page = browser.get(f"{TIMELINE}?category=housing").text
    persona = next(key for key in re.findall(r'name="persona" value="([^"]+)"', page) if key.endswith("p-family"))
    answer = browser.send("/sign-in", {"persona": persona}, page)
    assert str(answer.url).endswith(f"{TIMELINE}?category=housing")


def test_headers_stand_on_every_answer(coordinator: Browser) -> None:
    for path in ("/", TIMELINE, "/nothing", "/health/live", "/api/v1/cases"):
        headers = coordinator.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(coordinator: Browser) -> None:
    page = coordinator.get(TIMELINE).text
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)


def test_styles_are_kept_for_ever_under_an_address_with_a_hash(coordinator: Browser) -> None:
    page = coordinator.get("/").text
    links = re.findall(r'(?:href|src)="(/static/[0-9a-f]{12}/[^"]+)"', page)
    assert len(links) >= 4
    for link in links:
        answer = coordinator.get(link)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    for path in (
        "/static/x/ds/../package.json",
        "/static/x/ds/%2e%2e/package.json",
        "/static/x/no/a.css",
        "/static/x/ds/",
    ):
        assert coordinator.get(path).status_code == 404


def test_the_session_cookie_tells_nothing_and_is_for_this_site(coordinator: Browser) -> None:
    answer = coordinator.get("/")
    sent = answer.headers["set-cookie"]
    assert "HttpOnly" in sent
    assert "SameSite=Lax" in sent
    value = coordinator.client.cookies["samspor"]
    padded = value + "=" * (-len(value) % 4)
    assert b"p-family" not in base64.urlsafe_b64decode(padded)


@pytest.mark.parametrize(
    "cookie",
    ["", "x", "gAAAAA", Fernet(Fernet.generate_key()).encrypt(b'{"person": {}}').decode()],
    ids=["none", "short", "cut", "another key's"],
)
def test_a_cookie_of_somebody_else_is_no_session(browser: Browser, cookie: str) -> None:
    browser.client.cookies.set("samspor", cookie)
    assert browser.get(TIMELINE).url.path == "/sign-in"


@pytest.mark.parametrize("token", ["", "x", "0" * 80])
def test_a_form_without_our_token_changes_nothing(coordinator: Browser, token: str) -> None:
    before = len(coordinator.services.asked)
    answer = coordinator.client.post(NOTE, data=FIELDS | {csrf.FIELD: token})
    assert answer.status_code == 403
    assert "WriteNote" not in [type(one).__name__ for one in coordinator.services.asked[before:]]


def test_a_form_of_another_site_changes_nothing(coordinator: Browser) -> None:
    page = coordinator.get(NOTE).text
    token = re.search(r'name="_token" value="(\w+)"', page)
    assert token
    answer = coordinator.client.post(
        NOTE, data=FIELDS | {csrf.FIELD: token[1]}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 400


def test_what_was_written_survives_a_lost_session(coordinator: Browser) -> None:
    page = coordinator.get(NOTE).text
    coordinator.client.cookies.clear()
    answer = coordinator.send(NOTE, FIELDS, page)
    assert answer.status_code == 403
    assert 'name="text" value="Min lange tekst"' in answer.text
    coordinator.sign_in("p-family")
    again = coordinator.send(NOTE, FIELDS, page)
    assert "Min lange tekst" in again.text
    sent = coordinator.send(NOTE, {}, again.text)
    assert sent.status_code == 200
    assert sent.url.path == TIMELINE


def test_signing_out_needs_a_form_and_ends_the_session(coordinator: Browser) -> None:
    assert coordinator.get("/sign-out").url.path == "/"
    coordinator.send("/sign-out", {}, coordinator.get("/").text)
    assert coordinator.get(TIMELINE).url.path == "/sign-in"


def test_nobody_is_sent_away_after_signing_in(browser: Browser) -> None:
    browser.get("//evil.example/x")
    browser.sign_in("p-family")
    assert browser.get("/").url.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"a=\xff", "application/x-www-form-urlencoded", 400),
        (b"a=%00", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(2000)), "application/x-www-form-urlencoded", 400),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"x" * (MOST + 1), "application/x-www-form-urlencoded", 413),
        (b"", "", 400),
    ],
)
def test_malformed_forms_are_answered_with_a_reason(coordinator: Browser, body: bytes, kind: str, status: int) -> None:
    answer = coordinator.client.post(NOTE, content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert coordinator.get("/").status_code == 200


def test_a_body_that_lies_about_its_size_is_cut_off(coordinator: Browser) -> None:
    def endless() -> object:
        for _ in range(MOST // 10_000 + 2):
            yield b"a=" + b"x" * 10_000

    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = coordinator.client.post(NOTE, content=endless(), headers=kind)  # type: ignore[arg-type]
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_no_pages(coordinator: Browser, method: str) -> None:
    assert coordinator.client.request(method, TIMELINE).status_code == 404


def test_a_bug_shows_no_trace(coordinator: Browser) -> None:
    coordinator.services.entries[0].data = "{not json"
    answer = coordinator.get(TIMELINE)
    assert answer.status_code == 500
    assert "JSONDecodeError" not in answer.text
    assert "Traceback" not in answer.text


def test_personas_are_for_a_demonstration_on_this_machine_only(tmp_path: Path) -> None:
    assert GatewaySettings(host="127.0.0.1").personas_allowed
    assert not GatewaySettings(host="0.0.0.0").personas_allowed
    assert not GatewaySettings(host="127.0.0.1", oidc_issuer="https://login.example.org").personas_allowed


def test_liveness_and_readiness_tell_the_truth(browser: Browser) -> None:
    assert browser.get("/health/live").status_code == 200
    assert browser.get("/health/ready").status_code == 200
    browser.services.away.add("consents")
    assert browser.get("/health/live").status_code == 200
    answer = browser.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["away"] == ["consents"]


def test_problem_details_for_programs(browser: Browser) -> None:
    answer: httpx.Response = browser.get("/api/v1/cases")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "TOKEN_MISSING"
    assert browser.get("/api/v1/nothing").json()["status"] == 404
