"""A command becomes events once, or a refusal; what is recorded can be read, followed and not changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import psycopg
import pytest

from libs.eventlog import (
    CommandReused,
    Context,
    EventTooLarge,
    Kind,
    Log,
    Page,
    Refusal,
    Result,
    VersionStale,
    decode,
    new_id,
)
from tests.eventlog.conftest import Base
from tests.eventlog.notebook import (
    CITIZEN,
    NOTEBOOK,
    Close,
    Notebook,
    NotebookIsClosed,
    NotebookOpened,
    NoteWritten,
    Write,
    context,
)


def test_a_command_is_decided_and_its_events_recorded(log: Log) -> None:
    stream = new_id()
    first = log.execute(NOTEBOOK, stream, Write(times=2), context())
    second = log.execute(NOTEBOOK, stream, Write(), context())
    assert (first, second) == (Result(stream, 2, 2), Result(stream, 3, 3))
    assert log.load(NOTEBOOK, stream).state == Notebook(notes=3)
    assert log.load(NOTEBOOK, stream).version == 3


def test_a_stream_that_is_not_there_is_empty(log: Log) -> None:
    for stream in (new_id(), "not-a-uuid"):
        assert log.load(NOTEBOOK, stream).version == 0
        assert log.load(NOTEBOOK, stream).state == Notebook()
    assert log.history(new_id()) == []


def test_the_same_command_gives_the_first_result_and_records_nothing(new_log: Callable[..., Log]) -> None:
    log, other = new_log(), new_log()
    stream, once = new_id(), context()
    first = log.execute(NOTEBOOK, stream, Write(), once)
    log.execute(NOTEBOOK, stream, Close(), context())
    assert log.execute(NOTEBOOK, stream, Write(), once) == first
    assert other.execute(NOTEBOOK, stream, Write(), once) == first
    assert log.execute(NOTEBOOK, new_id(), Write(), once) == first, "a repeated making of a record is given a new id"
    assert log.result_of(once.command_id) == first
    assert log.result_of(new_id()) is None
    assert log.load(NOTEBOOK, stream).version == 2


def test_the_same_command_id_for_another_command_is_refused(log: Log) -> None:
    stream, once = new_id(), context()
    log.execute(NOTEBOOK, stream, Write("a"), once)
    others: list[tuple[Write | Close, Context]] = [(Write("b"), once), (Close(), once)]
    for command, again in [*others, (Write("a"), context(once.command_id, actor="bo"))]:
        with pytest.raises(CommandReused):
            log.execute(NOTEBOOK, stream, command, again)
    assert log.load(NOTEBOOK, stream).version == 1


def test_the_same_command_many_times_at_once_is_recorded_once(new_log: Callable[..., Log], base: Base) -> None:
    logs, stream = [new_log() for _ in range(3)], new_id()
    for _ in range(5):
        once = context()
        with ThreadPoolExecutor(12) as pool:
            given = [pool.submit(logs[i % 3].execute, NOTEBOOK, new_id(), Write(), once) for i in range(12)]
        assert len({each.result() for each in given}) == 1
    assert base.query("SELECT count(*), max(position) FROM events") == [(5, 5)]
    assert log_positions(base) == [1, 2, 3, 4, 5]
    assert logs[0].load(NOTEBOOK, stream).version == 0


def test_a_refused_command_records_nothing_and_may_be_given_again(log: Log, base: Base) -> None:
    stream = new_id()
    log.execute(NOTEBOOK, stream, Close(), context())
    again = context()
    with pytest.raises(NotebookIsClosed):
        log.execute(NOTEBOOK, stream, Write(), again)
    assert log.result_of(again.command_id) is None
    assert log.execute(NOTEBOOK, stream, Close(), context()) == Result(stream, 1, 1), "closed already"
    assert log_positions(base) == [1]


def test_a_decision_on_a_state_that_others_changed_is_made_again(new_log: Callable[..., Log]) -> None:
    log, other, stream = new_log(), new_log(), new_id()
    log.execute(NOTEBOOK, stream, Write(), context())
    other.execute(NOTEBOOK, stream, Write(), context())
    assert log.execute(NOTEBOOK, stream, Write(), context()).version == 3
    other.execute(NOTEBOOK, stream, Close(), context())
    with pytest.raises(NotebookIsClosed) as refused:
        log.execute(NOTEBOOK, stream, Write(), context())
    assert refused.value.details == {"notes": "3"}


class NotYours(Refusal):
    kind = Kind.UNKNOWN
    reason = "NOT_YOURS"
    message = "There is no such notebook."


def while_open(notebook: Notebook) -> None:
    if notebook.closed:
        raise NotYours


def test_who_may_is_checked_on_the_state_that_is_decided_on(new_log: Callable[..., Log]) -> None:
    log, other = new_log(), new_log()
    stream = new_id()
    log.execute(NOTEBOOK, stream, Write(), context(), while_open)
    other.execute(NOTEBOOK, stream, Close(), context())
    with pytest.raises(NotYours):
        log.execute(NOTEBOOK, stream, Write(), context(), while_open)
    with pytest.raises(NotYours):
        log.execute(NOTEBOOK, stream, Write(), context(expected_version=1), while_open)
    assert log.load(NOTEBOOK, stream).version == 2


def test_what_was_carried_out_is_answered_also_to_who_may_no_longer(log: Log) -> None:
    stream, closing = new_id(), context()
    first = log.execute(NOTEBOOK, stream, Close(), closing, while_open)
    assert log.execute(NOTEBOOK, stream, Close(), closing, while_open) == first


def test_an_expected_version_that_is_not_the_newest_is_refused_and_says_who_was_first(log: Log) -> None:
    stream = new_id()
    log.execute(NOTEBOOK, stream, Write(), context(expected_version=0))
    log.execute(NOTEBOOK, stream, Write(), context(organisation="jobs", expected_version=1))
    with pytest.raises(VersionStale) as decided:
        log.execute(NOTEBOOK, stream, Write(), context(expected_version=1))
    with pytest.raises(VersionStale) as appended:
        log.append(stream, 1, [NoteWritten(number=9)], context())
    for refused in (decided, appended):
        assert refused.value.details == {"actual": "2", "expected": "1", "by": "jobs"}


def test_events_cannot_be_appended_beyond_a_streams_end(log: Log, base: Base) -> None:
    stream = new_id()
    for version in (1, 7):
        with pytest.raises(VersionStale):
            log.append(stream, version, [NoteWritten(number=1)], context())
    assert log_positions(base) == []
    assert log.append(stream, 0, [NoteWritten(number=1)], context()).position == 1


def test_commands_for_one_stream_at_once_are_all_carried_out(new_log: Callable[..., Log]) -> None:
    logs, stream = [new_log(), new_log()], new_id()
    with ThreadPoolExecutor(16) as pool:
        given = [pool.submit(logs[i % 2].execute, NOTEBOOK, stream, Write(), context()) for i in range(160)]
    assert sorted(each.result().version for each in given) == list(range(1, 161))
    assert logs[0].load(NOTEBOOK, stream).state.notes == 160


def test_a_command_at_fault_fails_alone(log: Log, base: Base) -> None:
    """Good and bad appends wait together; the bad ones do not take the good ones with them."""
    taken = new_id()
    log.append(taken, 0, [NoteWritten(number=1)], context())

    def append(number: int) -> str:
        try:
            if number % 3:
                log.append(new_id(), 0, [NoteWritten(number=number)], context())
            else:
                stream, version = (taken, 0) if number % 2 else (new_id(), 5)
                log.append(stream, version, [NoteWritten(number=0)], context())
        except VersionStale:
            return "stale"
        return "recorded"

    with ThreadPoolExecutor(32) as pool:
        outcomes = list(pool.map(append, range(300)))
    assert outcomes == ["recorded" if number % 3 else "stale" for number in range(300)]
    assert log_positions(base) == list(range(1, 202))


def test_personal_text_is_sealed_once_for_all_fields_and_reads_empty(log: Log, base: Base) -> None:
    stream = new_id()
    log.execute(NOTEBOOK, stream, Write("Mette lives at"), context())
    assert log.load(NOTEBOOK, stream).state.last == ""
    (record,) = log.history(stream)
    assert record.event == NoteWritten(citizen=CITIZEN, number=1)
    assert record.sealed == b'{"text":"Mette lives at"}'[::-1]
    assert record.key == "c1:families:1:cases.NoteWritten.v1"
    assert base.query("SELECT count(*) FROM events WHERE position(%s in body) > 0", (b"Mette",)) == [(0,)]


def test_personal_text_about_nobody_is_an_error_and_nothing_is_recorded(log: Log, base: Base) -> None:
    with pytest.raises(ValueError, match="names no citizen"):
        log.append(new_id(), 0, [NoteWritten(number=1), NoteWritten(number=2, text="secret")], context())
    assert log_positions(base) == []


def test_an_event_that_is_too_large_is_refused_and_nothing_is_recorded(log: Log, base: Base) -> None:
    stream = new_id()
    with pytest.raises(EventTooLarge):
        log.append(stream, 0, [NoteWritten(number=1), NotebookOpened(title="x" * 64_000, pages=1)], context())
    assert log_positions(base) == []
    assert log.execute(NOTEBOOK, stream, Write(), context()).position == 1


def test_history_can_be_read_as_of_a_time(log: Log) -> None:
    stream, first = new_id(), context()
    later = context(now=first.now + timedelta(hours=1))
    for facts in (first, later):
        log.execute(NOTEBOOK, stream, Write(), facts)
    assert [record.streamversion for record in log.history(stream)] == [1, 2]
    assert [record.streamversion for record in log.history(stream, until=first.now)] == [1]
    assert log.history(stream, until=first.now - timedelta(microseconds=1)) == []


def test_a_page_holds_the_stored_bytes_and_ends_before_it_grows_heavy(log: Log, base: Base) -> None:
    events = [NotebookOpened(title="x" * 60_000, pages=number) for number in range(100)]
    log.append(new_id(), 0, events, context())
    assert log.page(100, 10) == Page(101, [])
    assert log.page(97, 10).first == 98
    assert len(log.page(97, 10).bodies) == 3
    assert len(log.page(0, 100).bodies) == 66, "4 MB at most"
    stored = [bytes(body) for (body,) in base.query("SELECT body FROM events ORDER BY position LIMIT 2")]
    assert log.page(0, 2).bodies == stored
    assert decode(stored[1], log.registry).event == events[1]


def test_the_leaf_is_the_hash_of_the_stored_bytes(log: Log, base: Base) -> None:
    log.execute(NOTEBOOK, new_id(), Write("a", times=3), context())
    rows = base.query("SELECT body, leaf FROM events")
    assert [leaf for _, leaf in rows] == [sha256(b"\0" + body).digest() for body, _ in rows]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = body",
        "DELETE FROM events",
        "TRUNCATE events",
        "DROP TABLE events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "UPDATE commands SET version = 1",
        "DELETE FROM commands",
        "TRUNCATE commands",
        "DELETE FROM counter",
        "INSERT INTO counter (one, position) VALUES (true, 9)",
        "DELETE FROM cursors",
        "DELETE FROM snapshots",
        "CREATE TABLE other (id int)",
    ],
)
def test_the_runtime_role_can_add_events_and_not_change_them(log: Log, base: Base, statement: str) -> None:
    log.execute(NOTEBOOK, new_id(), Write(), context())
    with psycopg.connect(base.dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def log_positions(base: Base) -> list[int]:
    return [position for (position,) in base.query("SELECT position FROM events ORDER BY position")]
