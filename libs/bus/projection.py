"""A view made of events alone, which can therefore be thrown away and made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from libs.bus.received import Handler, Received


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Stands as a handler in a service's `consumes`; `samspor replay` rebuilds it from position zero.

    `apply` names its tables without a schema. While a rebuild runs it is called with a search path that leads to empty
    copies of them, made from the tables of the migrations: no second definition. The copies of `bulk` tables have no
    keys or indexes until all is loaded; those of `keyed` tables have them from the start. They are swapped in, together
    with their positions, in one transaction; until then the old tables are read.
    """

    name: str
    apply: Handler
    bulk: tuple[str, ...]
    """Tables that `apply` only adds to (COPY or INSERT without ON CONFLICT)."""
    keyed: tuple[str, ...] = ()
    """Tables that `apply` reads, or adds to with ON CONFLICT."""

    def __call__(self, _service: object, connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
        self.apply(connection, events)
