"""What every answer and every request must keep to, whatever page it is."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST: Final = 1_000_000
"""Bytes of a request's body."""
DRAINED: Final = 10 * MOST
"""Bytes that are read and forgotten of a body that is too large."""

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
SECURE: Final = {"strict-transport-security": "max-age=31536000"}


class TooLarge(Exception):
    """The body passed MOST bytes while it was read."""


class Guard:
    """Middleware: security headers on every answer, nothing personal cached, bodies no larger than MOST."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app, self._headers = app, HEADERS | (SECURE if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST:
            await _too_large(scope, receive, sending, more=True)
            return
        read, more = 0, True

        async def receiving() -> Message:
            nonlocal read, more
            message = await receive()
            read, more = read + len(message.get("body", b"")), bool(message.get("more_body"))
            if read > MOST:
                raise TooLarge
            return message

        try:
            await self._app(scope, receiving, sending)
        except TooLarge:
            await _too_large(scope, receive, sending, more=more)


async def _too_large(scope: Scope, receive: Receive, send: Send, *, more: bool) -> None:
    """Reads on for a while before it answers: many a client looks for an answer only when it has sent everything."""
    read = 0
    while more and read < DRAINED:
        message = await receive()
        read += len(message.get("body", b""))
        more = bool(message.get("more_body"))
    text = f"413 REQUEST_TOO_LARGE: at most {MOST} bytes are accepted.\n"
    await PlainTextResponse(text, 413, {"connection": "close"})(scope, receive, send)
