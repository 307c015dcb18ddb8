"""Making a projection again from position zero, beside the old one, and swapping it in.

Runs as the role that owns the tables. The tables' definition is read from the old ones, so that it stands once, in the
migrations. Until the swap everybody reads the old tables; consumers go on meanwhile, wait for the swap, and go on from
the positions it leaves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, NamedTuple

import psycopg

from libs.bus import tables
from libs.bus.message import Batch
from libs.bus.pages import Fetch
from libs.bus.parking import Reason, park
from libs.bus.projection import Projection
from libs.bus.received import Received
from libs.bus.trouble import passes

LOCK: Final = 0x52_45_50_4C
"""Key of the advisory lock."""

Tell = Callable[[str, int], None]
"""Told the source and its position after each page."""


class RebuildRunning(RuntimeError):
    """Another process rebuilds a projection of this database."""


class Refused(NamedTuple):
    source: str
    event: Received
    cause: str


class Rebuilt(NamedTuple):
    events: int
    parked: int
    seconds: float
    positions: dict[str, int]


def rebuild(owner_dsn: str, projection: Projection, sources: Mapping[str, Fetch], tell: Tell) -> Rebuilt:
    """Read every source from zero into new tables, build their keys, swap.

    Raises SourceAway, RebuildRunning, psycopg.Error; the old tables then stay as they were.
    """
    began = monotonic()
    with _alone(owner_dsn) as connection:
        loading = _Loading(connection, projection, sources, tell)
        tables.create(connection, projection.bulk, projection.keyed)
        loading.to_the_heads()
        tables.finish(connection, projection.bulk)
        loading.to_the_heads()
        _swap(connection, projection, loading)
    return Rebuilt(loading.events, len(loading.refused), monotonic() - began, loading.positions)


@contextmanager
def _alone(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if not row or not row[0]:
            raise RebuildRunning
        connection.execute(f"SET search_path = {tables.SCHEMA}, public")
        yield connection
        connection.execute(f"DROP SCHEMA {tables.SCHEMA}")


class _Loading:
    """How far the new tables have come."""

    def __init__(
        self, connection: psycopg.Connection[Any], projection: Projection, sources: Mapping[str, Fetch], tell: Tell
    ) -> None:
        self.positions = dict.fromkeys(sources, 0)
        self.events = 0
        self.refused: list[Refused] = []
        self._connection, self._projection, self._sources, self._tell = connection, projection, sources, tell

    def to_the_heads(self) -> None:
        for source in self._sources:
            self._to_the_head(source)

    def _to_the_head(self, source: str) -> None:
        """The next page is fetched while one is applied."""
        fetch = self._sources[source]
        with ThreadPoolExecutor(1) as ahead:
            page = fetch(self.positions[source])
            while page.bodies:
                following = ahead.submit(fetch, page.last)
                self._apply(source, page)
                self._tell(source, page.last)
                page = following.result()

    def _apply(self, source: str, page: Batch) -> None:
        events = page.received()
        if not self._accepted(events):
            for event in events:
                if cause := self._cause_of_refusal(event):
                    self.refused.append(Refused(source, event, cause))
        self.positions[source] = page.last
        self.events += len(events)

    def _accepted(self, events: Sequence[Received]) -> bool:
        try:
            with self._connection.transaction():
                self._projection.apply(self._connection, events)
        except Exception as error:
            if passes(error):
                raise
            return False
        return True

    def _cause_of_refusal(self, event: Received) -> str:
        try:
            with self._connection.transaction():
                self._projection.apply(self._connection, [event])
        except Exception as error:
            if passes(error):
                raise
            return type(error).__name__
        return ""


def _swap(connection: psycopg.Connection[Any], projection: Projection, loading: _Loading) -> None:
    sources = sorted(loading.positions)
    with connection.transaction():
        # Consumers that come now wait here, before they touch the tables: the same order as theirs.
        connection.execute("SELECT FROM public.positions WHERE source = ANY(%s) ORDER BY source FOR UPDATE", [sources])
        loading.to_the_heads()
        tables.swap(connection, [*projection.bulk, *projection.keyed])
        for source, position in loading.positions.items():
            connection.execute(
                "INSERT INTO public.positions (source, position) VALUES (%s, %s)"
                " ON CONFLICT (source) DO UPDATE SET position = excluded.position, starts = 0",
                [source, position],
            )
        connection.execute("DELETE FROM public.parked WHERE source = ANY(%s) AND position IS NOT NULL", [sources])
        for source, event, cause in loading.refused:
            park(connection, source, event.position, event.body, reason=Reason.REFUSED, cause=cause)
