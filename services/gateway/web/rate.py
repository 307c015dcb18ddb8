"""How often one address may fail at guessing, or ask at all."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from starlette.requests import Request

WINDOW: Final = 60.0
"""Seconds."""
MOST: Final = 10_000
"""Addresses remembered; past it all are forgotten."""


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


class Rate:
    """Thread-safe; nothing is written down. Behind a proxy all come from its address: it has to limit, too."""

    def __init__(self, failures: int, now: Callable[[], float] = time.monotonic) -> None:
        self._failures, self._now, self._lock = failures, now, Lock()
        self._counts: dict[str, tuple[float, int]] = {}

    def exceeded(self, who: str) -> bool:
        with self._lock:
            began, count = self._counts.get(who, (0.0, 0))
            return count >= self._failures and self._now() - began < WINDOW

    def failed(self, who: str) -> None:
        with self._lock:
            if len(self._counts) >= MOST:
                self._counts.clear()
            began, count = self._counts.get(who, (self._now(), 0))
            fresh = self._now() - began >= WINDOW
            self._counts[who] = (self._now(), 1) if fresh else (began, count + 1)
