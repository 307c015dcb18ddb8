"""Is a service able to do its work? Asked of its database and of the services it needs.

Each check has a thread of its own, because a frozen server answers neither yes nor no: a check that was not good for
GOOD_FOR seconds counts as bad.
"""

from collections.abc import Callable, Mapping
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

import psycopg

from libs.host import logs

EVERY: Final = 1.0
"""Seconds between two checks."""
GOOD_FOR: Final = 2.5
"""Seconds that a good check is believed."""
LOOK: Final = 0.25
"""Seconds between two looks at the checks."""

Check = Callable[[], None]
"""Returns if all is well and raises if not."""


class Probe:
    """One check, again and again."""

    def __init__(self, name: str, check: Check, stop: Event) -> None:
        self._check, self._stop, self._good = check, stop, float("-inf")
        self.asked = Event()
        Thread(target=self._run, name=f"{name} probe", daemon=True).start()

    @property
    def good(self) -> bool:
        return monotonic() - self._good < GOOD_FOR

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._check()
                self._good = monotonic()
            except Exception:  # noqa: BLE001  # whatever is wrong with it, it is not there
                self._good = float("-inf")
            self.asked.set()
            self._stop.wait(EVERY)


class Watch:
    """Tells whether all is well, at first and when it changes. It is not until all checks were good once."""

    def __init__(self, service: str, checks: Mapping[str, Check], tell: Callable[[bool], None]) -> None:
        self._tell, self._log = tell, logs.logger(service)
        self._stop, self._away = Event(), "unasked"
        tell(False)
        self._probes = {what: Probe(f"{service} {what}", check, self._stop) for what, check in checks.items()}
        self._thread = Thread(target=self._run, name=f"{service} health", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        for probe in self._probes.values():
            probe.asked.wait(GOOD_FOR)
        while not self._stop.is_set():
            away = next((what for what, probe in self._probes.items() if not probe.good), "")
            if away != self._away:
                self._away = away
                self._log.info("not serving" if away else "serving", **({"reason": f"{away} away"} if away else {}))
                self._tell(not away)
            self._stop.wait(LOOK)


class DatabaseCheck:
    """Asks the database for an answer on a connection of its own."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection[Any] | None = None

    def __call__(self) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=2)
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self._connection.close()
            raise

    def close(self) -> None:
        if self._connection:
            self._connection.close()
