"""Hours and days in which somebody looked at unusually many citizens, counted by the database."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from services.consents.control.looks import Burst, Count, Look, Unit, bursts_of, look_of
from services.consents.control.rules import CONTROLLING, Counts
from services.consents.control.run import Control

COUNTS: Final = """
    SELECT reader, date_trunc(%(unit)s, time, %(zone)s) AS began, count(DISTINCT citizen),
        min(time), (array_agg(position ORDER BY time, position))[1]
    FROM looks
    WHERE organisation = %(organisation)s AND time >= %(since)s AND time < %(until)s
        AND reasons <> %(controlling)s::text[] AND (%(readers)s::text[] IS NULL OR reader = ANY(%(readers)s::text[]))
    GROUP BY reader, began HAVING count(DISTINCT citizen) > %(most)s
"""
FIRSTS: Final = """
    SELECT access::text, position, time, organisation::text, reader, citizen::text, purpose, reasons
    FROM looks JOIN unnest(%s::timestamptz[], %s::bigint[]) AS first (time, position) USING (time, position)
    WHERE organisation = %s
"""
WEEK: Final = timedelta(days=7)
RESOLUTION: Final = timedelta(microseconds=1)
"""Of times: a period that ends at midnight has no part of the day that begins then."""


class Tally(NamedTuple):
    """One organisation's looks."""

    connection: psycopg.Connection[Any]
    organisation: str
    zone: ZoneInfo

    def counts(
        self, unit: Unit, since: datetime, until: datetime, *, most: int = 0, readers: list[str] | None = None
    ) -> list[Count]:
        """Hours or days of more than `most` citizens. A week at a time: no statement may take long (libs/eventlog)."""
        counts: list[Count] = []
        for begins, ends in weeks(since, until, self.zone):
            values = {
                "unit": unit,
                "zone": self.zone.key,
                "organisation": self.organisation,
                "since": begins,
                "until": ends,
                "controlling": list(CONTROLLING),
                "readers": readers,
                "most": most,
            }
            counts += (Count(*row) for row in self.connection.execute(COUNTS, values).fetchall())
        return counts

    def firsts(self, counts: Sequence[Count]) -> dict[int, Look]:
        """Position -> the first look of each."""
        places = [[count.time for count in counts], [count.position for count in counts]]
        rows = self.connection.execute(FIRSTS, [*places, self.organisation]).fetchall()
        return {look.position: look for look in map(look_of, rows)}


def bursts_in(tally: Tally, control: Control, limits: Counts) -> Mapping[tuple[str, Unit, datetime], Burst]:
    """Reader, unit and its beginning in UTC -> the burst.

    Whole hours and days are counted, also where they reach beyond the period: who examines the next period finds the
    same ones. Only of readers who had a busy one is the rest counted as well.
    """
    found: dict[tuple[str, Unit, datetime], Burst] = {}
    history = control.since - timedelta(days=limits.history_days)
    each: tuple[tuple[Unit, int], ...] = (("hour", limits.hour), ("day", limits.day))
    for unit, most in each:
        readers = {count.reader for count in tally.counts(unit, control.since, control.until, most=most)}
        counts = tally.counts(unit, history, control.until, readers=list(readers)) if readers else []
        busy = bursts_of(counts, most, limits.times_usual)
        firsts = tally.firsts([count for count, _ in busy])
        for count, usual in busy:
            burst = Burst(firsts[count.position], count.citizens, usual)
            found[count.reader, unit, count.began.astimezone(UTC)] = burst
    return found


def weeks(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """From the beginning of the first day in the zone to the end of the last one, in its own time: a day of a zone may
    have 23 hours."""
    begins = since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    last = (until - RESOLUTION).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(
        days=1
    )
    while begins < last:
        yield begins, min(begins + WEEK, last)
        begins += WEEK
