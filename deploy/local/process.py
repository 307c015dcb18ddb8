"""One program we started: known by its pid and start time, so that nothing else is ever signalled in its place."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.local.account import Account

LONGEST_LOG: Final = 16_000_000
"""Bytes; a longer log is set aside at the next start."""


class NotReady(Exception):
    """A server did not become ready in time; the message ends with the last lines of its log."""


def start_ticks(pid: int) -> int | None:
    """Start time of a living process in clock ticks since boot (proc(5), stat field 22); None for none or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def command_line(pid: int) -> bytes:
    """Of a living process, its arguments separated by zeros (proc(5)); empty for none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Whether `condition` became true within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


class Process:
    """A program whose pid stands in `<folder>/<name>.pid`, also for the run after the one that started it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.record = folder / f"{name}.pid"
        self.log = folder / f"{name}.log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The pid, if that very process is alive."""
        if self._child is not None:
            return self._child.pid if self._child.poll() is None else None
        try:
            pid, ticks = json.loads(self.record.read_text())
        except (OSError, ValueError, TypeError):
            return None
        return int(pid) if start_ticks(int(pid)) == ticks else None

    @property
    def returncode(self) -> int | None:
        return None if self._child is None else self._child.poll()

    def start(self, command: Sequence[str], env: Mapping[str, str], account: Account | None = None) -> None:
        """Start in a session of its own (Ctrl-C is the supervisor's to handle), output appended to the log."""
        who = account or Account.own()
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.rename(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=self.record.parent,
                start_new_session=True,
                **who.arguments(),
            )
        self.record.write_text(json.dumps([self._child.pid, start_ticks(self._child.pid)]))

    def send(self, signum: signal.Signals) -> None:
        if (pid := self.pid) is not None:
            os.kill(pid, signum)

    def stop(self, signum: signal.Signals = signal.SIGTERM, seconds: float = 20.0) -> None:
        """Ask it to end; after `seconds` make it."""
        self.send(signum)
        if not wait_until(lambda: self.pid is None, seconds):
            self.kill()
        self.record.unlink(missing_ok=True)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.send(signal.SIGKILL)
        if not wait_until(lambda: self.pid is None, 10):
            raise NotReady(f"{self.name}: process {self.pid} survives SIGKILL")

    def wait_end(self, seconds: float) -> None:
        """Wait until a program that does one thing has done it; NotReady if it failed or `seconds` pass."""
        wait_until(lambda: self.pid is None, seconds)
        if self.returncode != 0:
            self.kill()
            raise NotReady(f"{self.name} failed:\n{self.last_lines()}")
        self.record.unlink(missing_ok=True)

    def wait_ready(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready()`; NotReady if it dies or `seconds` pass."""
        if not wait_until(lambda: self.pid is None or ready(), seconds):
            raise NotReady(f"{self.name} is not ready after {seconds:.0f} s:\n{self.last_lines()}")
        if self.pid is None:
            raise NotReady(f"{self.name} ended while starting:\n{self.last_lines()}")

    def last_lines(self, lines: int = 12) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"
