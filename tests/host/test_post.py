"""Mail and text messages as a server of each kind gets them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from deploy.local.ports import free_port
from libs.host.post import NotSent, Posting
from libs.host.settings import Settings
from services.gateway.catcher import Catcher, Mailbox

PERSONAL = "Amalie"


@pytest.fixture
def caught() -> Iterator[tuple[Mailbox, str]]:
    """A mail server, and its address."""
    mailbox = Mailbox()
    with Catcher("127.0.0.1", 0, mailbox) as server:
        yield mailbox, f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_mail_arrives_as_it_was_written(caught: tuple[Mailbox, str]) -> None:
    mailbox, server = caught
    post = Posting(Settings(mail=server, mail_from="Samspor <samspor@example.org>"))
    text = "Åbn:\n\nhttps://samspor.example/svar/abc\n.\nHilsen"
    post.mail("post@example.org", "Nogen beder om jeres hjælp", text, message="0189")
    post.mail("post@example.org", "Nogen beder om jeres hjælp", text, message="0189")
    first, second = mailbox.newest_first()
    assert (first.to, first.subject, first.text.strip()) == ("post@example.org", "Nogen beder om jeres hjælp", text)
    assert first.id == second.id == "<0189@example.org>", "the same link is the same mail"


@pytest.mark.parametrize("server", ["", "smtp://127.0.0.1:1", "smtp+tls://127.0.0.1:1"])
def test_what_cannot_be_sent_says_so_and_not_what_it_was(server: str) -> None:
    with pytest.raises(NotSent) as failed:
        Posting(Settings(mail=server)).mail(f"{PERSONAL}@example.org", PERSONAL, PERSONAL, message="1")
    assert PERSONAL not in str(failed.value)


@pytest.mark.parametrize("address", ["a@b.example\nBcc: all@b.example", "a\r\nRCPT TO:<b>"])
def test_an_address_is_one_line(address: str, caught: tuple[Mailbox, str]) -> None:
    mailbox, server = caught
    with pytest.raises(NotSent):
        Posting(Settings(mail=server)).mail(address, "s", "t", message="1")
    assert mailbox.newest_first() == []


class Gateway(BaseHTTPRequestHandler):
    taken: ClassVar[list[tuple[str, Any]]] = []
    status = 200

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.taken.append((self.headers["authorization"], body))
        self.send_response(self.status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.mark.parametrize(("status", "goes"), [(200, True), (202, True), (302, False), (500, False)])
def test_a_text_message_goes_by_an_http_gateway(status: int, goes: bool) -> None:
    handler = type("Answering", (Gateway,), {"taken": [], "status": status})
    with ThreadingHTTPServer(("127.0.0.1", free_port()), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = Settings(text_messages=f"http://127.0.0.1:{server.server_port}/send", text_messages_key="key")
        try:
            Posting(settings).text("+4512345678", "Åbn: https://samspor.example/svar/abc")
        except NotSent:
            assert not goes
        else:
            assert goes
        server.shutdown()
    expected = {"to": "+4512345678", "text": "Åbn: https://samspor.example/svar/abc"}
    assert handler.taken == [("Bearer key", expected)]  # type: ignore[attr-defined]  # made above


def test_without_a_gateway_no_text_message_is_sent() -> None:
    Posting(Settings()).text("+4512345678", "Hi")
