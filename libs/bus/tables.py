"""Empty copies of tables in a schema of their own, their keys, and the exchange of old for new."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg import sql

SCHEMA: Final = "rebuild"
LOCK_TIMEOUT: Final = "10s"
"""To wait for readers of the old tables at the swap."""
SORT_MEMORY: Final = "256MB"
"""For building one key."""

KEYS: Final = """
    SELECT 'ALTER TABLE ' || %(new)s || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE conrelid = %(old)s::regclass AND contype IN ('p', 'u', 'x')
    UNION ALL
    SELECT replace(pg_get_indexdef(indexrelid), ' ON ' || %(old)s || ' USING ', ' ON ' || %(new)s || ' USING ')
    FROM pg_index
    WHERE indrelid = %(old)s::regclass
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
"""
OPTIONS: Final = """
    SELECT 'ALTER TABLE ' || %(new)s || ' SET (' || array_to_string(reloptions, ', ') || ')'
    FROM pg_class WHERE oid = %(old)s::regclass AND reloptions IS NOT NULL
"""
"""What LIKE leaves behind."""
GRANTS: Final = """
    SELECT 'GRANT ' || privilege_type || ' ON ' || %(new)s || ' TO ' || grantee::regrole
    FROM pg_class, aclexplode(relacl) WHERE oid = %(old)s::regclass AND grantee <> relowner
"""


def create(connection: psycopg.Connection[Any], bulk: Sequence[str], keyed: Sequence[str]) -> None:
    """New and empty; what an interrupted rebuild left is dropped. `bulk` tables get no keys yet."""
    with connection.transaction():
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        for names, like in ((bulk, "INCLUDING ALL EXCLUDING INDEXES"), (keyed, "INCLUDING ALL")):
            for table in names:
                statement = sql.SQL("CREATE TABLE {} (LIKE {} " + like + ")")
                connection.execute(statement.format(_new(table), _old(table)))
                _execute_each(connection, OPTIONS, table)


def finish(connection: psycopg.Connection[Any], bulk: Sequence[str]) -> None:
    """The keys and indexes that the old ones of `bulk` have, and statistics."""
    with connection.transaction():
        connection.execute(f"SET LOCAL maintenance_work_mem = '{SORT_MEMORY}'")
        for table in bulk:
            _execute_each(connection, KEYS, table)
            connection.execute(sql.SQL("ANALYZE {}").format(_new(table)))


def swap(connection: psycopg.Connection[Any], names: Sequence[str]) -> None:
    """In the caller's transaction: drop the old, put the new in their place with the same rights."""
    connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for table in names:
        _execute_each(connection, GRANTS, table)
        connection.execute(sql.SQL("DROP TABLE {}").format(_old(table)))
        connection.execute(sql.SQL("ALTER TABLE {} SET SCHEMA public").format(_new(table)))


def _execute_each(connection: psycopg.Connection[Any], query: str, table: str) -> None:
    # Unquoted, as pg_get_indexdef writes them: tables have plain lower-case names.
    names = {"old": f"public.{table}", "new": f"{SCHEMA}.{table}"}
    for (statement,) in connection.execute(query.encode(), names).fetchall():
        connection.execute(statement)


def _old(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)


def _new(table: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, table)
