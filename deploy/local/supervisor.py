"""Keeps a platform running until it is told to stop: what dies is started again, with growing pauses."""

import fcntl
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

from deploy.local.platform import Platform
from deploy.local.process import NotReady

LONGEST_PAUSE: Final = 30.0
STEADY: Final = 60.0
"""Seconds after which a program that runs is forgiven its earlier ends."""


class AlreadyRunning(Exception):
    """Another `samspor run` keeps this folder."""


class Claim:
    """The right to run the platform in a folder; it goes with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / "run.lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise AlreadyRunning(folder) from None

    def release(self) -> None:
        self._file.close()


class Supervisor:
    """Looks twice a second. `tell` gets one line for each thing that ended and came back."""

    def __init__(self, platform: Platform, tell: Callable[[str], None]) -> None:
        self._platform, self._tell = platform, tell
        self._ends: dict[str, list[float]] = {}
        self._due: dict[str, float] = {}

    def watch(self, stopping: Event) -> None:
        while not stopping.wait(0.5):
            for name in self.dead():
                self._restart(name)

    def dead(self) -> list[str]:
        """What does not run, servers first: the others need them."""
        servers = {"PostgreSQL": self._platform.postgres.process, "RabbitMQ": self._platform.rabbitmq.process}
        programs = {name: program.process for name, program in self._platform.programs.items()}
        return [name for name, process in (servers | programs).items() if process.pid is None]

    def _restart(self, name: str) -> None:
        now = time.monotonic()
        if name not in self._due:
            recent = [end for end in self._ends.get(name, ()) if now - end < STEADY]
            pause = min(2.0 ** len(recent) - 1, LONGEST_PAUSE)
            self._ends[name] = [*recent, now]
            self._due[name] = now + pause
            self._tell(f"{name} ended; starting it again{f' in {pause:.0f} s' if pause else ''}")
        if now < self._due[name]:
            return
        del self._due[name]
        try:
            self._start(name)
        except NotReady as error:
            self._tell(str(error).splitlines()[0])

    def _start(self, name: str) -> None:
        match name:
            case "PostgreSQL":
                self._platform.postgres.start()
            case "RabbitMQ":
                self._platform.rabbitmq.start()
            case _:
                self._platform.launch(self._platform.programs[name])
