"""Connections to one service's database that give up in time and come back by themselves."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any, Final, LiteralString, TypeVar

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import sql
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row, tuple_row

from libs.eventlog.refusal import LogUnavailable

PATIENCE: Final = 2.0
"""Seconds that a caller waits for the database in all, and that any one statement may take."""

PAUSE: Final = 0.05
"""Seconds between two attempts."""

LIMITS: Final[dict[str, Any]] = {"connect_timeout": 2, "tcp_user_timeout": 2000, "application_name": "eventlog"}

LOST: Final = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
"""What psycopg and `eventsourcing` raise when a connection cannot be made or breaks."""

Row = TypeVar("Row")
Value = TypeVar("Value")


class BoundedConnection(psycopg.Connection[Row]):
    """A connection that a frozen server cannot hold for ever."""

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        if timeout is not None:  # of a caller that waits for notifications, and goes on when none came
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, PATIENCE)
        except psycopg.errors._WaitTimeout as late:
            self.close()
            raise psycopg.OperationalError(f"no answer within {PATIENCE} seconds") from late


def connect(dsn: str, options: str = "") -> psycopg.Connection[tuple[Any, ...]]:
    """A bounded connection in autocommit; `options` are settings as libpq takes them."""
    return BoundedConnection.connect(dsn, autocommit=True, options=options, **LIMITS)


class Datastore(PostgresDatastore):
    """The library's datastore from a DSN: opened at first use, in autocommit, with a pool that retries often."""

    def __init__(self, dsn: str, connections: int) -> None:
        super().__init__("", "", "", "", "")
        self.pool = ConnectionPool(
            connection_class=BoundedConnection[DictRow],
            kwargs={**LIMITS, **conninfo_to_dict(dsn), "row_factory": dict_row, "autocommit": True},
            min_size=0,
            max_size=connections,
            open=False,
            timeout=PATIENCE,
            reconnect_timeout=PATIENCE,
        )

    def register_type_adapters(self) -> None:
        """None are used, and none may be looked up: a log is made also while its database is away."""

    @contextmanager
    def get_connection(self) -> Iterator[psycopg.Connection[DictRow]]:
        with super().get_connection() as connection:
            yield connection

    def rows(self, query: LiteralString | sql.Composed, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What `query` answers, in binary form. Raises LogUnavailable."""

        def ask(connection: psycopg.Connection[DictRow]) -> list[tuple[Any, ...]]:
            cursor = connection.cursor(binary=True, row_factory=tuple_row)
            cursor.execute(query, values, prepare=True)
            return cursor.fetchall() if cursor.description else []

        return self.read(ask)

    def read(self, question: Callable[[psycopg.Connection[DictRow]], Value]) -> Value:
        """The answer to `question`, asked again on a new connection when one breaks. Raises LogUnavailable."""
        deadline = monotonic() + PATIENCE
        while True:
            try:
                with self.get_connection() as connection:
                    return question(connection)
            except LOST as lost:
                if monotonic() + PAUSE >= deadline:
                    raise LogUnavailable(seconds=int(PATIENCE)) from lost
                sleep(PAUSE)
