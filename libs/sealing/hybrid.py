"""Seal, open, and the serial form of hybrid keys."""

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from libs.eventlog.sealer import Binding

SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
MLKEM_SEED: Final = 64
"""Bytes of an ML-KEM private key as its seed (FIPS 203, section 7.1: d and z)."""
MLKEM_PUBLIC: Final = 1184
"""Bytes of an ML-KEM-768 public key (FIPS 203, table 3)."""
X25519: Final = 32
"""Bytes of an X25519 key, private or public (RFC 7748)."""


class SealBroken(Exception):
    """The text does not open with this key in this place: it was changed, moved, or sealed with another key."""


def generate() -> tuple[bytes, bytes]:
    """A new key pair: (private: ML-KEM seed, X25519 key; 96 bytes), (public: ML-KEM key, X25519 key; 1,216 bytes)."""
    mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    return (
        mlkem.private_bytes_raw() + x25519.private_bytes_raw(),
        mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw(),
    )


def seal(public: bytes, binding: Binding, key_id: str, plain: bytes) -> bytes:
    """`plain` for the holder of the private key, in this place only. Raises ValueError for a malformed key."""
    return SUITE.encrypt(plain, public_key(public), info_of(binding, key_id))


def open_sealed(private: MLKEM768X25519PrivateKey, binding: Binding, key_id: str, sealed: bytes) -> bytes:
    """Raises SealBroken."""
    try:
        return SUITE.decrypt(sealed, private, info_of(binding, key_id))
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def info_of(binding: Binding, key_id: str) -> bytes:
    """What a text is bound to. Each part is preceded by its length, so that no two bindings have the same bytes."""
    parts = ("samspor", binding.stream, str(binding.version), binding.type, key_id)
    return b"".join(len(part.encode()).to_bytes(2) + part.encode() for part in parts)


@lru_cache(maxsize=4096)
def public_key(public: bytes) -> MLKEM768X25519PublicKey:
    """Raises ValueError unless it is as `generate` gives it."""
    if len(public) != MLKEM_PUBLIC + X25519:
        raise ValueError(f"a public key is {MLKEM_PUBLIC + X25519} bytes, not {len(public)}")
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC]),
        X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC:]),
    )


def private_key(private: bytes) -> MLKEM768X25519PrivateKey:
    """Raises ValueError unless it is as `generate` gives it."""
    if len(private) != MLKEM_SEED + X25519:
        raise ValueError(f"a private key is {MLKEM_SEED + X25519} bytes, not {len(private)}")
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(private[:MLKEM_SEED]),
        X25519PrivateKey.from_private_bytes(private[MLKEM_SEED:]),
    )
