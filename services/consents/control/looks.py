"""Looks as control sees them, and the hours and days in which somebody looked at more citizens than usual. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from statistics import median
from typing import Any, Literal, NamedTuple

Unit = Literal["hour", "day"]


class Look(NamedTuple):
    """An access record."""

    access: str
    """Its id."""
    position: int
    time: datetime
    """When it was recorded; UTC."""
    organisation: str
    reader: str
    citizen: str
    purpose: str
    reasons: tuple[str, ...] = ()


def look_of(row: Sequence[Any]) -> Look:
    """From the columns of the table looks, in the order of the fields."""
    *about, reasons = row
    return Look._make([*about, tuple(reasons)])


class Count(NamedTuple):
    """An hour or a day in which a person looked at anybody."""

    reader: str
    began: datetime
    citizens: int
    """Different ones."""
    time: datetime
    position: int
    """Of the first look."""


class Burst(NamedTuple):
    first: Look
    citizens: int
    usual: int
    """The reader's median in other hours or days."""


def bursts_of(counts: Sequence[Count], most: int, times_usual: int) -> list[tuple[Count, int]]:
    """Those with more than `most` citizens and more than so many times the reader's median of their other ones, and
    that median. Who never looked before has the median 0."""
    own: dict[str, list[Count]] = {}
    for count in counts:
        own.setdefault(count.reader, []).append(count)
    found = []
    for count in counts:
        if count.citizens > most:
            others = [each.citizens for each in own[count.reader] if each is not count]
            usual = int(median(others)) if others else 0
            if count.citizens > times_usual * usual:
                found.append((count, usual))
    return found


def beginning(time: datetime, unit: Unit, zone: tzinfo) -> datetime:
    """Of the hour or day in the zone that the time is in; UTC."""
    hour = time.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return (hour if unit == "hour" else hour.replace(hour=0, fold=0)).astimezone(UTC)
