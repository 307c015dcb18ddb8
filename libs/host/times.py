"""Times and periods between Python and protobuf, in UTC on both sides."""

from datetime import UTC, datetime, timedelta
from typing import Final, overload

from google.protobuf.timestamp_pb2 import Timestamp
from samspor.common.v1 import common_pb2 as common

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY: Final = 86_400
"""Seconds."""


@overload
def timestamp(time: datetime) -> Timestamp: ...


@overload
def timestamp(time: datetime | None) -> Timestamp | None: ...


def timestamp(time: datetime | None) -> Timestamp | None:
    """None for None: a protobuf field that is given None stays unset. Raises TypeError for a time without a zone."""
    if time is None:
        return None
    since: timedelta = time - EPOCH
    return Timestamp(seconds=since.days * DAY + since.seconds, nanos=since.microseconds * 1000)


def period(since: datetime | None, until: datetime | None) -> common.Period:
    """A period whose ends are open where they are None."""
    return common.Period(until=timestamp(until), **{"from": timestamp(since)})


def ends(of: common.Period) -> tuple[datetime | None, datetime | None]:
    """(from, until) of a period; None where it is open."""
    since: Timestamp = getattr(of, "from")
    return (
        since.ToDatetime(UTC) if of.HasField("from") else None,
        of.until.ToDatetime(UTC) if of.HasField("until") else None,
    )
