"""Deadlines in a calendar: when, until they no longer count, and nothing about anybody."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
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


def test_deadlines_are_told_by_the_clock_on_the_wall() -> None:
    languages.use("da")
    file = calendar_of([referral()], BASE)
    summer, winter = read(file)
    assert (summer["dtend"].to_ical(), winter["dtend"].to_ical()) == (b"20260701T120000", b"20261201T110000")
    assert winter["dtend"].params["tzid"] == "Europe/Copenhagen"
    assert b"BEGIN:VTIMEZONE" in file
    assert (winter["summary"], winter["url"]) == ("Svarfrist, henvisning", f"{BASE}/referrals/{REFERRAL}")


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
