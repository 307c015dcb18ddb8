"""A new key-encryption key while consents answers: made beside the former, all private keys rewrapped, the former
destroyed. What is interrupted goes on where it was when it is begun again.

Whoever has an old backup of the database and the secrets of today opens none of its keys: also not those that were
destroyed since. With a key management service the new key is a new version of the engine's key. Its rewrap operation
takes no associated data, which binds each text to its key's id, so that they are unwrapped and wrapped here.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any, Final

import psycopg

from services.consents.tombstones import sync_folder
from services.consents.transit import TransitWrapper
from services.consents.vault import FORMER_FILE, KEK_FILE, TRANSIT_FILE, FileWrapper, Wrapper

BATCH: Final = 500
"""Keys read and written at once."""
SETTLED: Final = 1.0
"""Seconds until no process is still about to store a key that it wrapped under the former one."""
LOCK: Final = 0x4B_45_4B
"""Key of the advisory lock: one rotation at a time."""
PAGE: Final = (
    "SELECT id::text, wrapped FROM keys WHERE wrapped IS NOT NULL AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)"
    " ORDER BY id LIMIT %(size)s"
)
# Only in the place of what was read: a key that was destroyed meanwhile stays destroyed.
REPLACE: Final = "UPDATE keys SET wrapped = %s WHERE id = %s AND wrapped = %s"
COUNT: Final = "SELECT count(*) FROM keys WHERE wrapped IS NOT NULL"

Tell = Callable[[int, int], None]
"""`tell(done, all)`: how many keys were looked at, of about how many."""


class RotationUnderWay(RuntimeError):
    """Another process rotates."""


def rotate(dsn: str, folder: Path, tell: Tell) -> int:
    """How many keys were rewrapped. `dsn`: database of consents, the runtime role; `folder`: its secrets.

    Raises RotationUnderWay, KeyUnwrapped for a key that is under neither key-encryption key, ServiceUnavailable,
    psycopg.OperationalError, OSError. It is safe to begin again after any of them.
    """
    with psycopg.connect(dsn, autocommit=True) as connection, alone(connection):
        if (folder / TRANSIT_FILE).exists():
            return rotate_in_engine(connection, TransitWrapper.from_file(folder / TRANSIT_FILE), tell)
        return rotate_file(connection, folder, tell)


def rotate_file(connection: psycopg.Connection[Any], folder: Path, tell: Tell) -> int:
    put_new_key(folder)
    rewrapped = rewrap_all(connection, FileWrapper(folder / KEK_FILE), tell)
    destroy_file(folder / FORMER_FILE)
    return rewrapped


def rotate_in_engine(connection: psycopg.Connection[Any], engine: TransitWrapper, tell: Tell) -> int:
    version = engine.rotate()
    rewrapped = rewrap_all(connection, engine, tell)
    engine.retire_before(version)
    return rewrapped


def put_new_key(folder: Path) -> None:
    """The current key becomes the former, and a new one the current. Nothing if a rotation was begun before."""
    current, former = folder / KEK_FILE, folder / FORMER_FILE
    if former.exists() and former.read_bytes() != current.read_bytes():
        return
    write_key(former, current.read_bytes(), like=current)
    write_key(current, secrets.token_hex(32).encode(), like=current)


def rewrap_all(connection: psycopg.Connection[Any], wrapper: Wrapper, tell: Tell) -> int:
    """Until a pass finds nothing to do that began when every process knew the new key."""
    rewrapped = rewrap_once(connection, wrapper, tell)
    while True:
        sleep(SETTLED)
        more = rewrap_once(connection, wrapper, tell)
        rewrapped += more
        if not more:
            return rewrapped


def rewrap_once(connection: psycopg.Connection[Any], wrapper: Wrapper, tell: Tell) -> int:
    ((total,),) = connection.execute(COUNT).fetchall()
    looked = rewrapped = 0
    after: str | None = None
    while rows := connection.execute(PAGE, {"after": after, "size": BATCH}).fetchall():
        with connection.transaction(), connection.cursor() as cursor:
            for key_id, wrapped in rows:
                if not wrapper.is_current(key_id, bytes(wrapped)):
                    new = wrapper.wrap(key_id, wrapper.unwrap(key_id, bytes(wrapped)))
                    rewrapped += cursor.execute(REPLACE, [new, key_id, wrapped]).rowcount
        after, looked = rows[-1][0], looked + len(rows)
        tell(looked, total)
    return rewrapped


@contextmanager
def alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """The lock ends with the connection. Raises RotationUnderWay."""
    held = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    if held != (True,):
        raise RotationUnderWay
    yield


def write_key(file: Path, content: bytes, *, like: Path) -> None:
    """Whole or not at all, for the same user and with the same rights as `like`."""
    owner = like.stat()
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as out:
        os.fchown(out.fileno(), owner.st_uid, owner.st_gid)
        os.fchmod(out.fileno(), owner.st_mode & 0o777)
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    new.rename(file)
    sync_folder(file.parent)


def destroy_file(file: Path) -> None:
    """Overwritten before it is removed. On storage that copies on write, that alone does not do: see operating.md."""
    with file.open("r+b") as out:
        out.write(os.urandom(file.stat().st_size))
        out.flush()
        os.fsync(out.fileno())
    file.unlink()
    sync_folder(file.parent)
