"""One command at a time per stream within a process: without it, many commands for one stream starve each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from libs.eventlog.datastore import PATIENCE
from libs.eventlog.refusal import LogUnavailable


class Turns:
    """Locks by stream, made when wanted and forgotten when nobody waits."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Lock, int]] = {}
        self._lock = Lock()

    @contextmanager
    def of(self, stream: str) -> Iterator[None]:
        """Raises LogUnavailable when those before take too long."""
        with self._lock:
            turn, count = self._waiting.get(stream) or (Lock(), 0)
            self._waiting[stream] = turn, count + 1
        try:
            if not turn.acquire(timeout=PATIENCE):
                raise LogUnavailable(seconds=int(PATIENCE))
            try:
                yield
            finally:
                turn.release()
        finally:
            with self._lock:
                turn, count = self._waiting[stream]
                if count == 1:
                    del self._waiting[stream]
                else:
                    self._waiting[stream] = turn, count - 1
