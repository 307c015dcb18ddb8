"""The two secrets that consents alone holds: one wraps private keys, the other blinds identifiers."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEK_FILE: Final = "key-encryption.key"
FORMER_FILE: Final = "key-encryption.former"
"""The key before it, while a rotation is under way (services/consents/rotation.py)."""
TRANSIT_FILE: Final = "transit.toml"
"""Where it is, the key-encryption key is in a key management service instead."""
HMAC_FILE: Final = "identity-hmac.key"
NONCE: Final = 12
"""Bytes (NIST SP 800-38D, section 8.2.1)."""


class KeyUnwrapped(Exception):
    """A private key does not come out of its wrapping: another key-encryption key, or changed bytes."""


class Wrapper(Protocol):
    """Wraps private keys under a key-encryption key."""

    def wrap(self, key_id: str, private: bytes) -> bytes:
        """Under the newest key-encryption key."""
        ...

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        """Raises KeyUnwrapped."""
        ...

    def is_current(self, key_id: str, wrapped: bytes) -> bool:
        """Whether it is under the newest key-encryption key. Raises KeyUnwrapped for what is under none."""
        ...

    def refresh(self) -> None:
        """Take up a key-encryption key that was changed, and let go of one that is gone."""


class FileWrapper:
    """AES-256-GCM with a key of 32 bytes in a file, hex; the key id is bound as associated data. Thread-safe.

    While the key is rotated, the former one lies beside it and opens what is not rewrapped yet.
    """

    def __init__(self, path: Path) -> None:
        self._current, self._former = path, path.with_name(FORMER_FILE)
        self._seen: tuple[object, object] | None = None
        self._keys: tuple[AESGCM, ...] = ()
        self.refresh()

    def refresh(self) -> None:
        """Raises ValueError, OSError. What is in use then goes on being used."""
        seen = version_of(self._current), version_of(self._former)
        if seen != self._seen:
            keys = [AESGCM(read_key(self._current))]
            with suppress(FileNotFoundError):
                keys.append(AESGCM(read_key(self._former)))
            self._keys, self._seen = tuple(keys), seen

    def wrap(self, key_id: str, private: bytes) -> bytes:
        self.refresh()
        nonce = os.urandom(NONCE)
        return nonce + self._keys[0].encrypt(nonce, private, key_id.encode())

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        return self._opened(key_id, wrapped)[1]

    def is_current(self, key_id: str, wrapped: bytes) -> bool:
        return self._opened(key_id, wrapped)[0] == 0

    def _opened(self, key_id: str, wrapped: bytes) -> tuple[int, bytes]:
        """Which key opens it (0: the current one), and what is inside. Raises KeyUnwrapped."""
        self.refresh()
        for index, key in enumerate(self._keys):
            with suppress(InvalidTag, ValueError):
                return index, key.decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.encode())
        raise KeyUnwrapped(key_id)


def version_of(file: Path) -> object:
    """Differs whenever the file was written or replaced; None: there is none."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def wrapper_of(secrets: Path) -> Wrapper:
    """The wrapper that the secrets folder says."""
    if (secrets / TRANSIT_FILE).exists():
        from services.consents.transit import TransitWrapper  # most installations do without an HTTP client here

        return TransitWrapper.from_file(secrets / TRANSIT_FILE)
    return FileWrapper(secrets / KEK_FILE)


class Blinder:
    """HMAC-SHA-256 of an identifier: found again without being kept."""

    def __init__(self, path: Path) -> None:
        self._key = read_key(path)

    def digest(self, system: str, value: str) -> bytes:
        mac = hmac.HMAC(self._key, hashes.SHA256())
        mac.update(len(system.encode()).to_bytes(2) + system.encode() + value.encode())
        return mac.finalize()


def read_key(path: Path) -> bytes:
    """32 bytes from a file of 64 hex digits. Raises ValueError, without the content, for anything else."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError(f"{path.name} is not a key of 64 hex digits")
    return key
