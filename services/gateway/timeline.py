"""A page of a timeline as people read it: months, silent months, runs of routine entries, and the withheld.

Pure: an answer of the timeline service in, something a template can print out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from samspor.timeline.v1 import timeline_pb2

from services.gateway.lines import Fact, Line, fields_of, key_of, line_of
from services.gateway.web.dates import HERE, long_date, moment
from services.gateway.web.languages import gettext, known, word

NOT_SHOWN: Final = {"identifier"}
"""Personal fields that no timeline shows: a civil registration number helps nobody to help."""
FOLDS_FROM: Final = 3
"""Entries of one kind in a row before they are shown as one line that can be opened."""
LATE: Final = timedelta(days=1)
"""How much later than it happened an entry is recorded before the page says so."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. `withheld` is empty for one that may be read."""

    entry: timeline_pb2.Entry
    line: Line
    time: datetime
    recorded: datetime | None
    """Only where it differs from `time` by a day or more."""
    organisation: str
    actor: str
    facts: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    withheld: str = ""

    @property
    def kind(self) -> tuple[str, ...]:
        """Entries of the same kind may fold."""
        if self.withheld:
            return ("withheld", self.entry.category, self.entry.reason)
        return ("routine",) if self.line.weight == "routine" else ("", self.entry.id)

    @property
    def sentence(self) -> str:
        return gettext(key_of(self.entry.type))

    @property
    def basis(self) -> str:
        """Why the reader may see it."""
        key = f"seen.{self.entry.reason}"
        if not known(key):
            return ""
        return gettext(key, law=law(self.entry.law))


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that are shown together: one row, or several of a kind behind one line."""

    rows: tuple[Row, ...]

    @property
    def folded(self) -> bool:
        return len(self.rows) >= FOLDS_FROM


@dataclass(frozen=True, slots=True)
class Month:
    year: int
    month: int
    runs: tuple[Run, ...]
    silent: int
    """Months without entries between this one and the one shown before (above) it."""


def months(entries: Iterable[timeline_pb2.Entry], names: Mapping[str, str], people: Mapping[str, str]) -> list[Month]:
    """The entries, newest first, as months. `names` of organisations, `people` of the viewer's colleagues."""
    rows = [row(entry, names, people) for entry in entries]
    made: list[Month] = []
    for (year, month), group in groupby(rows, lambda one: (one.time.year, one.time.month)):
        runs = tuple(runs_of(group))
        silent = (made[-1].year * 12 + made[-1].month) - (year * 12 + month) - 1 if made else 0
        made.append(Month(year, month, runs, silent))
    return made


def runs_of(rows: Iterable[Row]) -> Iterator[Run]:
    for _, group in groupby(rows, lambda one: one.kind):
        alike = tuple(group)
        if len(alike) >= FOLDS_FROM:
            yield Run(alike)
        else:
            yield from (Run((one,)) for one in alike)


def row(entry: timeline_pb2.Entry, names: Mapping[str, str], people: Mapping[str, str]) -> Row:
    time = moment(entry.time)
    if time is None:
        raise ValueError(f"entry {entry.id} has no time")
    recorded = moment(entry.recordedtime)
    line = line_of(entry.type)
    data: dict[str, Any] = json.loads(entry.data or "{}")
    return Row(
        entry=entry,
        line=line,
        time=time,
        recorded=recorded if recorded and abs(recorded - time) >= LATE else None,
        organisation=names.get(entry.organisation, ""),
        actor=people.get(entry.actor, ""),
        facts=tuple(
            (gettext(f"field.{fact.field}"), read(fact, value, names)) for fact, value in fields_of(data, line)
        ),
        texts=tuple((gettext(f"field.{name}"), text) for name, text in texts_of(entry, line)),
        withheld=withheld(entry) if entry.outcome == "stub" else "",
    )


def texts_of(entry: timeline_pb2.Entry, line: Line) -> Iterator[tuple[str, str]]:
    """Personal texts in the line's order, then any others the event has."""
    names = [*line.texts, *sorted(set(entry.personal) - set(line.texts) - NOT_SHOWN)]
    return ((name, entry.personal[name]) for name in names if entry.personal.get(name))


def read(fact: Fact, value: Any, names: Mapping[str, str]) -> str:
    """One clear value in words."""
    values = value if isinstance(value, list) else [value]
    match fact.reading:
        case "organisation":
            return ", ".join(
                names.get(str(one)) or gettext("an organisation that is not in the directory") for one in values
            )
        case "words":
            return ", ".join(word(fact.vocabulary, str(one)) for one in values)
        case "date":
            return long_date(datetime.fromisoformat(str(value)).astimezone(HERE))
        case "law":
            return law(str(value))
        case "subject":
            return subject(str(value))


def subject(code: str) -> str:
    """A KLE subject code with its words, where the catalogue has them."""
    key = f"subject.{code}"
    return f"{gettext(key)} ({code})" if known(key) else code


def law(code: str) -> str:
    """A law reference with a plain gloss; the code where a data file has grown since."""
    key = f"law.{code}"
    return gettext(key) if known(key) else code


def withheld(entry: timeline_pb2.Entry) -> str:
    """Why an entry cannot be read here."""
    key = f"withheld.{entry.reason}"
    if not known(key):
        key = "withheld.OTHER"
    return gettext(key, category=word("category", entry.category).lower())


def organisations_of(entries: Iterable[timeline_pb2.Entry]) -> set[str]:
    """Every organisation whose name a page needs."""
    found = set()
    for entry in entries:
        found.add(entry.organisation)
        data = json.loads(entry.data or "{}")
        for fact, value in fields_of(data, line_of(entry.type)):
            if fact.reading == "organisation":
                found.update(value if isinstance(value, list) else [value])
    return found - {""}
