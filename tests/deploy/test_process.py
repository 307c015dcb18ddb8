"""A program is known by pid and start time: nothing else is ever signalled in its place."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.process import NotReady, Process, start_ticks

ENVIRONMENT = {"PATH": os.environ["PATH"]}
WAITS = [sys.executable, "-c", "import signal; signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.sigwait({10})",
]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    made = Process("program", tmp_path)
    yield made
    made.kill()


def test_a_later_run_finds_and_stops_what_an_earlier_one_started(process: Process, tmp_path: Path) -> None:
    process.start(WAITS, ENVIRONMENT)
    found = Process("program", tmp_path)

    assert found.pid == process.pid is not None
    found.stop()
    assert process.returncode == -15


def test_a_stranger_with_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(WAITS) as stranger:
        ticks = start_ticks(stranger.pid)
        assert ticks is not None
        (tmp_path / "program.pid").write_text(json.dumps([stranger.pid, ticks - 1]))
        found = Process("program", tmp_path)

        assert found.pid is None
        found.stop()
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("text", ["", "{", "12", "[1]", "null"])
def test_a_damaged_record_names_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "program.pid").write_text(text)

    assert Process("program", tmp_path).pid is None


def test_who_does_not_end_when_asked_is_made_to(process: Process) -> None:
    process.start(STUBBORN, ENVIRONMENT)
    process.wait_ready(lambda: "up" in process.last_lines(), 30)
    process.stop(seconds=0.2)

    assert process.returncode == -9


def test_a_program_that_ends_while_starting_says_why(process: Process) -> None:
    process.start([sys.executable, "-c", "raise SystemExit('the disk is full')"], ENVIRONMENT)

    with pytest.raises(NotReady, match="ended while starting:\nthe disk is full"):
        process.wait_ready(lambda: False, 30)
