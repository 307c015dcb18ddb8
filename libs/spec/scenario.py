"""An aggregate's specification as a sentence: given events, when command, then events - or refused.

given(CASE, opened).when(CloseCase(result="moved")).then(CaseClosed(result="moved"))
given(CASE, opened, closed).when(WriteNote(...)).refused(CaseNotOpen, case="...")
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

import msgspec

from libs.eventlog import Context, Decider, Event, Refusal
from libs.eventlog.mapper import without_personal_text

State = TypeVar("State")
C = TypeVar("C")

NOW: Final = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
CONTEXT: Final = Context(
    command_id="00000000-0000-4000-8000-000000000001",
    actor="00000000-0000-4000-8000-00000000000a",
    organisation="00000000-0000-4000-8000-00000000000b",
    role="caseworker",
    now=NOW,
    occurred=NOW,
)


@dataclass(frozen=True)
class Given(Generic[State, C]):
    """A stream with events, folded as the log does it: personal text reads `""`."""

    decider: Decider[State, C]
    state: State

    def when(self, command: C, **context: Any) -> "Outcome[State]":
        """Decide `command`; `context` replaces fields of CONTEXT."""
        facts = Context(**{name: getattr(CONTEXT, name) for name in Context.__slots__} | context)
        before = msgspec.msgpack.encode(self.state)
        try:
            events, refusal = tuple(self.decider.decide(self.state, command, facts)), None
        except Refusal as refused:
            events, refusal = (), refused
        assert msgspec.msgpack.encode(self.state) == before, "decide changed the state it was given"
        return Outcome(events, refusal, _fold(self.decider, self.state, events))


@dataclass(frozen=True)
class Outcome(Generic[State]):
    """What came of a command: `events` and the `state` they lead to, or a refusal."""

    events: tuple[Event, ...]
    refusal: Refusal | None
    state: State

    def then(self, *expected: Event) -> "Outcome[State]":
        """It recorded exactly `expected`; none at all means that it was accepted and changed nothing."""
        assert self.refusal is None, f"refused: {self.refusal!r}"
        assert self.events == expected
        return self

    def refused(self, refusal: type[Refusal], **details: str | int) -> None:
        """It was refused with `refusal`, whose details include `details`."""
        assert type(self.refusal) is refusal, self.refusal or self.events
        actual = self.refusal.details if self.refusal else {}
        assert {name: actual.get(name) for name in details} == {name: str(value) for name, value in details.items()}


def given(decider: Decider[State, C], *events: Event) -> Given[State, C]:
    return Given(decider, _fold(decider, decider.state(), events))


def _fold(decider: Decider[State, Any], state: State, events: Sequence[Event]) -> State:
    for event in events:
        state = decider.evolve(state, without_personal_text(event))
    return state
