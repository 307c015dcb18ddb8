"""The same log works in a worker, where eventlet has patched threads, locks and sockets."""

import subprocess
import sys
from pathlib import Path

from tests.eventlog.conftest import Base


def test_the_log_works_under_eventlet_and_never_holds_the_hub(base: Base) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.eventlog.green", base.dsn]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("ok\n", "")
    assert base.query("SELECT count(*), max(position) FROM events") == [(300, 300)]
