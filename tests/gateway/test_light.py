"""Pages behind a link in a mail: what a scanner, a phone without scripts, and somebody who guesses meet there."""

import gzip
import re
from typing import Any, Final

import pytest
from samspor.referrals.v1 import referrals_pb2

from services.gateway.catcher import Mailbox
from services.gateway.site import GUESSES
from tests.gateway.conftest import Browser
from tests.gateway.links_in_memory import CODE, TOKEN
from tests.gateway.world import CITIZEN, FAMILY, NAME, NGO, ORGANISATIONS, REFERRAL

PAGE: Final = f"/svar/{TOKEN}"
PLAIN_READS: Final = {"GetReplyLink", "GetOrganisation"}
LARGEST: Final = 150_000
"""Bytes, compressed, of a page and all that it loads."""


def commanded(browser: Browser) -> set[str]:
    return {request.DESCRIPTOR.name for request in browser.services.asked}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_mail_scanner_changes_nothing(browser: Browser, method: str) -> None:
    for headers in ({}, {"purpose": "prefetch"}, {"sec-purpose": "prefetch;prerender"}):
        for query in ("", "?do=renew", "?do=open", "?do=contact", "?answer=accept", "?lang=sv"):
            browser.client.request(method, PAGE + query, headers=headers)
    assert commanded(browser) <= PLAIN_READS
    assert browser.services.status == "open"


def test_a_form_from_elsewhere_changes_nothing(browser: Browser) -> None:
    answer = browser.client.post(PAGE, data={"answer": "accept"})
    assert answer.status_code == 403
    page = browser.get(PAGE).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    other = browser.client.post(PAGE, data=hidden | {"answer": "accept"}, headers={"sec-fetch-site": "cross-site"})
    assert other.status_code == 400
    assert "ActByLink" not in commanded(browser)


def test_the_page_says_what_is_asked_and_nothing_of_whom(browser: Browser) -> None:
    page = browser.get(PAGE).text
    assert ORGANISATIONS[NGO][0] in page
    for secret in (NAME, CITIZEN, REFERRAL, ORGANISATIONS[FAMILY][0], FAMILY, "mentor"):
        assert secret not in page


def test_yes_then_the_code_then_the_details(browser: Browser) -> None:
    answered = browser.send(PAGE, {"answer": "accept", "note": "Velkommen"})
    assert answered.status_code == 200
    sent = browser.services.last(referrals_pb2.ActByLink)
    assert (sent.WhichOneof("step"), sent.accept.referral, sent.accept.note) == ("accept", REFERRAL, "Velkommen")
    assert NAME not in answered.text

    wrong = browser.send(PAGE, {"code": "wrong"})
    assert wrong.status_code == 422
    assert NAME not in wrong.text
    assert "Forsøg tilbage: 4" in wrong.text
    shown = browser.send(PAGE, {"code": CODE})
    assert NAME in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert NAME not in browser.get(PAGE).text, "the code is asked for each time"


def test_a_no_needs_its_reason(browser: Browser) -> None:
    assert browser.send(PAGE, {"answer": "reject"}).status_code == 422
    assert browser.send(PAGE, {"answer": ""}).status_code == 422
    assert "ActByLink" not in commanded(browser)
    browser.send(PAGE, {"answer": "reject", "reason": "no_capacity", "note": "Fuldt"})
    sent = browser.services.last(referrals_pb2.ActByLink)
    assert (sent.WhichOneof("step"), sent.reject.reason, sent.reject.note) == ("reject", "no_capacity", "Fuldt")


def test_what_was_written_is_not_lost_when_something_is_wrong(browser: Browser) -> None:
    answer = browser.send(PAGE, {"answer": "reject", "note": "Vi har desværre ferie"})
    assert answer.status_code == 422
    assert "Vi har desværre ferie" in answer.text


@pytest.mark.parametrize("status", ["used", "expired", "revoked", "locked"])
def test_a_link_that_is_over_says_why_in_every_language(browser: Browser, status: str) -> None:
    browser.services.status = status
    texts = {language: browser.get(f"{PAGE}?lang={language}").text for language in ("da", "sv", "en")}
    assert len({re.search("<p>([^<]+)</p>", text).group(1) for text in texts.values()}) == 3  # type: ignore[union-attr]
    assert all("LINK_" not in text for text in texts.values())


def test_a_new_link_goes_to_the_mail_and_not_to_the_page(browser: Browser) -> None:
    browser.services.status = "expired"
    answer = browser.send(f"{PAGE}?do=renew", {}, browser.get(PAGE).text)
    assert "RenewReplyLink" in commanded(browser)
    assert not set(re.findall("/svar/([0-9A-Za-z_-]{43})", answer.text)) - {TOKEN}


def test_reports_come_with_the_code(browser: Browser) -> None:
    services = browser.services
    services.kind, services.referral_status, services.readable = "report", "accepted", True
    browser.send(f"{PAGE}?do=contact", {"text": "Mødt", "category": "family", "code": CODE})
    sent = services.last(referrals_pb2.ActByLink)
    assert (sent.WhichOneof("step"), sent.code, sent.contact.text) == ("contact", CODE, "Mødt")
    services.status = "open"
    browser.send(f"{PAGE}?do=complete", {"outcome": "goal_reached", "code": CODE})
    assert services.last(referrals_pb2.ActByLink).complete.outcome == "goal_reached"


def test_addresses_leave_no_trace(browser: Browser) -> None:
    for answer in (browser.get(PAGE), browser.get(f"/svar/{'x' * 43}"), browser.send(PAGE, {"answer": "accept"})):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r'(?:href|src|action)="https?:', answer.text)


def test_guessing_is_slowed_down(browser: Browser) -> None:
    statuses = [browser.get(f"/svar/{number:043}").status_code for number in range(GUESSES + 20)]
    assert statuses == [404] * GUESSES + [429] * 20
    before = len(browser.services.asked)
    assert browser.get(f"/svar/{'y' * 43}").status_code == 429
    assert len(browser.services.asked) == before, "nobody is asked any more"


def test_what_is_no_token_is_nothing(browser: Browser) -> None:
    for path in ("/svar/short", f"/svar/{CITIZEN}", f"/svar/{'x' * 44}", f"/svar/{'ø' * 43}", "/svar/"):
        assert browser.get(path).status_code == 404
    assert "GetReplyLink" not in commanded(browser)


def test_the_page_is_small(browser: Browser) -> None:
    """With styles, script, icon and both weights of the font, as a browser asks for them."""
    page = browser.get(PAGE)
    loaded = len(gzip.compress(page.content))
    links = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    styles = next(link for link in links if link.endswith("samspor.css"))
    for font in re.findall(r'url\("([^"]+\.woff2)"\)', browser.get(styles).text):
        links.add(f"{styles.rpartition('/')[0].rpartition('/')[0]}/{font.removeprefix('../')}")
    for link in links:
        answer: Any = browser.client.get(link, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200, link
        loaded += int(answer.headers["content-length"])
    assert len(links) >= 5
    assert loaded < LARGEST


def test_no_mail_is_shown_where_mail_is_really_sent(browser: Browser) -> None:
    assert browser.get("/demo/mail").status_code == 404


def test_a_mailbox_keeps_the_newest(site: Any) -> None:
    assert site.mailbox is None
    mailbox = Mailbox()
    for number in range(300):
        mailbox.put(f"To: a@b.example\r\nSubject: {number}\r\nMessage-ID: <{number}>\r\n\r\nHi".encode())
    kept = [mail.subject for mail in mailbox.newest_first()]
    assert (kept[0], kept[-1], len(kept)) == ("299", "100", 200)
