"""A mail server for demonstrations: it takes every mail, keeps the last ones in memory, and sends none (RFC 5321)."""

import socketserver
from collections import deque
from datetime import UTC, datetime
from email import message_from_bytes, policy
from threading import Thread
from typing import Final, NamedTuple

MOST: Final = 200
"""Mails kept."""
LARGEST: Final = 100_000
"""Bytes of a mail."""
PATIENCE: Final = 10.0
"""Seconds that a sender may be silent."""


class Mail(NamedTuple):
    at: datetime
    to: str
    subject: str
    text: str
    id: str


class Mailbox:
    """Thread-safe: a deque is."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=MOST)

    def put(self, content: bytes) -> None:
        parsed = message_from_bytes(content, policy=policy.default)
        text = str(parsed.get_content()).replace("\r\n", "\n") if parsed.get_content_maintype() == "text" else ""
        heads = [str(parsed.get(name, "")) for name in ("To", "Subject", "Message-ID")]
        self._mails.append(Mail(datetime.now(UTC), heads[0], heads[1], text, heads[2]))

    def newest_first(self) -> list[Mail]:
        return list(self._mails)[::-1]


class Conversation(socketserver.StreamRequestHandler):
    timeout = PATIENCE
    server: "Catcher"

    def handle(self) -> None:
        self.say("220 samspor demonstration")
        while line := self.rfile.readline(1000):
            match line[:4].upper():
                case b"DATA":
                    self.say("354 end with a dot")
                    if not self.take():
                        return
                case b"QUIT":
                    self.say("221 bye")
                    return
                case b"EHLO" | b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP":
                    self.say("250 ok")
                case _:
                    self.say("502 not known here")

    def take(self) -> bool:
        content = bytearray()
        while (line := self.rfile.readline(LARGEST)) not in (b".\r\n", b""):
            content += line[1:] if line.startswith(b".") else line
            if len(content) > LARGEST:
                self.say("552 too large")
                return False
        self.server.mailbox.put(bytes(content))
        self.say("250 kept")
        return True

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Catcher(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host: str, port: int, mailbox: Mailbox) -> None:
        super().__init__((host, port), Conversation)
        self.mailbox = mailbox
        Thread(target=self.serve_forever, name="mail-catcher", daemon=True).start()
