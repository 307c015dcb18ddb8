"""Key pairs of (citizen, controlling organisation): made on demand, the private half wrapped, opened in memory only."""

from collections import OrderedDict
from collections.abc import Callable, Container, Iterable
from threading import Lock
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from psycopg_pool import ConnectionPool

from libs.eventlog import new_id
from libs.sealing.hybrid import generate, private_key
from services.consents.vault import Wrapper


class Key(NamedTuple):
    citizen: str
    organisation: str
    private: MLKEM768X25519PrivateKey | None
    """None: it was destroyed, and what was sealed with it is gone."""


Announce = Callable[[str, str, str, bytes], None]
"""`announce(key id, citizen, organisation, public key)`: writes down that there is such a key."""


CURRENT: Final = (
    "SELECT id::text, public FROM keys"
    " WHERE citizen = %s AND organisation = %s AND retired IS NULL AND wrapped IS NOT NULL"
)
INSERT: Final = (
    "INSERT INTO keys (id, citizen, organisation, public, wrapped) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (citizen, organisation) WHERE retired IS NULL DO NOTHING"
)


class Keys:
    """Thread-safe. Two processes that ask for the same pair at once get the same key."""

    def __init__(
        self,
        pool: "ConnectionPool[Any]",
        wrapper: Wrapper,
        announce: Announce,
        destroyed: Container[str] = (),
        most: int = 5_000,
    ) -> None:
        """A key is announced before it is used. One that is announced may stay unused: another process was first.

        `destroyed`: ids of keys that are gone, also where a restored database says otherwise.
        """
        self._pool, self._wrapper, self._announce, self._most = pool, wrapper, announce, most
        self._destroyed = destroyed
        self._opened: OrderedDict[str, MLKEM768X25519PrivateKey] = OrderedDict()
        self._lock = Lock()

    def public(self, citizen: str, organisation: str) -> tuple[str, bytes]:
        """(key id, public key) that texts of the pair are sealed with from now on."""
        if found := self.current(citizen, organisation):
            return found
        key_id, (private, public) = new_id(), generate()
        self._announce(key_id, citizen, organisation, public)
        with self._pool.connection() as connection:
            wrapped = self._wrapper.wrap(key_id, private)
            made = connection.execute(INSERT, [key_id, citizen, organisation, public, wrapped])
        if made.rowcount:
            return key_id, public
        found = self.current(citizen, organisation)
        assert found is not None
        return found

    def current(self, citizen: str, organisation: str) -> tuple[str, bytes] | None:
        """(key id, public key) of the pair's key that is in use; None when there is none."""
        with self._pool.connection() as connection:
            row = connection.execute(CURRENT, [citizen, organisation]).fetchone()
        return (row[0], bytes(row[1])) if row else None

    def controllers(self, citizen: str) -> tuple[str, ...]:
        """Organisations that keep text about the citizen which can still be read."""
        query = "SELECT DISTINCT organisation::text FROM keys WHERE citizen = %s AND wrapped IS NOT NULL ORDER BY 1"
        with self._pool.connection() as connection:
            return tuple(organisation for (organisation,) in connection.execute(query, [citizen]))

    def private(self, key_ids: Iterable[str], erased: Container[str] = ()) -> dict[str, Key]:
        """The keys that exist of those asked for, as they are now: destroyed is destroyed, in every process at once.

        `erased`: those that were decided on and may not be destroyed yet. Raises KeyUnwrapped.
        """
        wanted = list(set(key_ids))
        if not wanted:
            return {}
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT id::text, citizen::text, organisation::text, wrapped FROM keys WHERE id = ANY(%s::uuid[])",
                [wanted],
            ).fetchall()
        return {
            key_id: Key(citizen, organisation, self._unwrapped(key_id, None if key_id in erased else wrapped))
            for key_id, citizen, organisation, wrapped in rows
        }

    def forget(self, key_ids: Iterable[str]) -> None:
        """Drop them from memory."""
        with self._lock:
            for key_id in key_ids:
                self._opened.pop(key_id, None)

    def forget_all(self) -> None:
        with self._lock:
            self._opened.clear()

    def _unwrapped(self, key_id: str, wrapped: bytes | None) -> MLKEM768X25519PrivateKey | None:
        """From memory if it was asked for lately: unwrapping may be a call to somewhere else."""
        if wrapped is None or key_id in self._destroyed:
            self.forget([key_id])
            return None
        with self._lock:
            if found := self._opened.get(key_id):
                self._opened.move_to_end(key_id)
                return found
        opened = private_key(self._wrapper.unwrap(key_id, bytes(wrapped)))
        with self._lock:
            self._opened[key_id] = opened
            while len(self._opened) > self._most:
                self._opened.popitem(last=False)
        return opened
