"""Keys wrapped by a key management service, against a server that does over HTTP what the transit engine does."""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import msgspec
import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deploy.local.postgres import Postgres
from libs.eventlog import new_id
from libs.host.errors import ServiceUnavailable
from services.consents.rotation import rotate_in_engine
from services.consents.transit import TransitWrapper
from services.consents.vault import KEK_FILE, TRANSIT_FILE, FileWrapper, KeyUnwrapped, wrapper_of

TOKEN = "s.canary"  # a token that only this test's server knows
PRIVATE = secrets.token_bytes(96)


class Engine(BaseHTTPRequestHandler):
    """/v1/transit/{encrypt,decrypt,keys}/samspor as OpenBao 2 and Vault 1.13 document it."""

    versions: ClassVar[dict[int, AESGCM]] = {1: AESGCM(AESGCM.generate_key(256))}
    least: ClassVar[int] = 1
    """Oldest version that still opens."""

    def do_GET(self) -> None:
        assert self.path == "/v1/transit/keys/samspor"
        return self.answer(200, {"data": {"latest_version": max(self.versions)}})

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers["X-Vault-Token"] != TOKEN:
            return self.answer(403, {"errors": ["permission denied"]})
        if self.path.startswith("/v1/transit/keys/samspor/"):
            return self.manage(self.path.rpartition("/")[2], msgspec.json.decode(content or b"{}"))
        asked = msgspec.json.decode(content, type=dict[str, str])
        bound = b64decode(asked["associated_data"])
        if self.path == "/v1/transit/encrypt/samspor":
            nonce = secrets.token_bytes(12)
            newest = max(self.versions)
            sealed = nonce + self.versions[newest].encrypt(nonce, b64decode(asked["plaintext"]), bound)
            return self.answer(200, {"data": {"ciphertext": f"vault:v{newest}:{b64encode(sealed).decode()}"}})
        try:
            _, version, text = asked["ciphertext"].split(":")
            sealed = b64decode(text, validate=True)
            plain = self.versions[int(version[1:])].decrypt(sealed[:12], sealed[12:], bound)
        except (InvalidTag, ValueError, KeyError):
            return self.answer(400, {"errors": ["cipher: message authentication failed"]})
        return self.answer(200, {"data": {"plaintext": b64encode(plain).decode()}})

    def manage(self, what: str, asked: dict[str, int]) -> None:
        cls = type(self)
        if what == "rotate":
            cls.versions[max(cls.versions) + 1] = AESGCM(AESGCM.generate_key(256))
        elif what == "config":
            cls.least = asked["min_decryption_version"]
        elif asked["min_available_version"] > cls.least:
            return self.answer(400, {"errors": ["cannot be greater than min_decryption_version"]})
        else:
            for version in [each for each in cls.versions if each < asked["min_available_version"]]:
                del cls.versions[version]
        return self.answer(204, None)

    def answer(self, status: int, body: object) -> None:
        content = msgspec.json.encode(body) if body is not None else b""
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


def test_after_a_rotation_the_engine_opens_what_was_rewrapped_and_nothing_else(
    folder: Path, postgres: Postgres
) -> None:
    wrapper = TransitWrapper.from_file(folder / TRANSIT_FILE)
    held = {key_id: wrapper.wrap(key_id, PRIVATE) for key_id in (new_id(), new_id(), new_id())}
    now: dict[str, bytes] = {}
    with psycopg.connect(postgres.admin_url()) as connection:
        connection.execute("CREATE TEMPORARY TABLE keys (id uuid PRIMARY KEY, wrapped bytea)")
        for row in held.items():
            connection.execute("INSERT INTO keys VALUES (%s, %s)", row)
        assert rotate_in_engine(connection, wrapper, lambda *_: None) == len(held)
        now |= dict(connection.execute("SELECT id::text, wrapped FROM keys").fetchall())
    assert now.keys() == held.keys()
    assert all(wrapper.unwrap(key_id, wrapped) == PRIVATE for key_id, wrapped in now.items())
    assert all(wrapper.is_current(key_id, wrapped) for key_id, wrapped in now.items())
    for key_id, wrapped in held.items():
        with pytest.raises(KeyUnwrapped):
            wrapper.unwrap(key_id, wrapped)


def test_a_misspelt_setting_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / TRANSIT_FILE).write_text('address = "http://127.0.0.1:1"\nkey = "k"\ntoken_file = "t"\nmuont = "x"\n')
    with pytest.raises(msgspec.ValidationError):
        TransitWrapper.from_file(tmp_path / TRANSIT_FILE)


def test_a_file_holds_the_key_where_nothing_else_is_said(tmp_path: Path) -> None:
    (tmp_path / KEK_FILE).write_text(secrets.token_hex(32))
    assert isinstance(wrapper_of(tmp_path), FileWrapper)
