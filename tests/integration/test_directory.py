"""The directory of a running platform: loaded from real ones, out as the specification asks, and the same elsewhere."""

import json
import time
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from cli.main import app
from deploy.local.platform import Platform
from deploy.local.postgres import Postgres
from libs.spec.platforms import samspor
from tests.imports.schema import FOLDER, wrong
from tests.partners.system import running, show_directory

DATA: Final = FOLDER.parent
DIRECTORIES: Final = ("hsds-ilao", "hsds-spec-examples/organization_full.json")
SHOWN_WITHIN: Final = 60.0
"""Seconds from a command to the directory, on a busy machine."""


@pytest.mark.skipif(not DATA.exists(), reason="needs the directories")
def test_what_is_exported_is_valid_and_gives_the_same_directory(
    platform: Platform, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = 0
    for name in DIRECTORIES:
        report = json.loads(samspor(platform, "import-directory", str(DATA / name), "--json"))
        assert report["refused"] == 0
        expected += report["organizations"]
    first = exported(platform, tmp_path, expected)
    for text in first.values():
        assert wrong("organization", json.loads(text)) == []

    (tmp_path / "empty").mkdir()
    with running(postgres, tmp_path / "empty", ("partners",)) as empty:
        monkeypatch.setattr("libs.host.settings.load", lambda: empty)
        for arguments in (("import-directory", "first"), ("export-directory", "second")):
            result = CliRunner().invoke(app, [arguments[0], str(tmp_path / arguments[1])])
            assert result.exit_code == 0, result.output
            show_directory(empty)
    second = files(tmp_path / "second")
    assert second.keys() == first.keys()
    assert [name for name, text in first.items() if second[name] != text] == []


def exported(platform: Platform, folder: Path, expected: int) -> dict[str, bytes]:
    """Organizations of the platform, once its worker has shown those that were loaded and nothing changes any more."""
    deadline, before = time.monotonic() + SHOWN_WITHIN, (0, 0)
    for attempt in range(1000):
        report = json.loads(samspor(platform, "export-directory", str(folder / f"try {attempt}"), "--json"))
        found = report["organizations"], report["services"]
        if found == before and found[0] >= expected:
            (folder / f"try {attempt}").rename(folder / "first")
            return files(folder / "first")
        assert time.monotonic() < deadline, f"{found} are shown, {expected} organizations were loaded"
        before = found
    raise AssertionError


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.json")}
