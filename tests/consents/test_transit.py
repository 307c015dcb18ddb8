"""Keys wrapped by a key management service, against a server that does over HTTP what the transit engine does."""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.eventlog import new_id
from libs.host.errors import ServiceUnavailable
from services.consents.transit import TransitWrapper
from services.consents.vault import KEK_FILE, TRANSIT_FILE, FileWrapper, KeyUnwrapped, wrapper_of

TOKEN = "s.canary"  # a token that only this test's server knows
PRIVATE = secrets.token_bytes(96)


class Engine(BaseHTTPRequestHandler):
    """POST /v1/transit/{encrypt,decrypt}/samspor as OpenBao 2 and Vault 1.13 document it."""

    aead: ClassVar = AESGCM(AESGCM.generate_key(256))

    def do_POST(self) -> None:
        asked = msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"])), type=dict[str, str])
        if self.headers["X-Vault-Token"] != TOKEN:
            return self.answer(403, {"errors": ["permission denied"]})
        bound = b64decode(asked["associated_data"])
        if self.path == "/v1/transit/encrypt/samspor":
            nonce = secrets.token_bytes(12)
            sealed = nonce + self.aead.encrypt(nonce, b64decode(asked["plaintext"]), bound)
            return self.answer(200, {"data": {"ciphertext": f"vault:v1:{b64encode(sealed).decode()}"}})
        try:
            sealed = b64decode(asked["ciphertext"].removeprefix("vault:v1:"), validate=True)
            plain = self.aead.decrypt(sealed[:12], sealed[12:], bound)
        except (InvalidTag, ValueError):
            return self.answer(400, {"errors": ["cipher: message authentication failed"]})
        return self.answer(200, {"data": {"plaintext": b64encode(plain).decode()}})

    def answer(self, status: int, body: object) -> None:
        content = msgspec.json.encode(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A secrets folder that names a running engine."""
    server = HTTPServer(("127.0.0.1", 0), Engine)
    thread = Thread(target=server.serve_forever)
    thread.start()
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / TRANSIT_FILE).write_text(
        f'address = "http://127.0.0.1:{server.server_port}"\nkey = "samspor"\ntoken_file = "{tmp_path / "token"}"\n'
    )
    yield tmp_path
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_key_comes_out_for_its_id_only(folder: Path) -> None:
    wrapper, key_id = wrapper_of(folder), new_id()
    wrapped = wrapper.wrap(key_id, PRIVATE)
    assert wrapper.unwrap(key_id, wrapped) == PRIVATE
    assert PRIVATE not in wrapped
    for other, content in ((new_id(), wrapped), (key_id, wrapped[:-4] + b"AAAA"), (key_id, b"\xff")):
        with pytest.raises(KeyUnwrapped) as caught:
            wrapper.unwrap(other, content)
        assert str(caught.value) == other


def test_an_engine_that_is_away_or_does_not_know_us_is_said_to_be_away(folder: Path) -> None:
    (folder / "token").write_text("another")
    with pytest.raises(ServiceUnavailable) as caught:
        wrapper_of(folder).wrap(new_id(), PRIVATE)
    assert TOKEN not in str(caught.value)
    away = (folder / TRANSIT_FILE).read_text().replace("127.0.0.1", "127.0.0.2").replace('key = "', 'key = "x')
    (folder / TRANSIT_FILE).write_text(away)
    with pytest.raises(ServiceUnavailable):
        wrapper_of(folder).unwrap(new_id(), b"vault:v1:AAAA")


def test_a_misspelt_setting_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / TRANSIT_FILE).write_text('address = "http://127.0.0.1:1"\nkey = "k"\ntoken_file = "t"\nmuont = "x"\n')
    with pytest.raises(msgspec.ValidationError):
        TransitWrapper.from_file(tmp_path / TRANSIT_FILE)


def test_a_file_holds_the_key_where_nothing_else_is_said(tmp_path: Path) -> None:
    (tmp_path / KEK_FILE).write_text(secrets.token_hex(32))
    assert isinstance(wrapper_of(tmp_path), FileWrapper)
