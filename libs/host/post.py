"""Mail and text messages on their way out: SMTP (RFC 5321), and an HTTP gateway for text messages."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import closing
from email.message import EmailMessage
from typing import Final, Protocol
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from libs.host.settings import Settings

PATIENCE: Final = 10.0
"""Seconds that a server is waited for."""


class NotSent(Exception):
    """The message never names its address or its content."""


class Post(Protocol):
    def mail(self, to: str, subject: str, text: str, *, message: str) -> None:
        """`message`: id of the mail; the same one again is the same mail. Raises NotSent."""

    def text(self, to: str, text: str) -> None:
        """Nothing where no gateway is set. Raises NotSent."""


class Posting:
    """By the settings `mail`, `mail_from`, `text_messages` and `text_messages_key`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def mail(self, to: str, subject: str, text: str, *, message: str) -> None:
        made, sender = EmailMessage(), self._settings.mail_from
        try:
            for name, value in {"From": sender, "To": to, "Subject": subject, **HEADERS}.items():
                made[name] = value
            made["Message-ID"] = f"<{message}@{sender.rpartition('@')[2].strip('>')}>"
            made.set_content(text)
            self._send(made)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NotSent(type(error).__name__) from None

    def _send(self, made: EmailMessage) -> None:
        server = urlsplit(self._settings.mail)
        if not server.hostname:
            raise NotSent("SAMSPOR_MAIL is not set")
        kind: type[smtplib.SMTP] = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
        with kind(server.hostname, server.port or 0, timeout=PATIENCE) as connection:
            if server.scheme == "smtp+tls":
                connection.starttls(context=ssl.create_default_context())
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(made)

    def text(self, to: str, text: str) -> None:
        if not self._settings.text_messages:
            return
        body = msgspec.json.encode({"to": to, "text": text})
        headers = {"content-type": "application/json", "authorization": f"Bearer {self._settings.text_messages_key}"}
        request = Request(self._settings.text_messages, body, headers, method="POST")  # noqa: S310 -- an operator's own
        try:
            with closing(build_opener(Stay).open(request, timeout=PATIENCE)):
                pass
        except (URLError, OSError, ValueError) as error:
            raise NotSent(type(error).__name__) from None


class Stay(HTTPRedirectHandler):
    """A gateway that sends us elsewhere is not the one that was set."""

    def redirect_request(self, *_: object) -> None:
        return None


HEADERS: Final[Mapping[str, str]] = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""RFC 3834: no machine answers it."""
