"""Worker processes of two small services, beside a log that the tests append to."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import psycopg
import pytest

from deploy.local.ports import free_port
from deploy.local.postgres import Databases
from libs.eventlog import Context, Log, new_id
from libs.host.migrate import migrate_one
from tests.worker.small import KNOWN, NoteWritten

DEADLINE = 150.0


def wait_until(condition: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    deadline = monotonic() + seconds
    pause = Event()
    while not condition():
        assert monotonic() < deadline, f"not in {seconds} seconds: {what}"
        pause.wait(0.05)


class Worker:
    """One process. `log` is the file of its standard error."""

    def __init__(self, log: Path, environment: dict[str, str], names: tuple[str, ...]) -> None:
        self.log = log
        self.address = environment["SAMSPOR_WORKER_HEALTH"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMSPOR_")}
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.worker.small", *names], env=kept | environment, stderr=file
            )

    def health(self) -> tuple[int, dict[str, Any]]:
        """HTTP status and answer of /health/ready; (0, {}) when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://{self.address}/health/ready", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    @property
    def ready(self) -> bool:
        return self.health()[0] == 200

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Exit code after SIGTERM."""
        self.process.terminate()
        return self.process.wait(30)


class Stage:
    """The two databases, the broker, and the worker processes that a test starts."""

    def __init__(self, databases: Databases, broker: str, folder: Path) -> None:
        self.databases, self.broker, self.folder = databases, broker, folder
        self.workers: list[Worker] = []
        for service in KNOWN.values():
            migrate_one(service, databases.url(service.name, owner=True))
        self.log = Log("cases", databases.url("cases"), [NoteWritten])
        self.written = 0

    def start(self, *names: str, **environment: str) -> Worker:
        settings = {
            "SAMSPOR_DATABASE": self.databases.template,
            "SAMSPOR_BROKER": self.broker,
            "SAMSPOR_WORKER_HEALTH": f"127.0.0.1:{free_port()}",
        }
        worker = Worker(self.folder / f"worker{len(self.workers)}.log", settings | environment, names)
        self.workers.append(worker)
        return worker

    def write(self, count: int) -> None:
        """Commands that record one event each."""
        for _ in range(count):
            self.written += 1
            now = datetime.now(UTC)
            context = Context(
                command_id=new_id(),
                actor=new_id(),
                organisation=new_id(),
                role="caseworker",
                now=now,
                occurred=now,
                traceparent=f"00-{self.written:032x}-{self.written:016x}-01",
            )
            self.log.append(new_id(), 0, [NoteWritten(number=self.written)], context)

    def rows(self, query: str) -> list[Any]:
        with psycopg.connect(self.databases.url("timeline")) as connection:
            return list(connection.execute(query.encode()).fetchall())

    def cursor(self) -> int:
        with psycopg.connect(self.databases.url("cases")) as connection:
            row = connection.execute("SELECT position FROM cursors").fetchone()
        return int(row[0]) if row else 0

    def set_cursor(self, position: int) -> None:
        with psycopg.connect(self.databases.url("cases")) as connection:
            connection.execute("UPDATE cursors SET position = %s", [position])

    def all_once(self) -> bool:
        """Every recorded event has one effect, in order and byte for byte."""
        recorded = self.log.page(0, 100_000)
        return self.rows("SELECT position, body FROM seen ORDER BY n") == list(enumerate(recorded.bodies, 1))

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.log.close()


@pytest.fixture
def stage(databases: Databases, broker: str, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(databases, broker, tmp_path)
    yield stage
    stage.close()
