"""An aggregate as two pure functions, and what a command brings with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from libs.eventlog.event import Event

State = TypeVar("State")
Command = TypeVar("Command")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who commands, when, and on what thread of events. Facts for `decide`; it reads no clock of its own."""

    command_id: str
    actor: str
    organisation: str
    role: str
    unit: str = ""
    now: datetime
    """UTC."""
    occurred: datetime
    """UTC; `now` unless the command says otherwise."""
    expected_version: int | None = None
    correlationid: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Decider(Generic[State, Command]):
    """`decide(state, command, context) -> events` or a Refusal; `evolve(state, event) -> state`.

    Both are pure: no I/O, clock, randomness. New ids a decision needs are derived from `context.command_id`.
    `state` is a frozen msgspec Struct whose defaults are the state before the first event; snapshots store it.
    """

    state: type[State]
    decide: Callable[[State, Command, Context], Sequence[Event]]
    evolve: Callable[[State, Event], State]
