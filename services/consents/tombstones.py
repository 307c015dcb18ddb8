"""Ids of destroyed keys in a file beside the secrets: a database that is restored brings none of them back."""

import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

TOMBSTONES_FILE: Final = "destroyed.keys"
LINE: Final = 37
"""Bytes: a UUID in text, and the end of the line."""


class Tombstones:
    """One id a line, only ever added to. Thread-safe; processes that share the file see each other's after `reread`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._ids: set[str] = set()
        self._read = 0
        self.reread()

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._ids

    def add(self, key_ids: Iterable[str]) -> None:
        """On disk when it returns. Raises OSError: then a key must not be destroyed yet."""
        with self._lock:
            new = [key_id for key_id in key_ids if key_id not in self._ids]
            if not new:
                return
            made = not self._path.exists()
            file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(file).st_size
                # Whatever a process that died left of a line ends here.
                torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
                write_all(file, b"\n" * torn + "".join(f"{key_id}\n" for key_id in new).encode())
                os.fsync(file)
            finally:
                os.close(file)
            if made:
                sync_folder(self._path.parent)
            self._ids.update(new)

    def reread(self) -> frozenset[str]:
        """The ids that others have added since it was read last."""
        with self._lock:
            try:
                content = self._path.read_bytes() if self._path.stat().st_size != self._read else None
            except FileNotFoundError:
                return frozenset()
            if content is None:
                return frozenset()
            self._read = len(content)
            found = {line.decode() for line in content.splitlines() if is_id(line)} - self._ids
            self._ids |= found
            return frozenset(found)

    def all(self) -> frozenset[str]:
        with self._lock:
            return frozenset(self._ids)


def is_id(line: bytes) -> bool:
    """Whether a line is whole. Another is a torn one: its key was not destroyed, or is in the file once more."""
    try:
        return len(line) == LINE - 1 and str(UUID(line.decode())) == line.decode()
    except ValueError:
        return False


def write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def sync_folder(folder: Path) -> None:
    """So that a new file's name is on disk as well."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
