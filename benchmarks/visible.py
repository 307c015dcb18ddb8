"""From a command sent to its entry on the timeline, beside insert, confirmed publish, consume, insert."""

from statistics import median

import psycopg

from benchmarks.casework import Casework
from benchmarks.delivery import Latency, PlainWriter, Watcher, Writer, measure, process
from benchmarks.delivery_floor import TABLES, FloorWriter
from benchmarks.load import RUNS
from benchmarks.report import heading, line

RATE = 100
"""Commands a second: one caller in turn; a whole municipality writes fewer."""
SECONDS = 4.0
LATER = 5.0
"""Milliseconds that the slowest of a hundred may take over the floor (GOALS)."""


class CommandWriter:
    def __init__(self, casework: Casework) -> None:
        self._write = casework.note_writer(16)

    def write(self, _count: int) -> int:
        return self._write().position


def run(casework: Casework) -> None:
    databases, broker = casework.platform.postgres.fresh("timeline"), casework.platform.rabbitmq.fresh()
    floor_url = databases.url("timeline", owner=True)
    with psycopg.connect(floor_url) as connection:
        connection.execute(TABLES.encode())
    floor_writer = FloorWriter(broker, floor_url)
    entries = casework.settings.database_of("timeline")
    watchers = (
        Watcher(entries, "SELECT position FROM positions WHERE source = 'cases'"),
        Watcher(floor_url, "SELECT max(position) FROM floor_effect"),
    )
    writers: tuple[Writer, Writer] = (CommandWriter(casework), PlainWriter(floor_writer))
    found: tuple[list[Latency], list[Latency]] = ([], [])
    try:
        with process("benchmarks.delivery_floor", broker, floor_url):
            for _ in range(RUNS):
                for writer, watcher, mine in zip(writers, watchers, found, strict=True):
                    watcher.wait_for(writer.write(1))
                    mine.append(measure(writer, watcher, RATE, 1, SECONDS, since_sent=True))
    finally:
        for watcher in watchers:
            watcher.stop()
        floor_writer.close()
    databases.drop()
    ours, floor = (Latency(*(median(values) for values in zip(*each, strict=True))) for each in found)
    heading(f"Command sent to visible on the timeline, {RATE} commands/s, {SECONDS:g} s a run")
    line("p50", ours.p50, floor.p50, "ms", floor_is="insert, publish, consume, insert", most=2.0)
    line("p99", ours.p99, floor.p99, "ms", floor_is="insert, publish, consume, insert", most=1 + LATER / floor.p99)
