"""Who is asking: short-lived signed tokens (JWT, RFC 7519; Ed25519, RFC 9864), one audience each.

An issuer is a file with its public key, `<issuers>/<issuer>.pem`. A login (the gateway, the CLI) says who a person is.
A service may speak only for itself (`sub` is its name) or for a person who asked it: then `act` names it (RFC 8693
section 4.1), with the services before it inside.
"""

import binascii
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from libs.eventlog.refusal import Kind, Refusal
from libs.host.remembered import Remembered

ALGORITHM: Final = "Ed25519"
SERVICE: Final = "service"
"""The role of a service that speaks for itself. No person has it."""
LIFETIME: Final = 300
"""Seconds that a token is good for."""
SKEW: Final = 30
"""Seconds that two clocks may differ."""
REMEMBERED: Final = 2_000
"""Tokens whose signature need not be checked again, or that need not be signed again."""
LONGEST: Final = 4096
"""Characters of a token."""


class TokenMissing(Refusal):
    kind = Kind.UNAUTHENTICATED
    reason = "TOKEN_MISSING"
    message = "No token came with the call. Send one as metadata `authorization: Bearer <token>`."


class TokenInvalid(Refusal):
    kind = Kind.UNAUTHENTICATED
    reason = "TOKEN_INVALID"
    message = "The token is not accepted: {why}."


class TokenExpired(Refusal):
    kind = Kind.UNAUTHENTICATED
    reason = "TOKEN_EXPIRED"
    message = "The token is no longer good. Get a new one and repeat."


class Actor(msgspec.Struct, frozen=True):
    """A service that asks on the person's behalf, and the one it was asked by."""

    sub: str
    act: "Actor | None" = None


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says."""

    iss: str
    aud: str
    """The service it is for."""
    sub: str
    """The person: a random id, the citizen's id for a citizen, or a service's name."""
    org: str = ""
    role: str = ""
    unit: str = ""
    act: Actor | None = None
    exp: int = 0

    @property
    def via(self) -> tuple[str, ...]:
        """The services it came through, the last one first."""
        names: list[str] = []
        actor = self.act
        while actor is not None:
            names.append(actor.sub)
            actor = actor.act
        return tuple(names)


def actors(via: Collection[str]) -> Actor | None:
    """The `act` claim of a chain of services, the last one first."""
    actor = None
    for name in reversed(list(via)):
        actor = Actor(name, actor)
    return actor


class Issuer:
    """Signs tokens in one issuer's name. Raises FileNotFoundError without `<folder>/<name>.pem`."""

    def __init__(self, name: str, folder: Path, now: Callable[[], float] = time.time) -> None:
        self.name = name
        self._key = OKPKey.import_key((folder / f"{name}.pem").read_bytes())
        self._now, self._signed = now, Remembered(REMEMBERED)

    def token(
        self, audience: str, person: str, *, organisation: str, role: str, unit: str = "", via: tuple[str, ...] = ()
    ) -> str:
        """A token for `audience`. The same one is handed out again for half its life."""
        what, now = (audience, person, organisation, role, unit, via), self._now()
        token, until = self._signed.get(what) or ("", 0)
        if now >= until:
            claims = Claims(
                iss=self.name,
                aud=audience,
                sub=person,
                org=organisation,
                role=role,
                unit=unit,
                act=actors(via),
                exp=int(now) + LIFETIME,
            )
            token = jwt.encode({"alg": ALGORITHM}, msgspec.to_builtins(claims), self._key, algorithms=[ALGORITHM])
            self._signed.put(what, (token, now + LIFETIME / 2))
        return token


class Verifier:
    """Reads tokens meant for one audience. `services` are the issuers that may not say who a person is."""

    def __init__(
        self, audience: str, folder: Path, services: Collection[str], now: Callable[[], float] = time.time
    ) -> None:
        self._audience, self._folder, self._services = audience, folder, frozenset(services)
        self._now, self._verified = now, Remembered(REMEMBERED)
        self._keys: dict[str, OKPKey] = {}

    def claims(self, token: str) -> Claims:
        """Raises TokenInvalid, TokenExpired."""
        claims: Claims | None = self._verified.get(token)
        if claims is None:
            claims = self._checked(token)
            self._verified.put(token, claims)
        if claims.exp + SKEW < self._now():
            raise TokenExpired
        return claims

    def _checked(self, token: str) -> Claims:
        if len(token) > LONGEST:
            raise TokenInvalid(why="it is too long")
        try:
            issuer = str(jwt_payload(token).get("iss"))
            decoded = jwt.decode(token, self._key(issuer), algorithms=[ALGORITHM])
            claims = msgspec.convert(decoded.claims, Claims)
        except (JoseError, ValueError, msgspec.ValidationError):
            raise TokenInvalid(why="it cannot be read, or its signature does not match its issuer's key") from None
        if claims.aud != self._audience:
            raise TokenInvalid(why=f"it is not meant for {self._audience}")
        if claims.exp > self._now() + LIFETIME + SKEW:
            raise TokenInvalid(why=f"it is good for longer than {LIFETIME} seconds")
        if not claims.sub:
            raise TokenInvalid(why="it says nothing of whom it is about")
        of_itself = claims.iss in self._services and claims.sub == claims.iss
        if of_itself != (claims.role == SERVICE):
            raise TokenInvalid(why=f"the role {SERVICE} is for a service that speaks for itself, and no other is")
        if claims.iss in self._services and not of_itself and claims.via[:1] != (claims.iss,):
            raise TokenInvalid(why="its issuer may not say who a person is")
        if claims.iss not in self._services and claims.act is not None:
            raise TokenInvalid(why="its issuer may not speak for a service")
        return claims

    def _key(self, issuer: str) -> OKPKey:
        """The issuer's public key, read again when it was not there: a key may be added while we run."""
        if issuer not in self._keys:
            file = self._folder / f"{issuer}.pem"
            if not issuer.replace("-", "").isalnum() or not file.is_file():
                raise TokenInvalid(why="its issuer is not known here")
            self._keys[issuer] = OKPKey.import_key(file.read_bytes())
        return self._keys[issuer]


def jwt_payload(token: str) -> dict[str, Any]:
    """The claims of a token, not yet believed. Raises ValueError, JoseError."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("a token has three parts")
    try:
        payload = msgspec.json.decode(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, msgspec.DecodeError) as error:
        raise ValueError("a token's middle is JSON") from error
    if not isinstance(payload, dict):
        raise ValueError("a token's middle is an object")  # noqa: TRY004  # one error for whatever is wrong with it
    return payload
