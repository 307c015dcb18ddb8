"""The event log alone: appended events a second at 1, 4, 16 and 64 clients, and loading a stream of 1,000 events.

For each number of clients: pgbench inserting single rows (the floor), our recorder, the library's own recorder, both
through EventStore.put.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import psycopg
import yoyo
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import DatetimeAsISO, EventStore, JSONTranscoder, Mapper, UUIDAsHex
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from benchmarks.casework import Casework
from benchmarks.floor import pgbench
from benchmarks.load import in_turns, measure
from benchmarks.report import heading, line
from deploy.local.postgres import Databases
from libs.eventlog import Decider, Event, Log, Recorded, encode, new_id
from libs.eventlog.append import Command

CLIENTS = (1, 4, 16, 64)
SECONDS = 1
LOADS = 25
GOALS = {1: 0.5, 16: 1.0, 64: 1.3}
P99 = {16: 0.7}
MIGRATIONS = Path(__file__).parents[1] / "libs" / "eventlog" / "migrations"
NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


class NotebookOpened(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.NotebookOpened.v3"
    title: str


class Count(msgspec.Struct, frozen=True):
    events: int = 0


COUNT: Decider[Count, None] = Decider(Count, lambda *_: (), lambda state, _: Count(state.events + 1))


@dataclass(frozen=True)
class LibraryOpened(DomainEvent):
    """The same facts as the library records them."""

    title: str
    organisation: str
    actor: str
    causationid: str


def record(stream: str, version: int, command_id: str) -> Recorded:
    return Recorded(
        id=new_id(),
        source="cases",
        type=NotebookOpened.type,
        subject=stream,
        time=NOW,
        recordedtime=NOW,
        streamversion=version,
        organisation="8b6f2a52-5c1e-4a53-9d8a-0d7b8f0c7c11",
        actor="f2b6a3b1-1d0c-4d0f-8b8e-6f6a5d2c1b0a",
        correlationid="",
        causationid=command_id,
        traceparent="",
        event=NotebookOpened(title="x" * 50),
    )


def library_event(stream: str, version: int) -> LibraryOpened:
    return LibraryOpened(
        UUID(stream), version, NOW, "x" * 180, "8b6f2a52-5c1e-4a53-9d8a-0d7b8f0c7c11", "f2b6", new_id()
    )


def our_store(postgres: Databases) -> tuple[Log, Callable[[], object]]:
    backend = yoyo.get_backend(postgres.url("cases", owner=True).replace("postgresql://", "postgresql+psycopg://"))
    backend.apply_migrations(backend.to_apply(yoyo.read_migrations(str(MIGRATIONS))))
    backend.connection.close()
    log = Log("cases", postgres.url("cases"), [NotebookOpened])

    def append() -> object:
        command = new_id()
        return log.store.put([record(new_id(), 1, command)], command=Command(command, b"0123456789abcdef"))

    return log, append


def library_store(url: str) -> tuple[EventStore[UUID], Callable[[], object]]:
    address = urlsplit(url)
    datastore = PostgresDatastore(
        address.path[1:],
        address.hostname or "",
        str(address.port),
        address.username or "",
        address.password or "",
        pool_size=16,
        max_overflow=48,
    )
    recorder = PostgresApplicationRecorder(datastore)
    recorder.create_table()
    transcoder = JSONTranscoder()
    transcoder.register(DatetimeAsISO())
    transcoder.register(UUIDAsHex())
    store = EventStore[UUID](Mapper(transcoder), recorder)
    return store, lambda: store.put([library_event(new_id(), 1)])


def appends(casework: Casework) -> None:
    postgres = casework.platform.postgres
    databases = postgres.fresh("cases", "partners")
    floor_url = databases.url("partners", owner=True)
    log, append = our_store(databases)
    store, append_default = library_store(floor_url)
    size = len(encode(record(new_id(), 1, new_id())))
    heading(f"The event log alone: events of {size} bytes through EventStore.put, {SECONDS} s a run")
    for clients in CLIENTS:
        found = in_turns(
            {
                "floor": partial(pgbench, postgres, floor_url, clients, SECONDS, size),
                "ours": partial(measure, clients, SECONDS, append),
                "library": partial(measure, clients, SECONDS, append_default),
            }
        )
        ours, name = found["ours"], f"{clients} client" + "s" * (clients > 1)
        line(name, ours.per_second, found["floor"].per_second, "/s", floor_is="pgbench insert", goal=GOALS.get(clients))
        line(name, ours.per_second, found["library"].per_second, "/s", floor_is="library's recorder")
        line(
            f"{name}, p99",
            ours.p99 * 1e3,
            found["floor"].p99 * 1e3,
            "ms",
            floor_is="pgbench insert",
            most=P99.get(clients),
        )
    log.close()
    store.recorder.datastore.close()  # type: ignore[attr-defined]
    databases.drop()


def loads(casework: Casework) -> None:
    """Cold streams in a warm process: of the memory of one state, the other stream takes the place."""
    databases = casework.platform.postgres.fresh("cases", "partners")
    our_store(databases)[0].close()
    log = Log("cases", databases.url("cases"), [NotebookOpened], states=1)
    store, _ = library_store(databases.url("partners", owner=True))
    long, other = new_id(), new_id()
    log.store.put([record(long, version, new_id()) for version in range(1, 1001)])
    log.store.put([record(other, 1, new_id())])
    store.put([library_event(long, version) for version in range(1, 1001)])

    def ours() -> int:
        return log.load(COUNT, long).state.events

    contenders: dict[str, Callable[[], int]] = {
        "folded": ours,
        "with a snapshot": ours,
        "library": lambda: len(list(store.get(UUID(long)))),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    with psycopg.connect(databases.url("cases", owner=True), autocommit=True) as connection:
        for _ in range(LOADS):
            for name, load in contenders.items():
                log.load(COUNT, other)
                if name == "folded":
                    connection.execute("TRUNCATE snapshots")
                started = perf_counter()
                count = load()
                times[name].append(perf_counter() - started)
                assert count == 1000
    heading(f"Load a stream of 1,000 events, median of {LOADS}")
    library = median(times["library"]) * 1e3
    for name, goal in (("folded", 1 / 15), ("with a snapshot", 1 / 15)):
        line(name, median(times[name]) * 1e3, library, "ms", floor_is="library", most=goal)
    log.close()
    store.recorder.datastore.close()  # type: ignore[attr-defined]
    databases.drop()
