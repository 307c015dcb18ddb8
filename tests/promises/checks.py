"""What must be true of a platform after any fault: the logs and the timeline say the same, once and in order."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psycopg

from deploy.local.process import wait_until
from libs.eventlog import Result
from libs.host.settings import Settings
from services.timeline.entry import rows_of

SOURCES = ("cases", "consents", "partners", "referrals")

Key = tuple[str, int]
"""Source and position."""


@dataclass(frozen=True)
class Comparison:
    """Counts; all but `events` are zero when the promise holds."""

    events: int
    missing: int
    """Recorded, but not on the timeline."""
    changed: int
    """On the timeline with other bytes than were recorded, or recorded nowhere."""
    twice: int
    gaps: int
    """Positions that a log leaves out."""
    disordered: int
    """Events of a stream whose positions do not follow their versions."""
    lost: int
    """Acknowledged commands without their event."""

    @property
    def holds(self) -> bool:
        return not any((self.missing, self.changed, self.twice, self.gaps, self.disordered, self.lost))


def compare(settings: Settings, acknowledged: Mapping[str, Iterable[Result]]) -> Comparison:
    """Reads every log and the timeline whole. `acknowledged`: source -> the results its callers were given."""
    recorded: dict[Key, bytes] = {}
    events = gaps = disordered = lost = 0
    for source in SOURCES:
        log = _log(settings, source)
        events += len(log)
        gaps += sum(position != expected for expected, (position, *_) in enumerate(log, 1))
        versions: dict[str, int] = {}
        for _, stream, version, _ in log:
            disordered += version != versions.get(stream, 0) + 1
            versions[stream] = version
        rows, _ = rows_of((position, body) for position, _, _, body in log)
        recorded |= {(source, row.position): row.body for row in rows}
        known = {(stream, version): position for position, stream, version, _ in log}
        lost += sum(known.get((each.id, each.version)) != each.position for each in acknowledged.get(source, ()))
    shown = _timeline(settings)
    counts = Counter(key for key, _ in shown)
    return Comparison(
        events=events,
        missing=len(recorded.keys() - counts.keys()),
        changed=sum(recorded.get(key) != body for key, body in shown),
        twice=sum(count - 1 for count in counts.values()),
        gaps=gaps,
        disordered=disordered,
        lost=lost,
    )


def settled(settings: Settings, seconds: float = 150.0) -> bool:
    """Whether every consumer came to the end of every log within `seconds`."""

    def at_end() -> bool:
        try:
            # Policies first: what they are still about to record must be in the heads that are read after them.
            positions = [_positions(settings, service) for service in SOURCES]
            heads = {source: _head(settings, source) for source in SOURCES}
            positions.append(_positions(settings, "timeline"))
        except psycopg.OperationalError:
            return False
        reached = all(position >= heads[source] for each in positions for source, position in each.items())
        return reached and all(positions[-1].get(source, 0) >= head for source, head in heads.items())

    return wait_until(at_end, seconds, 0.2)


def _positions(settings: Settings, service: str) -> dict[str, int]:
    with psycopg.connect(settings.database_of(service), connect_timeout=2) as connection:
        rows = connection.execute("SELECT source, position FROM positions").fetchall()
    return {source: position for source, position in rows}  # noqa: C416 -- rows are not pairs to mypy


def _head(settings: Settings, source: str) -> int:
    with psycopg.connect(settings.database_of(source), connect_timeout=2) as connection:
        row = connection.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
    return int(row[0]) if row else 0


def _log(settings: Settings, source: str) -> list[tuple[int, str, int, bytes]]:
    with psycopg.connect(settings.database_of(source)) as connection:
        rows = connection.execute("SELECT position, stream::text, version, body FROM events ORDER BY position")
        return [(position, stream, version, bytes(body)) for position, stream, version, body in rows]


def _timeline(settings: Settings) -> list[tuple[Key, bytes]]:
    with psycopg.connect(settings.database_of("timeline")) as connection:
        rows = connection.execute("SELECT source, position, body FROM entries")
        return [((source, position), bytes(body)) for source, position, body in rows]
