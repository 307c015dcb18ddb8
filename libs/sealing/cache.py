"""The public keys a writer has asked for, kept for the next text about the same citizen."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from libs.eventlog.sealer import Binding
from libs.sealing.hybrid import seal

Fetch = Callable[[str, str], tuple[str, bytes]]
"""`fetch(citizen, organisation) -> (key id, public key)`; raises the refusal of who has the keys."""


class KeyCache:
    """A libs.eventlog.Sealer. A key that was erased meanwhile still seals, and what it seals nobody can open."""

    def __init__(self, fetch: Fetch, most: int = 10_000) -> None:
        self._fetch, self._most = fetch, most
        self._keys: OrderedDict[tuple[str, str], tuple[str, bytes]] = OrderedDict()
        self._lock = Lock()

    def seal(self, citizen: str, organisation: str, binding: Binding, plain: bytes) -> tuple[str, bytes]:
        """The key's id and the sealed text. Raises what `fetch` raises."""
        key_id, public = self.key(citizen, organisation)
        return key_id, seal(public, binding, key_id, plain)

    def known(self, citizen: str, organisation: str) -> tuple[str, bytes] | None:
        """The key's id and the public key, if they were fetched before."""
        pair = (citizen, organisation)
        with self._lock:
            if found := self._keys.get(pair):
                self._keys.move_to_end(pair)
            return found

    def key(self, citizen: str, organisation: str) -> tuple[str, bytes]:
        """The key's id and the public key. Raises what `fetch` raises."""
        if found := self.known(citizen, organisation):
            return found
        pair, key = (citizen, organisation), self._fetch(citizen, organisation)
        with self._lock:
            self._keys[pair] = key
            while len(self._keys) > self._most:
                self._keys.popitem(last=False)
        return key
