"""Tells followers that the log has grown: after the commit, so that no commit waits for it."""

from threading import Event, Thread
from time import sleep
from typing import Final

from libs.eventlog.batch import Connection
from libs.eventlog.datastore import LOST, connect

CHANNEL: Final = "eventlog"


PACE: Final = 0.002
"""Seconds between two notifications: a follower of a busy log reads what came meanwhile in one page anyway."""


class Notifier:
    """NOTIFY inside a transaction takes a lock over all of the server; here many commits share one, on its own line.

    A lost notification costs a follower one poll.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._grown = Event()
        self._closing = False
        self._thread: Thread | None = None

    def notify(self) -> None:
        """Called by the committer only."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="eventlog-notifier", daemon=True)
            self._thread.start()
        self._grown.set()

    def close(self) -> None:
        self._closing = True
        if self._thread is not None:
            self._grown.set()
            self._thread.join()

    def _run(self) -> None:
        connection: Connection | None = None
        while not self._closing:
            self._grown.wait()
            self._grown.clear()
            try:
                connection = connection if connection and not connection.closed else connect(self._dsn)
                connection.execute(f"NOTIFY {CHANNEL}")
                sleep(PACE)
            except LOST:
                connection = None
        if connection is not None:
            connection.close()
