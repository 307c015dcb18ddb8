"""A long stream's state comes from a snapshot, and is the one that the events alone would give."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from libs.eventlog import Decider, Event, Log, new_id
from libs.eventlog.snapshots import LONG
from tests.eventlog.conftest import Base
from tests.eventlog.notebook import NOTEBOOK, Notebook, NoteWritten, Write, context, evolve


class NotebookWithColour(Notebook, frozen=True):
    colour: str = "blue"


def test_a_snapshot_and_the_events_after_it_give_the_same_state(new_log: Callable[..., Log], base: Base) -> None:
    stream = new_id()
    new_log().append(stream, 0, [NoteWritten(number=n) for n in range(1, LONG + 2)], context())
    folded = new_log().load(NOTEBOOK, stream)
    assert base.query("SELECT version FROM snapshots") == [(LONG + 1,)]
    assert new_log().load(NOTEBOOK, stream) == folded
    new_log().execute(NOTEBOOK, stream, Write(), context())
    again = new_log().load(NOTEBOOK, stream)
    assert (again.version, again.state.notes) == (LONG + 2, LONG + 2)


def test_the_snapshot_is_what_is_read(new_log: Callable[..., Log], base: Base) -> None:
    stream = new_id()
    new_log().append(stream, 0, [NoteWritten(number=n) for n in range(1, LONG + 2)], context())
    new_log().load(NOTEBOOK, stream)
    state = msgspec.msgpack.encode(Notebook(title="from the snapshot"))
    base.query("UPDATE snapshots SET state = %s RETURNING 1", (state,))
    assert new_log().load(NOTEBOOK, stream).state.title == "from the snapshot"


def test_a_short_stream_has_none(new_log: Callable[..., Log], base: Base) -> None:
    stream = new_id()
    new_log().append(stream, 0, [NoteWritten(number=n) for n in range(1, LONG + 1)], context())
    new_log().load(NOTEBOOK, stream)
    assert base.query("SELECT count(*) FROM snapshots") == [(0,)]


def evolve_otherwise(state: Notebook, event: Event) -> Notebook:
    return msgspec.structs.replace(evolve(state, event), title="otherwise")


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        (replace(NOTEBOOK, state=NotebookWithColour), ""),
        (replace(NOTEBOOK, evolve=evolve_otherwise), "otherwise"),
    ],
)
def test_a_changed_state_or_fold_does_not_use_old_snapshots(
    new_log: Callable[..., Log], base: Base, changed: Decider[Notebook, Write], title: str
) -> None:
    stream = new_id()
    new_log().append(stream, 0, [NoteWritten(number=n) for n in range(1, LONG + 2)], context())
    new_log().load(NOTEBOOK, stream)
    loaded = new_log().load(changed, stream)
    assert isinstance(loaded.state, changed.state)
    assert (loaded.state.notes, loaded.state.title) == (LONG + 1, title)
    assert base.query("SELECT count(*) FROM snapshots") == [(2,)]


def test_memory_holds_the_streams_used_last(new_log: Callable[..., Log]) -> None:
    log, streams = new_log(states=2), [new_id() for _ in range(3)]
    for stream in streams:
        log.execute(NOTEBOOK, stream, Write(), context())
    for stream in streams:
        assert log.execute(NOTEBOOK, stream, Write(), context()).version == 2
