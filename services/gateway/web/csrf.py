"""That a form was sent from our own page: a masked token in it, made from a secret in the session."""

import hmac
import secrets
from typing import Any, Final

FIELD: Final = "_token"


def secret(session: dict[str, Any]) -> str:
    """The session's secret; made on first use."""
    return str(session.setdefault("csrf", secrets.token_hex(16)))


def token(session: dict[str, Any]) -> str:
    """A token for one form. Differs each time, so that compression tells nothing about the secret (BREACH)."""
    salt = secrets.token_hex(8)
    return salt + _mac(secret(session), salt)


def valid(session: dict[str, Any], sent: str) -> bool:
    """Whether `sent` was made in this session."""
    return "csrf" in session and hmac.compare_digest(sent[16:].encode(), _mac(session["csrf"], sent[:16]).encode())


def _mac(key: str, salt: str) -> str:
    return hmac.new(key.encode(), salt.encode(), "sha256").hexdigest()
