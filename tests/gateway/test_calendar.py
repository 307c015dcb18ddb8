"""Deadlines in a calendar: when, until they no longer count, and nothing about anybody."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from samspor.referrals.v1 import referrals_pb2 as referrals

from services.gateway.calendar import calendar_of
from services.gateway.web import languages
from services.vocabulary import VOCABULARIES
from tests.gateway.conftest import Browser
from tests.gateway.world import CASE, CITIZEN, FAMILY, NAME, NGO, REFERRAL, stamp, uid

BASE = "https://samspor.example"
CANARY = "Kanariefugl"


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(datetime(year, month, day, hour, minute, tzinfo=UTC))
    return made


def referral(status: str = "requested", version: int = 2) -> referrals.Referral:
    return referrals.Referral(
        id=REFERRAL,
        version=version,
        citizen=CITIZEN,
        case=CASE,
        sender=FAMILY,
        recipient=NGO,
        service=uid("service"),
        purpose="mentoring",
        categories=["substance_use"],
        reason=CANARY,
        escalate_to=CANARY,
        bases=[uid("basis")],
        status=status,
        changed=stamp(1),
        acknowledge_by=at(2026, 7, 1, 10, 0),
        reply_by=at(2026, 12, 1, 10, 0),
    )


def read(file: bytes) -> list[Any]:
    return list(Calendar.from_ical(file).walk("VEVENT"))


@settings(deadline=None)
@given(st.integers(1_577_836_800, 2_208_988_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
@example(datetime(2026, 3, 29, 1, 5, tzinfo=UTC))
@example(datetime(2026, 10, 25, 0, 5, tzinfo=UTC))
@example(datetime(2026, 10, 25, 1, 5, tzinfo=UTC))
def test_a_deadline_is_the_same_instant_in_every_calendar(ends: datetime) -> None:
    """Also in the hour that comes twice when summer time ends, and beside the one that is left out."""
    one = referral()
    one.reply_by.FromDatetime(ends)
    _, reply = read(calendar_of([one], BASE))
    assert reply["dtend"].dt == ends
    assert reply["dtend"].dt - reply["dtstart"].dt == timedelta(minutes=15)
    assert (reply["dtstart"].to_ical()[-1:], reply["dtend"].to_ical()[-1:]) == (b"Z", b"Z")


def test_an_entry_says_when_and_where_more_is_told() -> None:
    languages.use("da")
    acknowledge, reply = read(calendar_of([referral()], BASE))
    assert (acknowledge["summary"], reply["summary"]) == ("Samspor: sig, at I har set den", "Samspor: svarfrist")
    assert reply["url"] == f"{BASE}/referrals/{REFERRAL}"
    assert set(reply) == {
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "URL",
        "CLASS",
        "TRANSP",
        "STATUS",
    }


def test_who_waits_for_a_place_has_no_deadline() -> None:
    one = referral()
    one.business_status = "waitlisted"
    assert {each["status"] for each in read(calendar_of([one], BASE))} == {"CANCELLED"}


def test_an_entry_stays_the_same_and_follows_its_referral() -> None:
    before, after = read(calendar_of([referral()], BASE)), read(calendar_of([referral(version=7)], BASE))
    assert [one["uid"] for one in before] == [one["uid"] for one in after]
    assert len({one["uid"] for one in before}) == 2
    assert {one["sequence"] for one in after} == {7}


@pytest.mark.parametrize("status", VOCABULARIES["referral_status"])
def test_a_deadline_that_no_longer_counts_is_cancelled(status: str) -> None:
    acknowledge, reply = read(calendar_of([referral(status)], BASE))
    assert acknowledge["status"] == ("CONFIRMED" if status == "requested" else "CANCELLED")
    assert reply["status"] == ("CONFIRMED" if status in ("requested", "received") else "CANCELLED")


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_nothing_personal_is_in_a_calendar(language: str) -> None:
    languages.use(language)
    one = referral()
    file = calendar_of([one], BASE).decode().replace("\r\n ", "")
    known = (CITIZEN, CASE, FAMILY, NGO, one.service, "mentor", "substance", "misbrug", "missbruk", CANARY, *one.bases)
    assert [each for each in known if each.lower() in file.lower()] == []


def test_the_page_gives_a_file(helper: Browser) -> None:
    answer = helper.get(f"/referrals/{REFERRAL}/calendar")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "no-store"
    assert len(read(answer.content)) == 1
    assert NAME not in answer.text


@pytest.fixture
def feed(helper: Browser) -> str:
    found = re.search(r"/kalender/[^<]+", helper.get("/calendars").text)
    assert found
    return unescape(found[0])


def test_a_calendar_reads_its_secret_address(feed: str, browser: Browser) -> None:
    answer = browser.client.get(feed)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert (len(read(answer.content)), NAME in answer.text) == (1, False)
    assert read(answer.content)[0]["summary"] == "Samspor: svarfrist"
    again = browser.client.get(feed, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    browser.services.statuses[REFERRAL] = "accepted"
    changed = browser.client.get(feed, headers={"if-none-match": answer.headers["etag"]})
    assert (changed.status_code, read(changed.content)[0]["status"]) == (200, "CANCELLED")


def test_other_addresses_tell_nothing_and_are_counted(feed: str, browser: Browser) -> None:
    for other in (feed.replace("TTTT", "TTTU"), feed.replace("TTTT", "x")):
        assert browser.client.get(other).status_code == 404
    for _ in range(100):
        browser.client.get(feed.replace("TTTT", "TTTU"))
    assert browser.client.get(feed).status_code == 429


def test_an_address_is_made_and_closed(helper: Browser) -> None:
    helper.send("/calendars/new", {"whose": "organisation"})
    assert helper.services.last(referrals.OpenCalendar).whose == "organisation"
    helper.send(f"/calendars/{uid('calendar')}/close", {})
    assert helper.services.last(referrals.CloseCalendar).calendar == uid("calendar")
