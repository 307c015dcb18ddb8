"""The end of a key: retired, waited for, put among the tombstones, destroyed, and written down.

Retired: writers get another key for new texts, within the lease of the public keys that they hold; what they seal until
then is recorded before the wait is over. Only then is the erasure decided (services/consents/exercising.py), so that no
text is recorded under a key that is gone. Every step after the decision can be repeated, and is: by the worker that
reads the decision in the log, and by every rpc process when it starts.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import BoundedSemaphore
from time import sleep
from typing import Any, Final

import psycopg
from psycopg_pool import ConnectionPool

from libs.eventlog import CommandReused, Context, Log, VersionStale, derived_id
from libs.eventlog.datastore import PATIENCE
from libs.sealing import LEASE
from services.consents.errors import ErasureBusy
from services.consents.events import KeyDestroyed
from services.consents.tombstones import Tombstones

WAIT: Final = LEASE + PATIENCE
"""Seconds between retiring a key and deciding: for what is sealed with it last, and as long as an append may take."""
TOGETHER: Final = 4
"""Erasures of a process that wait at once; each keeps a thread."""

RETIRE: Final = (
    "UPDATE keys SET retired = clock_timestamp() WHERE citizen = %s AND organisation = %s AND retired IS NULL"
)
RETIRED: Final = (
    "SELECT id::text, extract(epoch FROM clock_timestamp() - retired)::float8 FROM keys"
    " WHERE citizen = %s AND organisation = %s AND wrapped IS NOT NULL AND retired IS NOT NULL ORDER BY id"
)
DESTROY: Final = (
    "UPDATE keys SET wrapped = NULL, retired = coalesce(retired, clock_timestamp()), destroyed = clock_timestamp()"
    " WHERE id = ANY(%s::uuid[]) AND destroyed IS NULL"
)
UNRECORDED: Final = (
    "SELECT id::text, citizen::text, organisation::text FROM keys WHERE destroyed IS NOT NULL"
    " AND (%(keys)s::uuid[] IS NULL OR id = ANY(%(keys)s::uuid[]))"
    " AND NOT EXISTS (SELECT FROM events WHERE stream = keys.id AND version = 2)"
)


class Destruction:
    """Thread-safe. The steps are public one by one: between any two of them a process may die."""

    def __init__(
        self, log: Log, pool: "ConnectionPool[Any]", tombstones: Tombstones | None, wait: float = WAIT
    ) -> None:
        """`tombstones`: None in workers, which have no secrets; the next rpc process writes theirs."""
        self._log, self._pool, self._tombstones = log, pool, tombstones
        self._wait, self._waiting = wait, BoundedSemaphore(TOGETHER)

    def prepare(self, citizen: str, organisation: str) -> tuple[str, ...]:
        """The keys of the pair, all retired for so long that no text is recorded under them any more.

        A repetition waits for what is left of the time. Raises ErasureBusy.
        """
        if not self._waiting.acquire(blocking=False):
            raise ErasureBusy(seconds=round(self._wait) or 1)
        try:
            with self._pool.connection() as connection:
                connection.execute(RETIRE, [citizen, organisation])
                found = connection.execute(RETIRED, [citizen, organisation]).fetchall()
            sleep(max([0.0, *(self._wait - age for _, age in found)]))
        finally:
            self._waiting.release()
        return tuple(key_id for key_id, _ in found)

    def carry_out(self, keys: Sequence[str]) -> None:
        """All that follows from a decision. Raises OSError, psycopg.OperationalError, LogUnavailable: repeat it."""
        self.bury(keys)
        with self._pool.connection() as connection:
            self.destroy(connection, keys)
        self.record(keys)

    def bury(self, keys: Sequence[str]) -> None:
        if self._tombstones is not None:
            self._tombstones.add(keys)

    def destroy(self, connection: psycopg.Connection[Any], keys: Iterable[str]) -> None:
        connection.execute(DESTROY, [list(keys)])

    def record(self, keys: Sequence[str] | None = None) -> int:
        """KeyDestroyed in the stream of each of the keys (None: of all there are) that has none; how many had not."""
        with self._pool.connection() as connection:
            asked = {"keys": None if keys is None else list(keys)}
            unrecorded = connection.execute(UNRECORDED, asked).fetchall()
        for key_id, citizen, controller in unrecorded:
            now = datetime.now(UTC)
            context = Context(
                command_id=derived_id(key_id, "destroyed"),
                actor="consents",
                organisation=controller,
                role="service",
                now=now,
                occurred=now,
            )
            with suppress(VersionStale, CommandReused):  # another process was first
                self._log.append(key_id, 1, [KeyDestroyed(citizen=citizen, controller=controller)], context)
        return len(unrecorded)
