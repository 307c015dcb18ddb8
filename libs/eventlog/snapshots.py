"""States of long streams, stored so that a fresh process need not fold the whole stream."""

import inspect
from functools import cache
from hashlib import sha256
from typing import Any, Final, TypeVar

import msgspec

from libs.eventlog.datastore import Datastore
from libs.eventlog.decider import Decider
from libs.eventlog.loaded import Loaded
from libs.eventlog.registry import Registry

State = TypeVar("State")

LONG: Final = 500
"""A snapshot is taken when more events than this had to be folded."""

NEWEST: Final = """
WITH newest AS (SELECT version, state FROM snapshots WHERE stream = %s AND schema = %s)
SELECT version, NULL, state FROM newest
UNION ALL
SELECT version, type, body FROM events WHERE stream = %s AND version > coalesce((SELECT version FROM newest), 0)
ORDER BY version
"""
TAKE: Final = """
INSERT INTO snapshots (stream, schema, version, state) VALUES (%s, %s, %s, %s)
ON CONFLICT (stream, schema) DO UPDATE SET version = excluded.version, state = excluded.state
WHERE snapshots.version < excluded.version
"""


class Snapshots:
    """A snapshot is a copy of what the events say and never used when the code that reads them has changed."""

    def __init__(self, datastore: Datastore, registry: Registry) -> None:
        self._datastore = datastore
        self._registry = registry

    def and_events_after(
        self, decider: Decider[State, Any], stream: str
    ) -> tuple[Loaded[State], list[tuple[Any, ...]]]:
        """The newest snapshot, or the initial state, and the events recorded since: version, type, body."""
        rows = self._datastore.rows(NEWEST, (stream, self.schema(decider), stream))
        if not rows or rows[0][1] is not None:
            return Loaded(decider.state(), 0), rows
        version, _, state = rows[0]
        return Loaded(msgspec.msgpack.decode(state, type=decider.state), version), rows[1:]

    def take(self, decider: Decider[State, Any], stream: str, loaded: Loaded[State]) -> None:
        state = msgspec.msgpack.encode(loaded.state)
        self._datastore.rows(TAKE, (stream, self.schema(decider), loaded.version, state))

    def schema(self, decider: Decider[Any, Any]) -> bytes:
        """Changes with the state's class, the module that folds it, and the declared events and upcasts."""
        return sha256(
            _sources(decider) + "\0".join([*self._registry.shapes, *self._registry.upcasts]).encode()
        ).digest()


@cache
def _sources(decider: Decider[Any, Any]) -> bytes:
    parts = {inspect.getsource(inspect.getmodule(each) or each) for each in (decider.state, decider.evolve)}
    return "\0".join([decider.state.__qualname__, decider.evolve.__qualname__, *sorted(parts)]).encode()
