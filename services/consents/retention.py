"""How long the text of a case is kept, from retention.toml, and which cases an organisation has about a citizen."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from psycopg_pool import ConnectionPool

from libs.bus.projection import Projection
from libs.bus.received import Received
from services.consents.errors import ErasureCaseOpen, ErasureRetention
from services.consents.policies import when_cases_published


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How long closed cases of a subject are kept."""

    prefix: str
    """Of the subject code."""
    years: int
    source: str
    article: str
    """Of the GDPR: why erasure does not reach it."""
    check: bool = True
    """A lawyer has yet to confirm this entry."""

    def ends(self, closed: datetime) -> date:
        """The day from which it is kept no longer. Of 29 February, the day after the month's last."""
        day = closed.date()
        try:
            return day.replace(year=day.year + self.years)
        except ValueError:
            return date(day.year + self.years, 3, 1)


def load(path: Path) -> tuple[Retention, ...]:
    """The longest prefixes first. Raises msgspec.ValidationError for a file that is not as described above."""
    entries = msgspec.convert(tomllib.loads(path.read_text())["retention"], list[Retention])
    return tuple(sorted(entries, key=lambda entry: -len(entry.prefix)))


RETENTIONS: Final = load(Path(__file__).with_name("retention.toml"))


def retention_of(subject_code: str) -> Retention:
    """That of the longest prefix; the file has one for all others."""
    return next(each for each in RETENTIONS if subject_code.startswith(each.prefix))


class CaseRecords:
    def __init__(self, pool: "ConnectionPool[Any]") -> None:
        self._pool = pool

    def must_be_past_keeping(self, citizen: str, organisation: str, today: date) -> None:
        """Raises ErasureCaseOpen, ErasureRetention for the case that is kept longest."""
        with self._pool.connection() as connection:
            cases = connection.execute(
                'SELECT "case"::text, subject_code, closed FROM case_records WHERE citizen = %s AND organisation = %s'
                ' ORDER BY closed DESC NULLS FIRST, "case"',
                [citizen, organisation],
            ).fetchall()
        kept = []
        for case, subject_code, closed in cases:
            retention = retention_of(subject_code)
            if closed is None:
                raise ErasureCaseOpen(case=case, article=retention.article)
            kept.append((retention.ends(closed), case, retention))
        until, case, retention = max(kept, key=lambda each: each[0], default=(today, "", RETENTIONS[-1]))
        if today < until:
            raise ErasureRetention(
                case=case, until=until.isoformat(), source=retention.source, article=retention.article
            )


def add_case(connection: psycopg.Connection[Any], event: Received) -> None:
    connection.execute(
        'INSERT INTO case_records ("case", citizen, organisation, subject_code) VALUES (%s, %s, %s, %s)'
        " ON CONFLICT DO NOTHING",
        [event.envelope.case, event.envelope.citizen, event.data["participant"], event.data["subject_code"]],
    )


def close_case(connection: psycopg.Connection[Any], event: Received) -> None:
    connection.execute(
        'UPDATE case_records SET closed = %s WHERE "case" = %s', [event.envelope.time, event.envelope.case]
    )


def reopen_case(connection: psycopg.Connection[Any], event: Received) -> None:
    connection.execute('UPDATE case_records SET closed = NULL WHERE "case" = %s', [event.envelope.case])


EFFECTS: Final[Mapping[str, Callable[[psycopg.Connection[Any], Received], None]]] = {
    "CaseOpened": add_case,
    "CaseClosed": close_case,
    "CaseReopened": reopen_case,
}
"""Events of cases, in any version, by name."""


def note_cases(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    for event in events:
        if effect := EFFECTS.get(event.envelope.type.split(".")[1]):
            effect(connection, event)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsAndBases(Projection):
    """The records, and the bases that follow from participation. A rebuild makes the records only."""

    def __call__(self, service: Any, connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
        self.apply(connection, events)
        when_cases_published(service, connection, events)


CASE_RECORDS: Final = RecordsAndBases(name="case_records", apply=note_cases, bulk=(), keyed=("case_records",))
