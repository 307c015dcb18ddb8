"""Time as people read it: local on the page, UTC in the record, also where summer time begins and ends."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.gateway.web import dates, languages


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [
        (date(2026, 1, 31), "2026-01-30T23:00:00Z", "2026-01-31T23:00:00Z"),
        (date(2026, 3, 29), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        (date(2026, 10, 25), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
    ],
)
def test_a_day_is_a_local_day(day: date, starts: str, ends: str) -> None:
    assert dates.stamp(dates.day_starts(day)).ToJsonString() == starts
    assert dates.stamp(dates.day_ends(day)).ToJsonString() == ends


@pytest.mark.parametrize(
    ("language", "words"), [("da", "for 3 dage siden"), ("sv", "för 3 dagar sedan"), ("en", "3 days ago")]
)
def test_how_long_ago_is_said_in_the_readers_language(language: str, words: str) -> None:
    languages.use(language)
    now = datetime(2026, 6, 8, 12, tzinfo=UTC)
    assert dates.relative(now - timedelta(days=3), now) == words
