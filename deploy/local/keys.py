"""Keys of a local installation, made once: token keys of every issuer, and the two secrets of consents."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SECRETS = ("key-encryption.key", "identity-hmac.key")
"""32 bytes each, in hex (services/consents/vault.py)."""


def make_token_keys(folder: Path, issuers: Iterable[str]) -> None:
    """`private/<issuer>.pem` and `public/<issuer>.pem`, Ed25519, for each issuer that has none."""
    for kind in ("private", "public"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for issuer in issuers:
        private, public = folder / "private" / f"{issuer}.pem", folder / "public" / f"{issuer}.pem"
        if private.exists() and public.exists():
            continue
        key = Ed25519PrivateKey.generate()
        write_secret(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def make_secrets(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in SECRETS:
        if not (folder / name).exists():
            write_secret(folder / name, secrets.token_hex(32).encode())


def write_secret(file: Path, content: bytes) -> None:
    """Whole or not at all, mode 0600: a key that was half written would make all that it sealed unreadable."""
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    new.rename(file)
