"""Waiting longer after each failure in a row."""

from threading import Event
from typing import Final

FIRST: Final = 0.1
LONGEST: Final = 5.0


class Backoff:
    """0.1 s, then twice as long each time up to 5 s; `reset` after a success. A set `stopping` ends a wait at once."""

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._next = FIRST

    def wait(self) -> None:
        self._stopping.wait(self._next)
        self._next = min(self._next * 2, LONGEST)

    def reset(self) -> None:
        self._next = FIRST
