"""The key-encryption key is rotated while people read; what was wrapped under the old one is worth nothing after."""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from libs.eventlog import new_id
from services.consents import rotation
from services.consents.rotation import RotationUnderWay, put_new_key, rotate, write_key
from services.consents.vault import FORMER_FILE, KEK_FILE, FileWrapper, KeyUnwrapped
from tests.consents.counter import FAMILY, Counter


@pytest.fixture
def folder(counter: Counter) -> Path:
    return counter.settings.folder("secrets")


@pytest.fixture
def database(counter: Counter) -> str:
    return counter.settings.database_of("consents")


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


def backup_of(connection: psycopg.Connection[Any]) -> dict[str, bytes]:
    return dict(connection.execute("SELECT id::text, wrapped FROM keys WHERE wrapped IS NOT NULL").fetchall())


def test_everybody_reads_and_writes_while_the_key_is_rotated(
    counter: Counter, folder: Path, database: str, connection: psycopg.Connection[Any]
) -> None:
    citizen = counter.register()
    counter.state(citizen)
    notes = [counter.entry(citizen, FAMILY.organisation, "family", "canary")]
    before, old_key = backup_of(connection), (folder / KEK_FILE).read_text()
    read: list[str] = []
    stop = Event()

    def work() -> None:
        while not stop.is_set():
            # A new citizen each time: so that also new keys are wrapped meanwhile.
            other = counter.register()
            counter.state(other)
            notes.append(counter.entry(citizen, FAMILY.organisation, "family", "canary"))
            fresh = counter.entry(other, FAMILY.organisation, "family", "canary")
            read.extend(
                counter.open(who, FAMILY, each).texts[0].personal["text"]
                for who, each in ((citizen, notes[0]), (citizen, notes[-1]), (other, fresh))
            )

    thread = Thread(target=work)
    thread.start()
    told: list[tuple[int, int]] = []
    rewrapped = rotate(database, folder, lambda done, total: told.append((done, total)))
    stop.set()
    thread.join()
    assert rewrapped >= len(before)
    assert told[0][0] > 0
    assert len(read) > 3
    assert set(read) == {"canary"}
    assert (folder / KEK_FILE).read_text() != old_key
    assert not (folder / FORMER_FILE).exists()
    assert (folder / KEK_FILE).stat().st_mode & 0o777 == 0o600
    wrapper = FileWrapper(folder / KEK_FILE)
    now = backup_of(connection)
    assert all(wrapper.is_current(key_id, wrapped) for key_id, wrapped in now.items())
    for key_id, wrapped in before.items():
        with pytest.raises(KeyUnwrapped):
            wrapper.unwrap(key_id, wrapped)


def test_what_is_interrupted_goes_on(counter: Counter, folder: Path, database: str) -> None:
    citizen = counter.register()
    counter.state(citizen)
    note = counter.entry(citizen, FAMILY.organisation, "family", "canary")
    put_new_key(folder)
    begun = (folder / KEK_FILE).read_text()
    assert counter.open(citizen, FAMILY, note).texts[0].personal["text"] == "canary"
    put_new_key(folder)
    assert (folder / KEK_FILE).read_text() == begun, "a second key would leave the first one's texts to neither"
    assert rotate(database, folder, lambda *_: None) > 0
    assert (folder / KEK_FILE).read_text() == begun
    assert not (folder / FORMER_FILE).exists()
    assert counter.open(citizen, FAMILY, note).texts[0].personal["text"] == "canary"


def test_a_key_destroyed_meanwhile_stays_destroyed(
    counter: Counter, folder: Path, database: str, connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the page that is read and the row that is written."""
    citizen = counter.register()
    key = counter.key(citizen, FAMILY.organisation).id
    wrap = FileWrapper.wrap

    def destroying(self: FileWrapper, key_id: str, private: bytes) -> bytes:
        connection.execute("UPDATE keys SET wrapped = NULL WHERE id = %s", [key])
        return wrap(self, key_id, private)

    monkeypatch.setattr(FileWrapper, "wrap", destroying)
    rotate(database, folder, lambda *_: None)
    assert key not in backup_of(connection)


def test_one_at_a_time(folder: Path, database: str, connection: psycopg.Connection[Any]) -> None:
    with rotation.alone(connection), pytest.raises(RotationUnderWay):
        rotate(database, folder, lambda *_: None)


def test_a_wrapper_takes_up_a_new_key_and_lets_go_of_the_former(tmp_path: Path) -> None:
    current, key_id, private = tmp_path / KEK_FILE, new_id(), secrets.token_bytes(96)
    current.write_text(secrets.token_hex(32))
    wrapper = FileWrapper(current)
    wrapped = wrapper.wrap(key_id, private)
    shutil.copy(current, copy := tmp_path / "copy")
    put_new_key(tmp_path)
    assert wrapper.unwrap(key_id, wrapped) == private
    assert not wrapper.is_current(key_id, wrapped)
    assert wrapper.is_current(key_id, wrapper.wrap(key_id, private))
    rotation.destroy_file(tmp_path / FORMER_FILE)
    with pytest.raises(KeyUnwrapped):
        wrapper.unwrap(key_id, wrapped)
    write_key(current, copy.read_bytes(), like=copy)
    assert wrapper.unwrap(key_id, wrapped) == private
