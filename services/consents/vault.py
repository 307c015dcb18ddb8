"""The two secrets that consents alone holds: one wraps private keys, the other blinds identifiers."""

import os
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEK_FILE: Final = "key-encryption.key"
TRANSIT_FILE: Final = "transit.toml"
"""Where it is, the key-encryption key is in a key management service instead."""
HMAC_FILE: Final = "identity-hmac.key"
NONCE: Final = 12
"""Bytes (NIST SP 800-38D, section 8.2.1)."""


class KeyUnwrapped(Exception):
    """A private key does not come out of its wrapping: another key-encryption key, or changed bytes."""


class Wrapper(Protocol):
    """Wraps private keys under a key-encryption key."""

    def wrap(self, key_id: str, private: bytes) -> bytes: ...

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        """Raises KeyUnwrapped."""
        ...


class FileWrapper:
    """AES-256-GCM with a key of 32 bytes in a file, hex; the key id is bound as associated data."""

    def __init__(self, path: Path) -> None:
        self._aead = AESGCM(read_key(path))

    def wrap(self, key_id: str, private: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._aead.encrypt(nonce, private, key_id.encode())

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        try:
            return self._aead.decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.encode())
        except (InvalidTag, ValueError) as error:
            raise KeyUnwrapped(key_id) from error


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
