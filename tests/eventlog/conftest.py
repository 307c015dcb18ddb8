"""A log over real tables, with the roles that production has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yoyo

from deploy.local.postgres import Databases, Postgres
from libs.eventlog import Log
from tests.eventlog.notebook import EVENTS, UPCASTS, Backwards

MIGRATIONS = Path(__file__).parents[2] / "libs" / "eventlog" / "migrations"


@dataclass(frozen=True)
class Base:
    """One service's database: what the service may use, and what only its owner may."""

    dsn: str
    owner: str

    def query(self, query: Any, values: Any = ()) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.owner, autocommit=True) as connection:
            return connection.execute(query, values or None).fetchall()

    def cut(self) -> None:
        """End all connections of its logs, as a restart of the server does."""
        ours = "application_name = 'eventlog' AND datname = current_database()"
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")

    def log(self, **options: Any) -> Log:
        return Log("cases", self.dsn, EVENTS, UPCASTS, sealer=Backwards(), **options)


def migrated(databases: Databases, service: str = "cases") -> Base:
    """With the tables of a log, and no others."""
    base = Base(databases.url(service), databases.url(service, owner=True))
    backend = yoyo.get_backend(base.owner.replace("postgresql://", "postgresql+psycopg://"))
    backend.apply_migrations(backend.to_apply(yoyo.read_migrations(str(MIGRATIONS))))
    backend.connection.close()
    return base


@pytest.fixture
def base(postgres: Postgres) -> Iterator[Base]:
    databases = postgres.fresh("cases")
    yield migrated(databases)
    databases.drop()


@pytest.fixture
def new_log(base: Base) -> Iterator[Callable[..., Log]]:
    """Makes logs, as so many processes would, and closes them."""
    logs: list[Log] = []

    def make(**options: Any) -> Log:
        logs.append(base.log(**options))
        return logs[-1]

    yield make
    for log in logs:
        log.close()


@pytest.fixture
def log(new_log: Callable[..., Log]) -> Log:
    return new_log()
