"""The protos keep buf's rules, and stay readable for callers of the last release (protos/baseline.binpb).

After a release: buf build protos --exclude-source-info -o protos/baseline.binpb
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
BUF: Final = Path(sys.executable).parent / "buf"
CASES: Final = "samspor/cases/v1/cases.proto"


def complaints(command: str, protos: Path, *arguments: str) -> list[str]:
    ran = subprocess.run(
        [BUF, command, protos, *arguments], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert ran.returncode in (0, 100), ran.stderr
    return ran.stdout.splitlines()


def breaks(protos: Path) -> list[str]:
    return complaints("breaking", protos, "--against", str(ROOT / "protos" / "baseline.binpb"))


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, str], Path]:
    """A copy of the protos in which one text of cases.proto is another."""

    def change(old: str, new: str) -> Path:
        shutil.copytree(ROOT / "protos", tmp_path / "protos")
        file = tmp_path / "protos" / CASES
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new, 1))
        return tmp_path / "protos"

    return change


def test_protos_are_in_order() -> None:
    assert complaints("lint", ROOT / "protos") == []


def test_protos_break_no_caller() -> None:
    assert breaks(ROOT / "protos") == []


def test_lint_notices(changed: Callable[[str, str], Path]) -> None:
    assert complaints("lint", changed("string subject_code", "string subjectCode"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("string subject_code = 3", "string subject = 3"),
        ("string subject_code = 3", "bytes subject_code = 3"),
        ("string subject_code = 3", "string subject_code = 30"),
        ("rpc CloseCase(", "rpc EndCase("),
    ],
)
def test_breaking_notices(old: str, new: str, changed: Callable[[str, str], Path]) -> None:
    assert breaks(changed(old, new))


def test_an_added_field_breaks_nobody(changed: Callable[[str, str], Path]) -> None:
    assert breaks(changed("message GetCase {", "message GetCase {\n  string more = 90;")) == []
