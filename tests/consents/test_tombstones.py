"""The file of destroyed keys: what a crash leaves of it, and who else sees what is added."""

from pathlib import Path

import pytest

from libs.eventlog import new_id
from services.consents.tombstones import Tombstones


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "destroyed.keys"


def test_what_is_added_is_there_after_a_start(file: Path) -> None:
    one, two = new_id(), new_id()
    stones = Tombstones(file)
    assert one not in stones
    stones.add([one])
    stones.add([one, two])
    assert file.read_text() == f"{one}\n{two}\n"
    assert Tombstones(file).all() == {one, two}
    assert file.stat().st_mode & 0o777 == 0o600


def test_another_process_sees_what_is_added_once(file: Path) -> None:
    one, two = new_id(), new_id()
    mine, theirs = Tombstones(file), Tombstones(file)
    mine.add([one])
    assert theirs.reread() == {one}
    theirs.add([two])
    assert theirs.reread() == frozenset()
    assert mine.reread() == {two}
    assert one in theirs
    assert two in mine


@pytest.mark.parametrize("left", ["01890a5d-ac96", "01890a5d-ac96-774b-bcce-b302099ad001", "x" * 36])
def test_a_torn_line_hides_no_other(file: Path, left: str) -> None:
    one, two = new_id(), new_id()
    Tombstones(file).add([one])
    with file.open("a") as torn:
        torn.write(left)
    Tombstones(file).add([two])
    assert {one, two} <= Tombstones(file).all()
    assert all(len(key_id) == 36 for key_id in Tombstones(file).all())


def test_a_tombstone_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Tombstones(tmp_path / "gone" / "destroyed.keys").add([new_id()])
