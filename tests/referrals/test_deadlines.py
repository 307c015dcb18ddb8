"""When a referral is to be acknowledged and answered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.times import timestamp
from libs.spec.scenario import NOW
from services.referrals.deadlines import Deadlines, deadlines, working_days_after, working_days_left, works
from services.referrals.errors import DeadlinesCrossed, DeadlineTooFar, ReplyByPassed

HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def asked(**fields: datetime) -> Deadlines:
    request = referrals.RequestReferral()
    for name, at in fields.items():
        getattr(request, name).CopyFrom(timestamp(at))
    return deadlines(request, NOW)


@pytest.mark.parametrize(
    ("country", "from_", "until"),
    [
        ("DK", "2026-01-12T09:00", "2026-01-14T09:00"),  # Monday
        ("DK", "2026-01-15T09:00", "2026-01-19T09:00"),  # Thursday
        ("DK", "2026-01-16T09:00", "2026-01-20T09:00"),  # Friday
        ("DK", "2026-01-17T09:00", "2026-01-20T09:00"),  # Saturday
        ("DK", "2026-01-18T21:59", "2026-01-20T21:59"),  # Sunday
        ("DK", "2026-01-18T23:59", "2026-01-20T23:59"),  # already Monday there
        ("DK", "2026-04-01T09:00", "2026-04-08T09:00"),  # Maundy Thursday to Easter Monday
        ("SE", "2026-04-01T09:00", "2026-04-07T09:00"),  # in Sweden one works on Maundy Thursday
        ("SE", "2026-06-05T09:00", "2026-06-09T09:00"),  # the national day, a Saturday
        ("DK", "2026-03-27T09:00", "2026-03-31T08:00"),  # summer time begins: the same hour on the wall
        ("DK", "2024-04-25T09:00", "2024-04-29T09:00"),  # the great prayer day is no holiday any more
        ("DK", "2023-05-04T09:00", "2023-05-09T09:00"),  # and was one then
    ],
)
def test_two_working_days(country: str, from_: str, until: str) -> None:
    assert working_days_after(utc(from_), 2, country) == utc(until)


@given(
    strategies.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=strategies.just(UTC)),  # noqa: DTZ001
    strategies.integers(1, 30),
    strategies.sampled_from(["DK", "SE"]),
)
def test_working_days_count_back_as_they_count_on(start: datetime, days: int, country: str) -> None:
    on = working_days_after(start, days, country)
    assert on > start
    assert working_days_after(on, 1, country) > on
    assert works(working_days_after(on, -days, country), country)
    assert working_days_left(on, start, country) == days
    if works(start, country):
        assert working_days_left(start, on, country) == -days
    assert working_days_after(on, -days, country) <= start + timedelta(days=5)


def test_the_usual_deadlines() -> None:
    assert asked() == (utc("2026-01-19T09:00"), utc("2026-01-21T09:00"))


def test_deadlines_of_ones_own() -> None:
    assert asked(reply_by=NOW + HOUR) == (NOW + HOUR, NOW + HOUR)
    assert asked(acknowledge_by=NOW + HOUR) == (NOW + HOUR, working_days_after(NOW + HOUR, 2, "DK"))
    assert asked(acknowledge_by=NOW + HOUR, reply_by=NOW + 2 * HOUR) == (NOW + HOUR, NOW + 2 * HOUR)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"reply_by": NOW}, ReplyByPassed),
        ({"acknowledge_by": NOW}, ReplyByPassed),
        ({"acknowledge_by": NOW + 2 * HOUR, "reply_by": NOW + HOUR}, DeadlinesCrossed),
        ({"reply_by": datetime(9999, 12, 31, tzinfo=UTC)}, DeadlineTooFar),
        ({"acknowledge_by": NOW + timedelta(days=367)}, DeadlineTooFar),
    ],
)
def test_deadlines_that_make_no_sense(fields: dict[str, datetime], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        asked(**fields)
