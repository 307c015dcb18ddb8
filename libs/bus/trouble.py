"""Which errors of a handler are the event's fault, and which pass by themselves."""

import psycopg

from libs.eventlog.refusal import Kind, Refusal


def passes(error: BaseException) -> bool:
    """True if the same event may be taken later or after a repair elsewhere: then it is tried again, not parked.

    Trouble of the database server and of sockets; a table, column or right that is missing (SQLSTATE class 42: a
    migration not run); a service that refuses as unavailable; memory.
    """
    if isinstance(error, Refusal):
        return error.kind in (Kind.UNAVAILABLE, Kind.STALE)
    if isinstance(error, psycopg.Error):
        missing = (error.sqlstate or "").startswith("42")
        return missing or isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return isinstance(error, OSError | MemoryError)
