"""How fast a page of a timeline is read: 50 entries of 12 classes decided, the reading recorded, the texts unsealed.

Beside it, in the same run and in turns: opening 50 sealed texts in one thread, and inserting one row of an access
record's size into PostgreSQL, which is the least that such a page can take.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Final, NamedTuple

import grpc
import psycopg
from samspor.common.v1 import common_pb2 as common
from samspor.timeline.v1 import timeline_pb2 as timeline

from benchmarks.casework import TEXT, Casework
from benchmarks.page import READER, SIZE, a_citizen_with_entries
from cli.desk import Desk, Person
from deploy.local.platform import Platform
from libs.eventlog import Binding, new_id
from libs.sealing import generate, open_sealed, seal
from libs.sealing.hybrid import private_key
from libs.spec.platforms import settings_of
from services.cases.events import NoteWritten
from services.consents.events import AccessRecorded
from tests.promises.figure import Figure

PER_SECOND: Final = 60
ALONE: Final = (15.0, 40.0)
"""Most milliseconds of a page that comes alone: p50, p99."""
SUSTAINED: Final = 150.0
"""Most milliseconds at PER_SECOND: p99, from when a page was due."""
CLIENTS: Final = 16
CITIZENS: Final = 4
READERS: Final = 5
"""Colleagues who read about each citizen in turn, so that not all that is read was read by the same person just now."""
FLOOR: Final = "CREATE TABLE floor (stream uuid PRIMARY KEY, body bytea NOT NULL)"
INSERT: Final = "INSERT INTO floor VALUES (%s, %s)"


class Asked(NamedTuple):
    citizen: str
    reader: Person


@dataclass
class Pages:
    """What was read, and what is wrong with it."""

    taken: list[float] = field(default_factory=list)
    """Seconds."""
    accesses: list[str] = field(default_factory=list)
    partial: int = 0
    """Pages with fewer than 50 entries, or with a note that may be read and has no text."""
    refused: int = 0

    def add(self, answer: timeline.Timeline, seconds: float) -> None:
        self.taken.append(seconds)
        self.accesses.append(answer.access)
        notes = [entry for entry in answer.entries if entry.outcome == "full" and entry.type == NoteWritten.type]
        self.partial += len(answer.entries) != SIZE or not notes or not all(note.personal for note in notes)

    def at(self, share: float) -> float:
        """Milliseconds that so many of the pages took at most."""
        return sorted(self.taken)[int(len(self.taken) * share)] * 1e3 if self.taken else 0.0

    @property
    def told(self) -> str:
        return f"p50 {self.at(0.5):.1f} ms, p99 {self.at(0.99):.1f} ms"


def pages_are_fast(platform: Platform, full: bool) -> Figure:
    """Pages one after the other, then 60 a second; every page is complete, and each has its own access record."""
    rounds, pages, seconds = (20, 50, 300) if full else (2, 20, 5)
    with Desk(settings_of(platform)) as desk:
        casework = Casework(platform, desk)
        citizens = [a_citizen_with_entries(casework) for _ in range(CITIZENS)]
        asked = [
            Asked(citizen, READER._replace(person=f"bench-reader-{number}"))
            for number in range(READERS)
            for citizen in citizens
        ]
        casework.settle()
        send = casework.call("timeline", timeline.GetTimeline, READER)
        for citizen in citizens:
            send(question(citizen))
        before = recorded(casework)
        alone, opening, inserting = in_turns(casework, asked, rounds, pages)
        busy = sustained(casework, asked, seconds)
        written = recorded(casework) - before
        casework.close()
    count = len(alone.taken) + len(busy.taken)
    faults = alone.partial + busy.partial + alone.refused + busy.refused
    complete = not faults and count == written == len({*alone.accesses, *busy.accesses})
    fast = alone.at(0.5) < ALONE[0] and alone.at(0.99) < ALONE[1] and busy.at(0.99) < SUSTAINED
    least = opening + inserting
    return Figure(
        f"{len(alone.taken)} pages one after the other {alone.told}, {alone.at(0.5) / least:.1f} x opening {SIZE} "
        f"texts ({opening:.1f} ms) and one insert ({inserting:.2f} ms); {len(busy.taken)} at {PER_SECOND}/s for "
        f"{seconds} s {busy.told}; records {written} of {count}, incomplete or refused {faults}",
        complete and (fast or not full),
    )


def in_turns(casework: Casework, asked: Sequence[Asked], rounds: int, pages: int) -> tuple[Pages, float, float]:
    """Pages one after the other, and the medians (ms) of the two floors, in turns."""
    found, opening, inserting = Pages(), list[float](), list[float]()
    open_texts = texts_to_open()
    with row_to_insert(casework) as insert:
        for _ in range(rounds):
            for number in range(pages):
                read(casework, asked[number % len(asked)], found, time.perf_counter())
            opening += [milliseconds(open_texts) for _ in range(pages // 5)]
            inserting += [milliseconds(insert) for _ in range(pages)]
    return found, median(opening), median(inserting)


def sustained(casework: Casework, asked: Sequence[Asked], seconds: int) -> Pages:
    """PER_SECOND pages a second, whether those before have been answered or not."""
    found, began = Pages(), time.perf_counter() + 0.5

    def due(number: int) -> None:
        moment = began + number / PER_SECOND
        time.sleep(max(moment - time.perf_counter(), 0))  # the pace is what is measured
        read(casework, asked[number % len(asked)], found, moment)

    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(due, number) for number in range(seconds * PER_SECOND)]:
            done.result()
    return found


def read(casework: Casework, asked: Asked, found: Pages, since: float) -> None:
    send = casework.call("timeline", timeline.GetTimeline, asked.reader)
    try:
        body = send(question(asked.citizen))
    except grpc.RpcError:
        found.refused += 1
        return
    seconds = time.perf_counter() - since
    found.add(timeline.Timeline.FromString(body), seconds)


def question(citizen: str) -> timeline.GetTimeline:
    return timeline.GetTimeline(citizen=citizen, purpose="casework", page=common.PageRequest(size=SIZE))


def recorded(casework: Casework) -> int:
    """Access records in the log."""
    with psycopg.connect(casework.settings.database_of("consents")) as connection:
        row = connection.execute("SELECT count(*) FROM events WHERE type = %s", [AccessRecorded.type]).fetchone()
    return int(row[0]) if row else 0


def texts_to_open() -> Callable[[], object]:
    private, public = generate()
    place, key = Binding(new_id(), 1, "cases.NoteWritten.v1"), private_key(private)
    texts = [seal(public, place, "key", TEXT.encode()) for _ in range(SIZE)]
    return lambda: [open_sealed(key, place, "key", text) for text in texts]


@contextmanager
def row_to_insert(casework: Casework) -> Iterator[Callable[[], object]]:
    """A row of the size of the newest access record, in consents' own database."""
    with psycopg.connect(casework.settings.database_of("consents")) as connection:
        newest = "SELECT body FROM events WHERE type = %s ORDER BY position DESC LIMIT 1"
        row = connection.execute(newest, [AccessRecorded.type]).fetchone()
    assert row is not None
    with psycopg.connect(casework.settings.owner_database_of("consents"), autocommit=True) as connection:
        connection.execute(FLOOR)
        yield lambda: connection.execute(INSERT, [new_id(), row[0]], prepare=True)


def milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1e3
