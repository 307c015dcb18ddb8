"""A small aggregate for tests: a notebook that can be closed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec

from libs.eventlog import Binding, Context, Decider, Event, Fields, Kind, Personal, Refusal, new_id

CITIZEN = "00000000-0000-4000-8000-0000000000c1"


class NotebookOpened(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.NotebookOpened.v3"
    title: str
    pages: int


class NoteWritten(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.NoteWritten.v1"
    number: int
    text: Personal = ""


class NotebookClosed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.NotebookClosed.v1"


def opened_1_to_2(fields: Fields) -> Fields:
    """Version 1 called the title `name`."""
    return {"title": fields["name"]} | {key: value for key, value in fields.items() if key != "name"}


def opened_2_to_3(fields: Fields) -> Fields:
    """Version 2 had no number of pages; all had a hundred."""
    return {**fields, "pages": 100}


EVENTS: list[type[Event]] = [NotebookOpened, NoteWritten, NotebookClosed]
UPCASTS = {
    "cases.NotebookOpened.v1": ("cases.NotebookOpened.v2", opened_1_to_2),
    "cases.NotebookOpened.v2": ("cases.NotebookOpened.v3", opened_2_to_3),
}


class Notebook(msgspec.Struct, frozen=True):
    title: str = ""
    pages: int = 0
    notes: int = 0
    last: str = ""
    closed: bool = False


class Write(msgspec.Struct, frozen=True):
    text: str = ""
    times: int = 1


class Close(msgspec.Struct, frozen=True):
    pass


class NotebookIsClosed(Refusal):
    kind = Kind.CONFLICT
    reason = "NOTEBOOK_IS_CLOSED"
    message = "The notebook was closed after {notes} notes."


def decide(state: Notebook, command: Write | Close, context: Context) -> Sequence[Event]:
    if isinstance(command, Close):
        return [] if state.closed else [NotebookClosed()]
    if state.closed:
        raise NotebookIsClosed(notes=state.notes)
    numbers = range(state.notes + 1, state.notes + 1 + command.times)
    return [NoteWritten(citizen=CITIZEN, number=number, text=command.text) for number in numbers]


def evolve(state: Notebook, event: Event) -> Notebook:
    match event:
        case NotebookOpened():
            return msgspec.structs.replace(state, title=event.title, pages=event.pages)
        case NoteWritten():
            return msgspec.structs.replace(state, notes=event.number, last=event.text)
        case _:
            return msgspec.structs.replace(state, closed=True)


NOTEBOOK: Decider[Notebook, Write | Close] = Decider(Notebook, decide, evolve)


class Backwards:
    """A sealer whose seal can be seen through: it writes backwards."""

    def seal(self, citizen: str, organisation: str, binding: Binding, plain: bytes) -> tuple[str, bytes]:
        return f"{citizen[-2:]}:{organisation}:{binding.version}:{binding.type}", plain[::-1]


def context(command_id: str = "", **facts: Any) -> Context:
    now = datetime.now(UTC)
    usual: dict[str, Any] = {"actor": "anna", "organisation": "families", "role": "caseworker"}
    return Context(**usual | {"command_id": command_id or new_id(), "now": now, "occurred": now} | facts)
