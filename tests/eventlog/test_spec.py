"""The tools that specify aggregates and keep events' records fail when they should."""

from pathlib import Path
from typing import Any, ClassVar, Literal, cast

import msgspec
import pytest

from libs.eventlog import Event, Personal
from libs.host.service import Service
from libs.spec import golden
from libs.spec.compatible import breaks
from libs.spec.scenario import given
from tests.eventlog.notebook import (
    CITIZEN,
    NOTEBOOK,
    Close,
    NotebookClosed,
    NotebookIsClosed,
    NotebookOpened,
    NoteWritten,
    Write,
)


def test_a_scenario_says_what_was_given_what_was_commanded_and_what_came_of_it() -> None:
    note = NoteWritten(citizen=CITIZEN, number=1, text="x")
    given(NOTEBOOK).when(Write("x")).then(note)
    given(NOTEBOOK, note, NotebookClosed()).when(Close()).then()
    given(NOTEBOOK, note, NotebookClosed()).when(Write()).refused(NotebookIsClosed, notes=1)
    assert given(NOTEBOOK, note).when(Write("y")).state.notes == 2
    assert given(NOTEBOOK, note).state.last == "", "personal text reads as it does from the log"


def test_a_scenario_that_is_not_so_fails() -> None:
    closed = given(NOTEBOOK, NotebookClosed())
    with pytest.raises(AssertionError):
        given(NOTEBOOK).when(Close()).then()
    with pytest.raises(AssertionError, match="refused"):
        closed.when(Write()).then(NoteWritten(number=1))
    with pytest.raises(AssertionError):
        closed.when(Close()).refused(NotebookIsClosed)
    with pytest.raises(AssertionError):
        closed.when(Write()).refused(NotebookIsClosed, notes=7)


class Part(msgspec.Struct):
    count: int


class Before(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.Told.v1"
    name: str
    kind: Literal["a", "b"] = "a"
    part: Part | None = None
    parts: list[Part] = msgspec.field(default_factory=list)
    text: Personal = ""


def told(*fields: Any) -> type[Event]:
    """Before, with fields of it replaced or added."""
    own: dict[str, Any] = {"name": str, "kind": (Literal["a", "b"], "a"), "part": (Part | None, None)}
    own |= {"parts": (list[Part], msgspec.field(default_factory=list)), "text": (Personal, "")} | dict(fields)
    spec = [(name, *hint) if isinstance(hint, tuple) else (name, hint) for name, hint in own.items() if hint]
    return event(Before.type, spec)


def event(name: str, fields: list[Any]) -> type[Event]:
    made = msgspec.defstruct("Told", fields, bases=(Event,), frozen=True, kw_only=True, namespace={"type": name})
    return cast(type[Event], made)


class Renamed(msgspec.Struct):
    number: int


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (("extra", (str, "")), []),
        (("kind", (Literal["a", "b", "c"], "a")), []),
        (("name", str | None), []),
        (("name", None), ["name is gone"]),
        (("name", int), ["name was string and is integer"]),
        (("name", Literal["x"]), ["name was string and is one of a list"]),
        (("extra", str), ["extra is required now; old records lack it"]),
        (("kind", (Literal["a"], "a")), ["kind no longer takes b"]),
        (("parts", (list[int], msgspec.field(default_factory=list))), ["parts[] was object and is integer"]),
        (("parts", (list[Renamed], msgspec.field(default_factory=list))), ["parts[].count is gone"]),
    ],
)
def test_a_change_that_old_records_cannot_be_read_with_is_found(change: tuple[str, Any], broken: list[str]) -> None:
    found = breaks(msgspec.json.schema(Before), msgspec.json.schema(told(change)))
    assert [each for each in found if "required" not in each or each in broken] == broken


def service(*events: type[Event], **options: Any) -> Service:
    return Service(name="cases", events=events, compose=lambda runtime: None, **options)


def test_every_event_is_kept_as_it_was_recorded(tmp_path: Path) -> None:
    events = service(NotebookOpened, NoteWritten, Before)
    assert len(golden.check(events, tmp_path)) == 3
    assert golden.write(events, tmp_path) == []
    assert golden.check(events, tmp_path) == []
    assert b'"key"' in (tmp_path / "cases" / "cases.NoteWritten.v1.json").read_bytes()


def test_a_file_is_rewritten_for_an_addition_and_for_nothing_else(tmp_path: Path) -> None:
    golden.write(service(Before), tmp_path)
    grown, shrunk = service(told(("extra", (str, "")))), service(told(("name", None)))
    assert golden.check(grown, tmp_path)[0] == "cases.Told.v1 is recorded otherwise than its golden file says"
    assert golden.write(grown, tmp_path) == []
    kept = (tmp_path / "cases" / "cases.Told.v1.json").read_bytes()
    assert golden.write(shrunk, tmp_path)[0] == "cases.Told.v1: name is gone; declare a new version with an upcast"
    assert (tmp_path / "cases" / "cases.Told.v1.json").read_bytes() == kept


def test_an_old_type_must_be_readable_through_its_upcast(tmp_path: Path) -> None:
    golden.write(service(Before), tmp_path)
    new = event("cases.Told.v2", [("title", str)])
    upcast = {"cases.Told.v1": ("cases.Told.v2", lambda fields: {"title": fields["name"]})}
    assert golden.write(service(new, upcasts=upcast), tmp_path) == []
    wrong = {"cases.Told.v1": ("cases.Told.v2", lambda fields: fields)}
    with pytest.raises(msgspec.ValidationError):
        golden.check(service(new, upcasts=wrong), tmp_path)
    (tmp_path / "cases" / "cases.Told.v1.json").unlink()
    assert len(golden.check(service(new, upcasts=upcast), tmp_path)) == 1
