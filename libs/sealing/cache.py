"""The public keys a writer has asked for, kept a moment for the next text about the same citizen."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Final, NamedTuple

from libs.eventlog.sealer import Binding
from libs.sealing.hybrid import seal

Fetch = Callable[[str, str, bool], tuple[str, bytes]]
"""`fetch(citizen, organisation, anew) -> (key id, public key)`; `anew`: the last one is still known. Raises the refusal
of who has the keys, and KeysAway when there is no answer."""

LEASE: Final = 1.0
"""Seconds, from before it is asked for, that a public key may be sealed with. Who has the keys retires a key that long
(and as long as an append may take) before it is destroyed, so that no text is recorded under a key that is gone."""


class KeysAway(Exception):
    """Who has the keys does not answer. Raised from why."""


class Leased(NamedTuple):
    id: str
    public: bytes
    until: float
    """By the clock of the cache."""


class KeyCache:
    """A libs.eventlog.Sealer. Asks again for a key whose lease is over.

    While nobody answers, what is written is sealed with the key that was known last, and for a second nobody is asked:
    who has the keys destroys none meanwhile (docs/adr/0009).
    """

    def __init__(self, fetch: Fetch, most: int = 10_000, clock: Callable[[], float] = monotonic) -> None:
        self._fetch, self._most, self._clock = fetch, most, clock
        self._keys: OrderedDict[tuple[str, str], Leased] = OrderedDict()
        self._lock = Lock()
        self._away = 0.0

    def seal(self, citizen: str, organisation: str, binding: Binding, plain: bytes) -> tuple[str, bytes]:
        """The key's id and the sealed text. Raises what `fetch` raises."""
        key_id, public = self.key(citizen, organisation)
        return key_id, seal(public, binding, key_id, plain)

    def key(self, citizen: str, organisation: str) -> tuple[str, bytes]:
        """The key's id and the public key. Raises what `fetch` raises."""
        pair, asked = (citizen, organisation), self._clock()
        with self._lock:
            known = self._keys.get(pair)
        if known is None or max(known.until, self._away) <= asked:
            known = self._asked(citizen, organisation, known, asked + LEASE)
            self._keep(pair, known)
        return known.id, known.public

    def _asked(self, citizen: str, organisation: str, known: Leased | None, until: float) -> Leased:
        try:
            return Leased(*self._fetch(citizen, organisation, known is not None), until)
        except KeysAway as away:
            if known is None:
                raise away.__cause__ or away from None
            self._away = self._clock() + LEASE
            return known

    def _keep(self, pair: tuple[str, str], leased: Leased) -> None:
        with self._lock:
            self._keys[pair] = leased
            self._keys.move_to_end(pair)
            while len(self._keys) > self._most:
                self._keys.popitem(last=False)
