"""Two small services for worker processes: `cases` records, `timeline` writes down what it is given.

Run as `python -m tests.worker.small NAME...`: a worker process. Its settings come from the environment.
"""

import os
import signal
import sys
from pathlib import Path

from libs.host.worker import patch

if __name__ == "__main__":
    patch()

from collections.abc import Sequence
from typing import Any

import psycopg

from libs.bus import Received
from libs.eventlog import Event
from libs.host import logs, worker
from libs.host.service import Runtime, Service
from libs.host.settings import load

ROOM = Path(__file__).parent


class NoteWritten(Event, frozen=True, kw_only=True):
    type = "cases.NoteWritten.v1"
    number: int


class Nothing:
    def __init__(self, runtime: Runtime) -> None:
        """Needs nothing."""


def write_down(_service: object, connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    for received in events:
        if received.data["number"] == int(os.environ.get("REFUSED", "-1")):
            raise ValueError("SECRET that must not be in any log")
        if received.data["number"] == int(os.environ.get("FATAL", "-1")):
            os.kill(os.getpid(), signal.SIGKILL)
    connection.cursor().executemany(
        "INSERT INTO seen (position, body) VALUES (%s, %s)", [(each.position, each.body) for each in events]
    )


CASES = Service(name="cases", events=[NoteWritten], compose=Nothing, room=ROOM / "cases")
TIMELINE = Service(name="timeline", consumes={"cases": write_down}, compose=Nothing, room=ROOM / "timeline")
KNOWN = {"cases": CASES, "timeline": TIMELINE}

if __name__ == "__main__":
    logs.configure()
    worker.run([KNOWN[name] for name in sys.argv[1:]], list(KNOWN.values()), load())
