"""An event log as CSV with the attribute names of XES (IEEE 1849) into cases.

Each row is one event of one case. Only three columns are required: `case:concept:name`, `concept:name` and
`time:timestamp`; of the others `org:group`, `org:resource`, `lifecycle:transition` and `concept:instance` are used.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from cli.importers.directory import Unusable
from cli.importers.findings import Finding, Findings, Weight, explain, rows_by_weight
from cli.importers.tables import Row, read_table

NAMESPACE: Final = UUID("0d3f3c52-7d0b-5b7e-9a53-7a3a1a2f9b41")
CASE, ACTIVITY, TIME = "case:concept:name", "concept:name", "time:timestamp"
GROUP, RESOURCE, LIFECYCLE, INSTANCE = "org:group", "org:resource", "lifecycle:transition", "concept:instance"
NO_GROUP: Final = "(no group)"
LONGEST: Final = {CASE: 100, GROUP: 200, RESOURCE: 80, LIFECYCLE: 60, ACTIVITY: 19_900}
"""Characters: of an identifier's value, an organisation's name, a person's id, and of a note's text in two parts."""


class Entry(NamedTuple):
    """One row that can be recorded."""

    id: str
    """UUID of the row: the same for the same row of the same case of the same log, whatever file it stands in."""
    line: int
    time: datetime
    group: str
    resource: str
    text: str


class LogCase(NamedTuple):
    name: str
    entries: list[Entry]
    """In the order of their times, rows of one time as in the file."""

    @property
    def groups(self) -> dict[str, datetime]:
        """The groups that take part, and when each first appeared; in that order."""
        first: dict[str, datetime] = {}
        for entry in self.entries:
            first.setdefault(entry.group, entry.time)
        return first


class EventLog(NamedTuple):
    name: str
    rows: int
    cases: list[LogCase]
    groups: list[str]
    findings: Findings

    def id_of(self, *parts: str) -> str:
        """A UUID for something of this log: the same in every run."""
        return made_id(self.name, *parts)


def made_id(log: str, *parts: str) -> str:
    return str(uuid5(NAMESPACE, "\n".join((log, *parts))))


class RowRefused(Exception):
    def __init__(self, code: str, **about: str | int) -> None:
        self.code, self.message = code, explain(code, **about)
        super().__init__(self.message)


def read_log(path: Path, name: str, now: datetime) -> EventLog:
    """Cases in the order of their first rows. Raises Unusable when the file is no such log."""
    findings = Findings()
    try:
        table = read_table(path, findings)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error
    missing = [column for column in (CASE, ACTIVITY, TIME) if column not in table.header]
    if missing:
        raise Unusable(f"{path} has no column {', '.join(missing)} in its first line")
    rows = len(table.rows) + rows_by_weight(findings.all())[Weight.REFUSED]
    cases: dict[str, list[Entry]] = defaultdict(list)
    alike: Counter[str] = Counter()
    for row in table.rows:
        try:
            case, entry = read_entry(name, row, alike, now)
        except RowRefused as refused:
            findings.add(Finding(table.file, row.line, refused.code, Weight.REFUSED, refused.message))
            continue
        cases[case].append(entry)
    return EventLog(
        name,
        rows,
        [LogCase(case, sorted(entries, key=lambda entry: entry.time)) for case, entries in cases.items()],
        sorted({entry.group for entries in cases.values() for entry in entries}),
        findings,
    )


def read_entry(log: str, row: Row, alike: Counter[str], now: datetime) -> tuple[str, Entry]:
    """The case and the entry of a row. `alike` counts rows that say the same: each is an event of its own.

    Raises RowRefused.
    """
    fields = row.fields
    for name, most in LONGEST.items():
        if len(fields.get(name, "")) > most:
            raise RowRefused("field_too_long", field=name, value=len(fields[name]), most=most)
    case, activity = fields.get(CASE, ""), fields.get(ACTIVITY, "")
    if not case:
        raise RowRefused("missing_case")
    if not activity:
        raise RowRefused("empty_activity")
    time = read_time(fields.get(TIME, ""))
    if time > now + timedelta(minutes=5):
        raise RowRefused("future_time", value=time.isoformat())
    group, resource = fields.get(GROUP) or NO_GROUP, fields.get(RESOURCE) or "unknown"
    content = "\n".join((case, time.isoformat(), group, resource, activity, *_more(fields)))
    alike[content] += 1
    text = activity + _lifecycle(fields)
    return case, Entry(made_id(log, content, str(alike[content])), row.line, time, group, resource, text)


def _more(fields: Mapping[str, str]) -> tuple[str, str]:
    return fields.get(LIFECYCLE, ""), fields.get(INSTANCE, "")


def _lifecycle(fields: Mapping[str, str]) -> str:
    """`complete` goes without saying (XES lifecycle extension)."""
    transition = fields.get(LIFECYCLE, "")
    return f" ({transition})" if transition and transition.casefold() != "complete" else ""


def read_time(text: str) -> datetime:
    """UTC, to the microsecond; a time without offset is UTC. Raises RowRefused."""
    if not text:
        raise RowRefused("missing_time")
    try:
        time = datetime.fromisoformat(text.replace(",", "."))
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowRefused("unreadable_time", value=text[:60]) from None
