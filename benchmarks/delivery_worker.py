"""The worker process that benchmarks/delivery.py measures: a relay for a log of notes, and the real timeline."""

import os
from typing import ClassVar

from libs.host.worker import patch, run

if os.environ.get("SAMSPOR_BENCH_WORKER"):
    patch()

from libs.eventlog import Event
from libs.host import logs
from libs.host.service import Runtime, Service, find
from libs.host.settings import load


class NoteTaken(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "cases.NoteTaken.v1"
    text: str


class Nothing:
    def __init__(self, runtime: Runtime) -> None:
        """Needs nothing."""


CASES = Service(name="cases", events=[NoteTaken], compose=Nothing)

if __name__ == "__main__":
    logs.configure()
    timeline = find(["timeline"])[0]
    run([CASES, timeline], [CASES, timeline], load())
