"""The token of a reply link: HMAC-SHA256 of the link's id, 256 bits, under a key of its own.

It is worked out whenever it is sent, so sending again after a crash sends the same link; the log and the database keep
its SHA-256 only. Nobody guesses it: at a million tries a second, all day, for the life of a link (14 days), the chance
to meet one of a million open links is 2^60 in 2^256.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Tokens:
    def __init__(self, signing_keys: Path, of: str = "reply links") -> None:
        """The key follows from the one that referrals signs with, which is made at set-up: who could read that could
        say anything in our name. A new signing key ends all links that were sent."""
        secret = (signing_keys / "referrals.pem").read_bytes()
        self._key = HKDF(SHA256(), length=32, salt=None, info=b"samspor " + of.encode()).derive(secret)

    def of(self, link: str) -> str:
        """43 characters of base64url."""
        made = hmac.digest(self._key, UUID(link).bytes, "sha256")
        return urlsafe_b64encode(made).rstrip(b"=").decode()


def digest_of(token: str) -> str:
    """What is kept of a token: SHA-256, in hex."""
    return sha256(token.encode()).hexdigest()
