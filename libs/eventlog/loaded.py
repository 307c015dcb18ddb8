"""What a stream's events amount to."""

from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[State]):
    """A stream's state after its first `version` events; version 0 when there is no such stream."""

    state: State
    version: int
