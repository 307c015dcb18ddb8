"""What every consents process that opens texts does beside answering: it drops destroyed keys within a second.

At start, and after any time that it could not look: tombstones are applied to the database (it may be a restored one),
destroyed keys that have no tombstone get one, and those that the log does not know are recorded.
"""

from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

import psycopg
from psycopg_pool import ConnectionPool

from libs.eventlog import LogUnavailable
from libs.host import logs
from services.consents.destruction import Destruction
from services.consents.keys import Keys
from services.consents.tombstones import Tombstones
from services.consents.vault import Wrapper

INTERVAL: Final = 0.5
"""Seconds between two looks."""
OVERLAP: Final = 10.0
"""Seconds that a look goes back: a destruction is seen when it is committed, a little after its time."""
LATELY: Final = "SELECT id::text FROM keys WHERE destroyed > clock_timestamp() - make_interval(secs => %s)"
EVER: Final = "SELECT id::text FROM keys WHERE destroyed IS NOT NULL"
AWAY: Final = (psycopg.Error, LogUnavailable, OSError)


class Vigil:
    """One thread, until the pool is closed."""

    def __init__(
        self,
        pool: "ConnectionPool[Any]",
        keys: Keys,
        tombstones: Tombstones,
        destruction: Destruction,
        wrapper: Wrapper,
    ) -> None:
        self._pool, self._keys, self._tombstones = pool, keys, tombstones
        self._destruction, self._wrapper = destruction, wrapper
        self._looked: float | None = None
        """When it could look last, by the monotonic clock; None: all is to be done as at the start."""
        self._never = Event()

    def start(self) -> None:
        with suppress(*AWAY):
            self.look()
        Thread(target=self._watch, name="consents-vigil", daemon=True).start()

    def look(self) -> None:
        """Raises what is in AWAY."""
        self._wrapper.refresh()
        began = monotonic()
        if self._looked is None or began - self._looked > OVERLAP / 2:
            self._keys.forget_all()
            self._reconcile()
        else:
            self._apply(self._tombstones.reread())
            with self._pool.connection() as connection:
                self._gone([key_id for (key_id,) in connection.execute(LATELY, [OVERLAP])])
        self._looked = began

    def _watch(self) -> None:
        log, away = logs.logger("consents"), False
        while not self._pool.closed:
            try:
                self.look()
                away = False
            except AWAY as error:
                if not away and not self._pool.closed:
                    log.warning("destroyed keys cannot be looked for", **logs.failure(error))
                away, self._looked = True, None
                self._keys.forget_all()
            self._never.wait(INTERVAL)

    def _reconcile(self) -> None:
        self._tombstones.reread()
        self._apply(self._tombstones.all())
        with self._pool.connection() as connection:
            self._gone([key_id for (key_id,) in connection.execute(EVER)])
        self._destruction.record()

    def _apply(self, buried: frozenset[str]) -> None:
        """What has a tombstone is destroyed, whatever the database says."""
        if buried:
            with self._pool.connection() as connection:
                self._destruction.destroy(connection, buried)

    def _gone(self, destroyed: list[str]) -> None:
        self._keys.forget(destroyed)
        self._tombstones.add(destroyed)
