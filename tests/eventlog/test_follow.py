"""Whoever follows the log sees every committed event, once, in the order of commit, without gaps."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Event as Flag
from threading import Thread
from time import monotonic

import psycopg
import pytest

from libs.eventlog import Log, LogDamaged, LogUnavailable, Page, decode_head, new_id
from tests.eventlog.conftest import Base
from tests.eventlog.notebook import NOTEBOOK, NoteWritten, Write, context

UNFINISHED = """
SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'eventlog'
AND query NOT LIKE 'SELECT position, body%' AND query NOT LIKE 'LISTEN%'
"""
"""Sessions of killed writers, as their own role sees them: they end once the server has done what they sent."""

ROOT = Path(__file__).parents[2]


class Tail:
    """Follows the log on a thread and checks each page."""

    def __init__(self, log: Log) -> None:
        self.seen: list[tuple[str, int, int]] = []
        self.trouble: list[str] = []
        self._stop = Flag()
        self._thread = Thread(target=self._run, args=[log.follow(0, limit=200, poll=0.05)])
        self._thread.start()

    def _run(self, pages: Iterator[Page]) -> None:
        quiet = 0
        for page in pages:
            if page.first != len(self.seen) + 1:
                self.trouble.append(f"after {len(self.seen)} came {page.first}")
            for position, body in enumerate(page.bodies, page.first):
                head = decode_head(body)
                self.seen.append((head.subject, head.streamversion, position))
            quiet = quiet + 1 if self._stop.is_set() and not page.bodies else 0
            if quiet == 2:  # the first may have been read before the stop
                return

    def finish(self) -> list[tuple[str, int, int]]:
        """What was seen, once there is no more. Raises AssertionError for a gap or a repetition."""
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert self.trouble == []
        return self.seen


@pytest.fixture
def start_writer(base: Base) -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    """Starts writer processes that fight for one stream, and ends them."""
    shared, writers = new_id(), list[subprocess.Popen[str]]()

    def start(threads: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.eventlog.writer", base.dsn, str(threads), shared]
        writers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT))
        return writers[-1]

    yield start
    for writer in writers:
        if writer.poll() is None:
            writer.kill()
            writer.communicate()


def test_a_follower_of_a_quiet_log_keeps_its_connection(base: Base) -> None:
    with (
        psycopg.connect(base.dsn, autocommit=True) as connection,
        closing(Log("notes", base.dsn, [NoteWritten])) as log,
    ):
        pages = log.follow(0, poll=0.05)
        followers = []
        for _ in range(4):
            assert next(pages).bodies == []
            listening = (
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            followers.append(connection.execute(listening).fetchall())
        pages.close()
    assert followers == [followers[0]] * 4
    assert len(followers[0]) == 1


def test_sixteen_writers_are_followed_without_a_gap_while_processes_are_killed(
    new_log: Callable[..., Log], base: Base, start_writer: Callable[[int], subprocess.Popen[str]]
) -> None:
    log, random = new_log(), Random(7)
    tail = Tail(log)
    writers = [start_writer(4) for _ in range(4)]
    acknowledged: set[tuple[str, int, int]] = set()
    for _ in range(8):
        reached = log.page(len(tail.seen), 1).first + 300
        wait_until(lambda reached=reached: len(tail.seen) >= reached)  # type: ignore[misc]
        victim = writers.pop(random.randrange(len(writers)))
        victim.kill()
        acknowledged |= _lines(victim)
        writers.append(start_writer(4))
    for writer in writers:
        writer.kill()
        acknowledged |= _lines(writer)
    with psycopg.connect(base.dsn, autocommit=True) as connection:
        wait_until(lambda: not connection.execute(UNFINISHED).fetchall())
    seen = tail.finish()
    stored = base.query("SELECT stream::text, version, position FROM events ORDER BY position")
    assert seen == stored
    assert [position for *_, position in stored] == list(range(1, len(stored) + 1))
    assert acknowledged <= set(stored)
    assert len(acknowledged) > 1000
    assert base.query("SELECT position FROM counter") == [(len(stored),)]


def _lines(writer: subprocess.Popen[str]) -> set[tuple[str, int, int]]:
    """The whole lines it printed."""
    out, _ = writer.communicate()
    whole = out[: out.rfind("\n") + 1].splitlines()
    return {(stream, int(version), int(position)) for stream, version, position in map(str.split, whole)}


def test_growth_is_told_at_once_also_across_processes(new_log: Callable[..., Log]) -> None:
    log, writer = new_log(), new_log()
    pages = log.follow(0, poll=20.0)
    writer.execute(NOTEBOOK, new_id(), Write(), context())
    assert next(pages).last == 1
    done = Flag()
    started = monotonic()

    def wait_for_second() -> None:
        assert next(pages).last == 2
        done.set()

    waiting = Thread(target=wait_for_second)
    waiting.start()
    writer.execute(NOTEBOOK, new_id(), Write(), context())
    assert done.wait(10)
    assert monotonic() - started < 10
    waiting.join()
    pages.close()


def test_a_page_is_empty_when_nothing_grew_for_a_while(log: Log) -> None:
    pages = log.follow(0, poll=0.01)
    assert [next(pages), next(pages)] == [Page(1, []), Page(1, [])]
    log.append(new_id(), 0, [NoteWritten(number=1)] * 3, context())
    grown = next(page for page in pages if page.bodies)
    assert (grown.first, grown.last, len(grown.bodies)) == (1, 3, 3)
    pages.close()


def test_a_follower_goes_on_where_it_was_when_its_connection_is_cut(log: Log, base: Base) -> None:
    pages = log.follow(0, poll=0.05)
    for number in range(1, 4):
        log.execute(NOTEBOOK, new_id(), Write(), context())
        assert next(page for page in pages if page.bodies).last == number
        base.cut()
    pages.close()


def test_a_missing_event_is_never_passed_over(log: Log, base: Base) -> None:
    log.append(new_id(), 0, [NoteWritten(number=1)] * 3, context())
    base.query("DELETE FROM events WHERE position = 2 RETURNING 1")
    with pytest.raises(LogDamaged, match="after position 0"):
        log.page(0, 10)
    with pytest.raises(LogDamaged):
        next(log.follow(0))


def test_a_cursor_is_held_by_one_and_stays_where_it_was(new_log: Callable[..., Log], base: Base) -> None:
    log, other = new_log(), new_log()
    cursor = log.claim()
    assert cursor is not None
    assert (cursor.position, other.claim()) == (0, None)
    elsewhere = other.claim("export")
    assert elsewhere is not None
    elsewhere.release()
    cursor.advance(7)
    cursor.release()
    claims = iter(other.claim, 0)
    lost = next(claim for claim in claims if claim)
    assert lost.position == 7
    base.cut()
    with pytest.raises(LogUnavailable):
        lost.advance(8)
    assert base.query("SELECT position FROM cursors WHERE name = 'relay'") == [(7,)]


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline, pause = monotonic() + seconds, Flag()
    while not condition():
        assert monotonic() < deadline, "waited in vain"
        pause.wait(0.01)
