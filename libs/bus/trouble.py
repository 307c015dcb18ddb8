"""Which errors of a handler are the event's fault, and which pass by themselves."""

from typing import Final

import psycopg

from libs.eventlog.refusal import Kind, Refusal

TROUBLES: Final = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction)


def passes(error: BaseException) -> bool:
    """True if the same event may be taken later or after a repair elsewhere: then it is tried again, not parked.

    Trouble of the database server and of sockets; a server that only reads, as after a failover; a table, column or
    right that is missing (SQLSTATE class 42: a migration not run); a service that refuses as unavailable; memory.
    """
    if isinstance(error, Refusal):
        return error.kind in (Kind.UNAVAILABLE, Kind.STALE)
    if isinstance(error, psycopg.Error):
        missing = (error.sqlstate or "").startswith("42")
        return missing or isinstance(error, TROUBLES)
    return isinstance(error, OSError | MemoryError)
