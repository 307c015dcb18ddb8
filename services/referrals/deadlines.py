"""When a referral is to be acknowledged and answered, in working days. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp
from holidays import HolidayBase, country_holidays
from samspor.referrals.v1 import referrals_pb2 as referrals

from services.referrals.errors import DeadlinesCrossed, DeadlineTooFar, ReplyByPassed

ACKNOWLEDGED_IN: Final = 2
"""Working days."""
ANSWERED_IN: Final = 2
"""Working days after that."""
FARTHEST: Final = timedelta(days=366)
SATURDAY: Final = 5
HOLIDAYS: Final[Mapping[str, HolidayBase]] = {country: country_holidays(country) for country in ("DK", "SE")}
ZONES: Final = {"DK": ZoneInfo("Europe/Copenhagen"), "SE": ZoneInfo("Europe/Stockholm")}
DEFAULT: Final = "DK"


class Deadlines(NamedTuple):
    acknowledge_by: datetime
    reply_by: datetime


def deadlines(request: referrals.RequestReferral, asked_at: datetime) -> Deadlines:
    """Those that the request names, or the usual ones. Raises ReplyByPassed, DeadlineTooFar, DeadlinesCrossed."""
    country = request.country or DEFAULT
    usual = working_days_after(asked_at, ACKNOWLEDGED_IN, country)
    reply_by = named(request.reply_by, asked_at) if request.HasField("reply_by") else None
    if request.HasField("acknowledge_by"):
        acknowledge_by = named(request.acknowledge_by, asked_at)
    else:
        acknowledge_by = min(usual, reply_by or usual)
    reply_by = reply_by or working_days_after(acknowledge_by, ANSWERED_IN, country)
    if reply_by < acknowledge_by:
        raise DeadlinesCrossed
    return Deadlines(acknowledge_by, reply_by)


def named(deadline: Timestamp, asked_at: datetime) -> datetime:
    time = deadline.ToDatetime(UTC)
    if time <= asked_at:
        raise ReplyByPassed
    if time > asked_at + FARTHEST:
        raise DeadlineTooFar
    return time


def working_days_after(start: datetime, days: int, country: str) -> datetime:
    """The same hour by the country's clock, `days` working days later, or before where negative."""
    time, step = start.astimezone(ZONES[country]), timedelta(days=1 if days > 0 else -1)
    for _ in range(abs(days)):
        time += step
        while not works(time, country):
            time += step
    return time.astimezone(UTC)


def working_days_left(due: datetime, now: datetime, country: str) -> int:
    """Until a deadline, by the country's calendar: 0 on its day; negative after it."""
    ends, day = (time.astimezone(ZONES[country]) for time in (due, now))
    step = timedelta(days=1 if ends.date() >= day.date() else -1)
    days = 0
    while day.date() != ends.date():
        day += step
        days += works(day, country)
    return days if step > timedelta() else -days


def works(time: datetime, country: str) -> bool:
    """Whether it is a working day there: neither a weekend nor a public holiday."""
    day = time.astimezone(ZONES[country])
    return day.weekday() < SATURDAY and day.date() not in HOLIDAYS[country]
