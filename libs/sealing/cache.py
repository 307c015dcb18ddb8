"""The public keys a writer has asked for, kept a moment for the next text about the same citizen."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Final, NamedTuple

from libs.eventlog.sealer import Binding
from libs.sealing.hybrid import seal

Fetch = Callable[[str, str], tuple[str, bytes]]
"""`fetch(citizen, organisation) -> (key id, public key)`; raises the refusal of who has the keys."""

LEASE: Final = 1.0
"""Seconds, from before it is asked for, that a public key may be sealed with. Who has the keys retires a key that long
(and as long as an append may take) before it is destroyed, so that no text is recorded under a key that is gone."""


class Leased(NamedTuple):
    id: str
    public: bytes
    until: float
    """By the clock of the cache."""


class KeyCache:
    """A libs.eventlog.Sealer. Asks again for a key whose lease is over."""

    def __init__(self, fetch: Fetch, most: int = 10_000, clock: Callable[[], float] = monotonic) -> None:
        self._fetch, self._most, self._clock = fetch, most, clock
        self._keys: OrderedDict[tuple[str, str], Leased] = OrderedDict()
        self._lock = Lock()

    def seal(self, citizen: str, organisation: str, binding: Binding, plain: bytes) -> tuple[str, bytes]:
        """The key's id and the sealed text. Raises what `fetch` raises."""
        key_id, public = self.key(citizen, organisation)
        return key_id, seal(public, binding, key_id, plain)

    def key(self, citizen: str, organisation: str) -> tuple[str, bytes]:
        """The key's id and the public key. Raises what `fetch` raises."""
        pair, asked = (citizen, organisation), self._clock()
        with self._lock:
            known = self._keys.get(pair)
        if known is None or known.until <= asked:
            known = Leased(*self._fetch(citizen, organisation), asked + LEASE)
            self._keep(pair, known)
        return known.id, known.public

    def _keep(self, pair: tuple[str, str], leased: Leased) -> None:
        """The newest last: what is over stands first, and goes first."""
        with self._lock:
            self._keys[pair] = leased
            self._keys.move_to_end(pair)
            while len(self._keys) > self._most or next(iter(self._keys.values())).until <= leased.until - LEASE:
                self._keys.popitem(last=False)
