"""A timeline page of 50 entries: decided, recorded and unsealed, beside its query alone and its unsealing alone."""

from functools import partial
from statistics import median
from time import monotonic, perf_counter, sleep
from uuid import UUID

import psycopg
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common
from samspor.timeline.v1 import timeline_pb2 as timeline

from benchmarks.casework import LAW, TEXT, UNIT, WORKER, Casework
from benchmarks.floor import run_script
from benchmarks.load import Rate, in_turns, measure
from benchmarks.notes import notes
from benchmarks.report import fact, heading, limit, line
from cli.desk import Person
from libs.eventlog import Binding, new_id
from libs.host.errors import Refused
from libs.sealing import generate, open_sealed, seal
from libs.sealing.hybrid import private_key
from services.timeline.entries import Filter, classes_of, page_of
from services.timeline.entry import rows_of
from services.timeline.projections import add_classes, copy_rows

READER = Person("bench-reader", "be4c0000-0000-7000-8000-000000000002", "caseworker")
CATEGORIES = (
    *("contact", "family", "housing", "education", "economy", "children", "plan", "referral"),
    *("administrative", "health", "crime", "mental_health"),
)
"""Twelve classes; the law of the case covers the first nine, so that three are stubs."""
MINE = 2_000
"""Entries of the citizen whose page is read."""
EACH = 500
"""Entries of each other citizen."""
SIZES = (10_000, 1_000_000)
SIZE = 50
SECONDS = 2
OTHERS = """
INSERT INTO entries
SELECT ('c1712e00-0000-4000-8000-' || lpad(to_hex(n / %(each)s), 12, '0'))::uuid,
    '2026-01-01'::timestamptz + n * interval '1 second', 'cases', n, 'c1a55000-0000-4000-8000-000000000000',
    decode(repeat('61', 400), 'hex')
FROM generate_series(%(first)s::integer, %(last)s::integer) AS n
"""
QUERY = """
SELECT time, source, position, class, body FROM entries WHERE citizen = '{citizen}' AND class = ANY('{{{classes}}}')
ORDER BY citizen DESC, time DESC, source DESC, position DESC LIMIT {limit};
"""


def run(casework: Casework) -> None:
    citizen = a_citizen_with_entries(casework)
    owner = casework.settings.owner_database_of("timeline")
    question = timeline.GetTimeline(citizen=citizen, purpose="casework", page=common.PageRequest(size=SIZE))
    send = casework.call("timeline", timeline.GetTimeline, READER)
    there = 0
    for size in SIZES:
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(OTHERS, {"first": there, "last": size - 1, "each": EACH})
            connection.execute("VACUUM ANALYZE entries")
        there = size
        answer = timeline.Timeline.FromString(send(question))
        full = sum(entry.outcome == "full" for entry in answer.entries)
        heading(f"Timeline page: {len(answer.entries)} entries, {full} of them opened, among {size:,} of all citizens")
        read_page(casework, citizen, owner, partial(send, question), full)


def read_page(casework: Casework, citizen: str, owner: str, whole: partial[bytes], full: int) -> None:
    with psycopg.connect(casework.settings.database_of("timeline"), autocommit=True) as connection:
        classes = list(classes_of(connection, UUID(citizen)))
        query = QUERY.format(citizen=citizen, classes=",".join(map(str, classes)), limit=SIZE + 1)
        found = in_turns(
            {
                "whole": partial(measure, 1, SECONDS, whole),
                "query": partial(
                    measure,
                    1,
                    SECONDS / 4,
                    lambda: page_of(connection, UUID(citizen), classes, Filter(), before=None, size=SIZE + 1),
                ),
                "pgbench": partial(run_script, casework.platform.postgres, owner, 1, 1, query),
                "unsealing": partial(unsealing, full),
            }
        )
    line("query alone, p50", found["query"].p50 * 1e3, found["pgbench"].p50 * 1e3, "ms", floor_is="pgbench", most=2.5)
    limit("decided, recorded, opened: p50", found["whole"].p50 * 1e3, "ms", 15)
    limit("decided, recorded, opened: p99", found["whole"].p99 * 1e3, "ms", 40)
    line("p50 beside opening alone", found["whole"].p50 * 1e3, found["unsealing"].p50 * 1e3, "ms", floor_is="opening")
    fact("pages a second, one reader", f"{found['whole'].per_second:9.0f} /s")


def unsealing(texts: int) -> Rate:
    """Opening so many texts, in this process."""
    private, public = generate()
    place, key = Binding(new_id(), 1, "cases.NoteWritten.v1"), private_key(private)
    sealed = seal(public, place, "key", TEXT.encode())
    times = []
    for _ in range(50):
        started = perf_counter()
        for _ in range(texts):
            open_sealed(key, place, "key", sealed)
        times.append(perf_counter() - started)
    return Rate(1 / median(times), median(times), max(times))


def a_citizen_with_entries(casework: Casework) -> str:
    """Known to the reader, who takes part in the case by law."""
    citizen = casework.citizen()
    case = casework.case(citizen)
    join = cases.JoinCase(case=case, organisation=READER.organisation, role="caseworker", legal_basis=LAW)
    casework.desk.send(join, WORKER, command_id=new_id())
    with psycopg.connect(casework.settings.owner_database_of("consents")) as connection:
        row = connection.execute(
            "SELECT id::text, public FROM keys WHERE citizen = %s AND organisation = %s", [citizen, UNIT]
        ).fetchone()
    assert row is not None
    of = {"citizen": citizen, "case": case, "organisation": UNIT, "key": row[0]}
    rows, classes = rows_of(enumerate(notes(MINE, categories=CATEGORIES, public=bytes(row[1]), **of), 1))
    with psycopg.connect(casework.settings.owner_database_of("timeline")) as connection:
        add_classes(connection, classes)
        copy_rows(connection, rows)
    wait_until_known(casework, citizen)
    return citizen


def wait_until_known(casework: Casework, citizen: str) -> None:
    """Until consents has heard that the reader takes part."""
    deadline = monotonic() + 60
    question = timeline.GetTimeline(citizen=citizen, purpose="casework", page=common.PageRequest(size=1))
    while True:
        try:
            if casework.desk.ask(question, timeline.Timeline, READER).entries[0].outcome == "full":
                return
        except Refused:
            pass
        assert monotonic() < deadline, "the reader is not known to take part"
        sleep(0.1)
