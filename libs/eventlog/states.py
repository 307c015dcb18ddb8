"""States of streams: what is known in memory, and only the events after it from the log."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final, TypeVar

from libs.eventlog.codec import decode_event
from libs.eventlog.datastore import Datastore
from libs.eventlog.decider import Decider
from libs.eventlog.event import Event
from libs.eventlog.loaded import Loaded
from libs.eventlog.mapper import without_personal_text
from libs.eventlog.registry import Registry
from libs.eventlog.snapshots import LONG, Snapshots

State = TypeVar("State")

EVENTS: Final = "SELECT version, type, body FROM events WHERE stream = %s AND version > %s ORDER BY version"


class States:
    """The newest known states of the streams used last. States are immutable, so threads share them."""

    def __init__(self, datastore: Datastore, registry: Registry, most: int) -> None:
        self._datastore = datastore
        self._registry = registry
        self._snapshots = Snapshots(datastore, registry)
        self._most = most
        self._known: OrderedDict[tuple[Decider[Any, Any], str], Loaded[Any]] = OrderedDict()
        self._lock = Lock()

    def known(self, decider: Decider[State, Any], stream: str) -> Loaded[State] | None:
        """What memory holds; others may have added to the stream since."""
        with self._lock:
            loaded = self._known.get((decider, stream))
            if loaded is not None:
                self._known.move_to_end((decider, stream))
            return loaded

    def keep(self, decider: Decider[State, Any], stream: str, loaded: Loaded[State]) -> None:
        """Remember `loaded` unless a newer state is known."""
        key = (decider, stream)
        with self._lock:
            known = self._known.get(key)
            if known is None or known.version < loaded.version:
                self._known[key] = loaded
            self._known.move_to_end(key)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def load(self, decider: Decider[State, Any], stream: str) -> Loaded[State]:
        """The state as committed now. Raises LogUnavailable; codec errors for an event that cannot be read."""
        if known := self.known(decider, stream):
            start, rows = known, self._datastore.rows(EVENTS, (stream, known.version))
        else:
            start, rows = self._snapshots.and_events_after(decider, stream)
        state, version = start.state, start.version
        decode, evolve = decode_event, decider.evolve
        for version, name, body in rows:  # noqa: B007 - the last version is kept
            state = evolve(state, decode(name, body, self._registry))
        loaded = Loaded(state, version)
        if version > start.version:
            self.keep(decider, stream, loaded)
        if version - start.version > LONG:
            self._snapshots.take(decider, stream, loaded)
        return loaded

    def extend(self, decider: Decider[State, Any], stream: str, loaded: Loaded[State], events: Sequence[Event]) -> None:
        """Remember the state after `events`, just recorded on `loaded`: as it will be loaded, without personal text."""
        state = loaded.state
        for event in events:
            state = decider.evolve(state, without_personal_text(event))
        self.keep(decider, stream, Loaded(state, loaded.version + len(events)))
