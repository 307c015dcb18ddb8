"""Events a second from the logs into an empty timeline, beside a server-side cursor scan plus COPY."""

import json
from statistics import median
from time import perf_counter

import psycopg

from benchmarks.casework import UNIT, Casework
from benchmarks.delivery import Watcher
from benchmarks.load import RUNS
from benchmarks.notes import notes
from benchmarks.report import heading, line
from libs.eventlog import new_id
from libs.sealing import generate
from libs.spec.platforms import samspor
from services.cases.events import NoteWritten

EVENTS = 20_000
CITIZENS = 40
PAGE = 5_000
CATEGORIES = ("family", "housing", "economy", "education")


def run(casework: Casework) -> None:
    platform = casework.platform
    last = fill_log(casework)
    watcher = Watcher(
        casework.settings.database_of("timeline"), "SELECT position FROM positions WHERE source = 'cases'"
    )
    try:
        watcher.wait_for(last, 240)
    finally:
        watcher.stop()
    databases = platform.postgres.fresh("timeline")
    ours, floor = [], []
    for _ in range(RUNS):
        ours.append(json.loads(samspor(platform, "replay", "timeline", "--json"))["events_per_second"])
        floor.append(scan_and_copy(casework.settings.owner_database_of("cases"), databases.url("timeline", owner=True)))
    databases.drop()
    heading(f"Replay of {last:,} events of cases and what else there is into an empty timeline, keys and swap included")
    line("events/s", median(ours), median(floor), "/s", floor_is="cursor scan and COPY", goal=0.2)


def fill_log(casework: Casework) -> int:
    """Notes straight into the log of cases, as its owner; the log's last position."""
    _, public = generate()
    with psycopg.connect(casework.settings.owner_database_of("cases")) as connection:
        row = connection.execute("UPDATE counter SET position = position + %s RETURNING position", [EVENTS]).fetchone()
        assert row is not None
        last = int(row[0])
        position = last - EVENTS
        with connection.cursor().copy("COPY events (position, stream, version, type, body) FROM STDIN") as copy:
            for _ in range(CITIZENS):
                case = new_id()
                of = {"citizen": new_id(), "case": case, "organisation": UNIT, "key": new_id()}
                for version, body in enumerate(
                    notes(EVENTS // CITIZENS, categories=CATEGORIES, public=public, **of), 1
                ):
                    position += 1
                    copy.write_row((position, case, version, NoteWritten.type, body))
    return last


def scan_and_copy(source: str, target: str) -> float:
    """Events a second from table to table, through one process, without keys."""
    with psycopg.connect(source) as reader, psycopg.connect(target) as writer:
        writer.execute("DROP TABLE IF EXISTS floor")
        writer.execute("CREATE TABLE floor (position bigint, body bytea) WITH (toast_tuple_target = 8160)")
        started, count = perf_counter(), 0
        with (
            reader.cursor("scan", binary=True) as scan,
            writer.cursor().copy("COPY floor FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(["int8", "bytea"])
            scan.itersize = PAGE
            scan.execute("SELECT position, body FROM events ORDER BY position")
            for row in scan:
                copy.write_row(row)
                count += 1
        writer.commit()
        return count / (perf_counter() - started)
