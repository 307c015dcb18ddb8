"""Brings a service's database to the present: libs/eventlog, then libs/bus, then the service's own migrations.

Run as the role that owns the tables. Doing it again does nothing. Two that start at once take turns on a lock in the
database that dies with its connection; yoyo's own lock is a row that a killed process leaves behind.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import psycopg
import yoyo

from libs.host.service import Service
from libs.host.settings import Settings

LIBS: Final = Path(__file__).parents[1]
LOCK: Final = 0x5A_4D_49_47
"""Key of the advisory lock, the same for every process that migrates."""


def migrate(services: Iterable[Service], settings: Settings) -> dict[str, int]:
    """Service -> how many migrations were applied to its database now."""
    return {service.name: migrate_one(service, settings.owner_database_of(service.name)) for service in services}


def migrate_one(service: Service, dsn: str) -> int:
    """Applies what is missing, each migration in a transaction of its own; answers how many."""
    folders = [LIBS / "eventlog" / "migrations", LIBS / "bus" / "migrations", service.folder / "migrations"]
    with psycopg.connect(dsn, autocommit=True) as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        backend = yoyo.get_backend(dsn.replace("postgresql://", "postgresql+psycopg://", 1))
        try:
            backend.break_lock()
            return sum(_apply(backend, folder) for folder in folders if folder.is_dir())
        finally:
            backend.connection.close()


def _apply(backend: Any, folder: Path) -> int:
    missing = backend.to_apply(yoyo.read_migrations(str(folder)))
    backend.apply_migrations(missing)
    return len(missing)
