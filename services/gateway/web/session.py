"""Who is signed in: one cookie that only the gateway can read or make.

It holds ids and a role, never a name, and it is encrypted (Fernet: AES-CBC and HMAC-SHA256, with its time inside), so a
cookie jar tells nothing about anybody. Nothing is kept on the server: any gateway process can answer any request.
"""

import json
from http.cookies import SimpleCookie
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAME: Final = "samspor"
LIFETIME: Final = 8 * 3600
"""Seconds without a page load after which a person must sign in again: a working day."""


class Sessions:
    """Middleware: `scope["session"]` is a dict that is read from the cookie and written back when it is not empty."""

    def __init__(self, app: ASGIApp, key: bytes, secure: bool) -> None:
        """`key`: 32 bytes, urlsafe base64. `secure`: send the cookie over TLS only (false on loopback)."""
        self._app, self._fernet, self._secure = app, Fernet(key), secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = HTTPConnection(scope).cookies.get(NAME, "")
        scope["session"] = self._read(sent)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and (sent or scope["session"]):
                MutableHeaders(scope=message).append("set-cookie", self._cookie(scope["session"]))
            await send(message)

        await self._app(scope, receive, sending)

    def _read(self, sent: str) -> dict[str, Any]:
        try:
            session = json.loads(self._fernet.decrypt(sent, ttl=LIFETIME)) if sent else {}
        except (InvalidToken, ValueError):
            return {}
        return session if isinstance(session, dict) else {}

    def _cookie(self, session: dict[str, Any]) -> str:
        value = self._fernet.encrypt(json.dumps(session).encode()).decode() if session else ""
        return cookie(NAME, value, LIFETIME if session else 0, secure=self._secure)


def cookie(name: str, value: str, lifetime: int, *, secure: bool) -> str:
    """A Set-Cookie header's value: for this site, not for scripts, not sent along from other sites' forms."""
    made: SimpleCookie = SimpleCookie({name: value})
    attributes: dict[str, Any] = {
        "path": "/",
        "httponly": True,
        "samesite": "Lax",
        "max-age": lifetime,
        "secure": secure,
    }
    made[name].update(attributes)
    return made[name].OutputString()
