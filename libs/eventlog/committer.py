"""Group commit: what many threads append at the same time is recorded by one of them, in one statement."""

from collections import deque
from collections.abc import Sequence
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Final

from libs.eventlog import packed
from libs.eventlog.append import Append, VersionTaken
from libs.eventlog.batch import REFUSED, Connection, insert, settle
from libs.eventlog.datastore import LOST, PATIENCE, PAUSE, connect
from libs.eventlog.notifier import Notifier
from libs.eventlog.refusal import LogUnavailable

MOST: Final = 500
"""Appends in one statement."""

PLANS: Final = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"
"""The statement is planned once per connection, perhaps while the log is empty: it must use the indexes also then."""


class Committer:
    """A caller that comes alone records its append itself, and waits for no other thread. Those who come meanwhile
    wait for a thread that takes over until nobody waits: it takes all that wait, records them and wakes their callers.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._notifier = Notifier(dsn)
        self._repeating = False
        """Whether the last batch held commands that were recorded before: then the next is asked for them first, which
        costs less than to insert it in vain."""
        self._connection: Connection | None = None
        """Used by who is at work."""
        self._waiting: deque[Append] = deque()
        self._working = False
        """Whether a caller or the thread is at work."""
        self._lock = Lock()
        """Guards these two."""
        self._orders: SimpleQueue[bool] = SimpleQueue()
        """To the thread: take over, or False: end."""
        self._thread: Thread | None = None

    def commit(self, append: Append) -> range:
        """Positions of its events once they are on disk. Raises VersionTaken, CommandRepeated, CommandReused,
        LogUnavailable (whether it was recorded is then unknown: repeat it)."""
        with self._lock:
            alone, self._working = not self._working, True
            self._waiting.append(append)
        if alone:
            self._work_once()
        elif not append.wait(PATIENCE):
            self._withdraw(append)
        return append.result()

    def close(self) -> None:
        """Record what waits, and let go of the connections."""
        if self._thread is not None:
            self._orders.put(False)
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
        self._notifier.close()

    def _work_once(self) -> None:
        try:
            self._record_waiting()
        finally:
            if self._somebody_waits():
                self._hand_over()

    def _hand_over(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._work_on, name="eventlog-committer", daemon=True)
            self._thread.start()
        self._orders.put(True)

    def _work_on(self) -> None:
        """The thread's work: whenever it takes over, until nobody waits."""
        while self._orders.get():
            self._record_waiting()
            while self._somebody_waits():
                self._record_waiting()

    def _somebody_waits(self) -> bool:
        """If not, the work ends here: the next caller begins anew."""
        with self._lock:
            self._working = bool(self._waiting)
            return self._working

    def _record_waiting(self) -> None:
        with self._lock:
            batch = self._take()
        try:
            self._record(batch)
        finally:
            for append in batch:
                append.wake()

    def _withdraw(self, append: Append) -> None:
        """Its caller has waited enough; when it is being recorded already, the outcome stays unknown."""
        with self._lock:
            if append in self._waiting:
                self._waiting.remove(append)

    def _take(self) -> list[Append]:
        """What waits, as far as no stream and no command occurs twice; the rest goes on waiting."""
        batch: list[Append] = []
        later: list[Append] = []
        seen: set[bytes] = set()
        while self._waiting and len(batch) < MOST:
            append = self._waiting.popleft()
            (batch if seen.isdisjoint(append.keys) else later).append(append)
            seen.update(append.keys)
        self._waiting.extendleft(reversed(later))
        return batch

    def _record(self, batch: list[Append]) -> None:
        """Answer every append of `batch`."""
        while batch:
            try:
                batch = self._attempt(batch)
            except LOST:
                self._connection = None
                batch = _in_time(batch)
                sleep(PAUSE if batch else 0)
            except Exception as error:  # noqa: BLE001 - a waiter must get its answer, whatever went wrong
                self._alone(batch, error)
                batch = []

    def _attempt(self, batch: list[Append]) -> list[Append]:
        """Record `batch`; those that still need another attempt."""
        connection = self._connected()
        if self._repeating:
            rest = settle(connection, batch)
            self._repeating = len(rest) < len(batch)
            batch = rest
        if not batch:
            return []
        try:
            position = insert(connection, batch)
        except REFUSED as refused:
            rest = settle(connection, batch)
            self._repeating = len(rest) < len(batch)
            if len(rest) == len(batch):
                self._alone(batch, VersionTaken(str(refused.diag.message_primary)))
                return []
            return rest
        self._notifier.notify()
        for append in batch:
            append.succeed(position + 1)
            position += len(append.rows)
        return []

    def _alone(self, batch: Sequence[Append], error: Exception) -> None:
        """Each by itself, so that only the one at fault fails with `error`."""
        if len(batch) == 1:
            batch[0].fail(error)
            return
        for append in batch:
            self._record([append])

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._dsn, PLANS)
            packed.register(self._connection)
        return self._connection


def _in_time(batch: Sequence[Append]) -> list[Append]:
    """Those whose caller still waits; the others are told."""
    now = monotonic() + PAUSE
    for append in batch:
        if append.deadline <= now:
            append.fail(LogUnavailable(seconds=int(PATIENCE)))
    return [append for append in batch if append.deadline > now]
