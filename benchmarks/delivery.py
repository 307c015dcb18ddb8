"""From commit to visible effect through RabbitMQ, beside its floor, at 300 and at 8,000 events a second; and emptying
a full log. Nothing else runs meanwhile but an idle platform.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from threading import Event, Thread
from time import perf_counter
from typing import Any, NamedTuple, Protocol

import psycopg

from benchmarks.casework import Casework
from benchmarks.delivery_floor import TABLES, FloorWriter
from benchmarks.delivery_worker import CASES, NoteTaken
from benchmarks.load import RUNS
from benchmarks.report import fact, heading, limit, line
from deploy.local.postgres import Databases
from libs.eventlog import Context, Log, new_id
from libs.host.migrate import migrate_one
from libs.host.service import find

SECONDS = 2.5
LOADS = ((300, 1), (8_000, 20))
"""Events a second, and how many of them one command records."""
BACKLOG = 40_000
LOOK = 0.0005
"""Seconds between two looks at what is visible: the error of a latency."""
GOALS = {300: (2.0, 5.0), 8_000: (5.0, 15.0)}
"""Milliseconds: p50 and p99."""


class Latency(NamedTuple):
    """Milliseconds."""

    p50: float
    p99: float


class Writer(Protocol):
    def write(self, count: int) -> int:
        """The position of the last of `count` events, committed."""
        ...


class OurWriter:
    def __init__(self, log: Log) -> None:
        self._log = log
        self._organisation, self._citizen = new_id(), new_id()

    def write(self, count: int) -> int:
        now = datetime.now(UTC)
        context = Context(
            command_id=new_id(), actor=new_id(), organisation=self._organisation, role="", now=now, occurred=now
        )
        events = [NoteTaken(citizen=self._citizen, category="contact", text="x" * 60) for _ in range(count)]
        return self._log.append(new_id(), 0, events, context).position


class PlainWriter:
    def __init__(self, floor: FloorWriter) -> None:
        self._floor = floor

    def write(self, count: int) -> int:
        bodies = [b"x" * 500] * count
        position = self._floor.write(bodies)
        self._floor.publish(bodies)
        return position


class Watcher:
    """Notes when each position became visible."""

    def __init__(self, dsn: str, query: str) -> None:
        self.seen: list[tuple[float, int]] = []
        self._stop = Event()
        self._dsn, self._query = dsn, query
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            while not self._stop.wait(LOOK):
                row = connection.execute(self._query.encode(), prepare=True).fetchone()
                position = int(row[0]) if row and row[0] else 0
                if not self.seen or position > self.seen[-1][1]:
                    self.seen.append((perf_counter(), position))

    def wait_for(self, position: int, seconds: float = 60) -> None:
        deadline = perf_counter() + seconds
        while not self.seen or self.seen[-1][1] < position:
            assert perf_counter() < deadline, f"position {position} was not visible in {seconds} s"
            self._stop.wait(0.01)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def measure(
    writer: Writer, watcher: Watcher, rate: int, group: int, seconds: float, *, since_sent: bool = False
) -> Latency:
    """Write on a schedule; a command's latency runs from its commit, or from when it was sent, to its last event's
    visible effect."""
    committed: list[tuple[float, int]] = []
    pause, began, number = Event(), perf_counter(), 0
    while (due := began + number * group / rate) < began + seconds:
        if (wait := due - perf_counter()) > 0:
            pause.wait(wait)
        sent = perf_counter()
        position = writer.write(group)
        committed.append((sent if since_sent else perf_counter(), position))
        number += 1
    watcher.wait_for(committed[-1][1])
    visible = iter(watcher.seen)
    at, reached = next(visible)
    latencies = []
    for time, position in committed:
        while reached < position:
            at, reached = next(visible)
        latencies.append(max(0.0, at - time) * 1000)
    latencies.sort()
    return Latency(median(latencies), latencies[int(len(latencies) * 0.99)])


@contextmanager
def process(*command: str, **environment: str) -> Iterator[None]:
    running = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        running.terminate()
        running.wait(30)


def worker(databases: Databases, broker: str) -> Any:
    settings = {"SAMSPOR_DATABASE": databases.template, "SAMSPOR_BROKER": broker, "SAMSPOR_BENCH_WORKER": "1"}
    return process("benchmarks.delivery_worker", **settings)


def emptied(databases: Databases, broker: str, writer: Writer, watcher: Watcher) -> float:
    """Events a second through relay, queue and consumer, of a log that has grown while no worker ran."""
    for _ in range(BACKLOG // 100):
        last = writer.write(100)
    with worker(databases, broker):
        watcher.wait_for(last)
    moved = [(at, position) for at, position in watcher.seen if position > last - BACKLOG]
    (first_at, first), (last_at, final) = moved[0], moved[-1]
    return (final - first) / (last_at - first_at) if last_at > first_at else 0.0


def report(rate: int, ours: list[Latency], floor: list[Latency]) -> None:
    a, b = (Latency(*(median(values) for values in zip(*each, strict=True))) for each in (ours, floor))
    for name, mine, least, most in zip(("p50", "p99"), a, b, GOALS[rate], strict=True):
        line(f"{rate:,} events/s, {name}", mine, least, "ms", floor_is="insert, publish, consume, insert")
        limit(f"{rate:,} events/s, {name}", mine, "ms", most)


def run(casework: Casework) -> None:
    """The relay, the broker and the consumer alone: a log of notes that nobody commanded."""
    heading(f"Commit to visible effect through RabbitMQ, {SECONDS:g} s a run")
    databases, broker = casework.platform.postgres.fresh("cases", "timeline"), casework.platform.rabbitmq.fresh()
    for service in (CASES, *find(["timeline"])):
        migrate_one(service, databases.url(service.name, owner=True))
    floor_url = databases.url("timeline", owner=True)
    with psycopg.connect(floor_url) as connection:
        connection.execute(TABLES.encode())
    log = Log("cases", databases.url("cases"), [NoteTaken])
    floor_writer = FloorWriter(broker, floor_url)
    watchers = (
        Watcher(databases.url("timeline"), "SELECT position FROM positions WHERE source = 'cases'"),
        Watcher(floor_url, "SELECT max(position) FROM floor_effect"),
    )
    writers: tuple[Writer, Writer] = (OurWriter(log), PlainWriter(floor_writer))
    starts: tuple[Callable[[], Any], ...] = (
        lambda: worker(databases, broker),
        lambda: process("benchmarks.delivery_floor", broker, floor_url),
    )
    try:
        for rate, group in LOADS:
            results: tuple[list[Latency], list[Latency]] = ([], [])
            for _ in range(RUNS):
                for writer, watcher, start, found in zip(writers, watchers, starts, results, strict=True):
                    with start():
                        watcher.wait_for(writer.write(1))
                        found.append(measure(writer, watcher, rate, group, SECONDS))
            report(rate, *results)
        rates = [emptied(databases, broker, writers[0], watchers[0]) for _ in range(RUNS)]
        fact(f"a log of {BACKLOG:,} events emptied", f"{median(rates):9,.0f} /s")
    finally:
        for watcher in watchers:
            watcher.stop()
        floor_writer.close()
        log.close()
    databases.drop()
