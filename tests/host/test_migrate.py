"""Bringing databases to the present, on real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from deploy.local.postgres import Databases
from libs.host.migrate import migrate, migrate_one
from libs.host.service import Service
from libs.host.settings import Settings


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A service with a table of its own."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001.things.sql").write_text("CREATE TABLE things (name text PRIMARY KEY)")
    return Service(name="cases", compose=lambda _: None, room=tmp_path)


def tables(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in rows}


def test_all_that_is_missing_is_applied_once(service: Service, databases: Databases) -> None:
    settings = Settings(owner_database=databases.owner_template)
    first = migrate([service], settings)
    assert first["cases"] >= 3
    assert {"events", "positions", "things"} <= tables(databases.url("cases"))
    assert migrate([service], settings) == {"cases": 0}


def test_two_that_start_at_once_take_turns(service: Service, databases: Databases) -> None:
    dsn = databases.url("cases", owner=True)
    with ThreadPoolExecutor(4) as pool:
        counts = sorted(pool.map(lambda _: migrate_one(service, dsn), range(4)))
    assert counts[:3] == [0, 0, 0]
    assert counts[3] >= 3


def test_a_killed_migration_does_not_lock_the_next_one_out(service: Service, databases: Databases) -> None:
    dsn = databases.url("cases", owner=True)
    migrate_one(service, dsn)
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 1)")
    assert migrate_one(service, dsn) == 0


def test_a_failing_migration_leaves_nothing_behind(service: Service, databases: Databases) -> None:
    dsn = databases.url("cases", owner=True)
    broken = service.folder / "migrations" / "0002.broken.sql"
    broken.write_text("CREATE TABLE half (name text); SELECT nonsense;")
    with pytest.raises(psycopg.Error):
        migrate_one(service, dsn)
    assert "half" not in tables(databases.url("cases"))
    broken.write_text("CREATE TABLE half (name text)")
    assert migrate_one(service, dsn) == 1


def test_the_runtime_role_cannot_rewrite_history(service: Service, databases: Databases) -> None:
    migrate_one(service, databases.url("cases", owner=True))
    with psycopg.connect(databases.url("cases"), autocommit=True) as connection:
        for statement in ("DELETE FROM events", "UPDATE events SET type = ''", "DROP TABLE events", "TRUNCATE events"):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement)
