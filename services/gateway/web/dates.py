"""Time as people read it: Europe/Copenhagen on the page, UTC in every record."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.web.languages import language

HERE: Final = ZoneInfo("Europe/Copenhagen")

MIDNIGHT: Final = time()
LAST_MINUTE: Final = time(23, 59)


def moment(stamp: Timestamp) -> datetime | None:
    """The local time of a protobuf timestamp; None where it was not set."""
    return stamp.ToDatetime(tzinfo=UTC).astimezone(HERE) if stamp.seconds or stamp.nanos else None


def stamp(at: datetime) -> Timestamp:
    """The protobuf timestamp of an aware time."""
    made = Timestamp()
    made.FromDatetime(at.astimezone(UTC))
    return made


def last_day_of(until: Timestamp) -> datetime | None:
    """A moment of the last day before an end that is exclusive; None where there is no end."""
    ends = moment(until)
    return ends - timedelta(microseconds=1) if ends else None


def day_starts(day: date) -> datetime:
    """Local midnight that opens `day`."""
    return datetime.combine(day, MIDNIGHT, HERE)


def day_ends(day: date) -> datetime:
    """Local midnight that closes `day`: the exclusive end of a period that includes it."""
    return day_starts(day + timedelta(days=1))


def deadline(day: date) -> datetime:
    """The last minute of `day`, local time: what is due on a day is due until then."""
    return datetime.combine(day, LAST_MINUTE, HERE)


def long_date(at: date) -> str:
    """8. juni 2026."""
    return format_date(at, "long", locale=language())


def short_date(at: date) -> str:
    """8. juni, or with the year where it is not this one."""
    skeleton = "MMMd" if at.year == datetime.now(HERE).year else "yMMMd"
    return format_skeleton(skeleton, at, locale=language())


def month_name(year: int, month: int) -> str:
    """juni 2026."""
    return format_skeleton("yMMMM", date(year, month, 1), locale=language())


def clock(at: datetime) -> str:
    """14.05."""
    return format_time(at, "short", tzinfo=HERE, locale=language())


def relative(at: datetime, now: datetime | None = None) -> str:
    """3 days ago; in 2 days."""
    since = at - (now or datetime.now(UTC))
    return format_timedelta(since, granularity="minute", threshold=1.2, add_direction=True, locale=language())
