"""Workers that each take all there is of one source for one service and die at a named step, as kill -9 would have it.

python -m tests.promises.placing_worker reads the settings as JSON from the first line of standard input, and one worker
from every further line (SERVICE, SOURCE, STEP, with tabs between); it answers each with the code that it died with.
Each is a child of this process, so that what they are made of is loaded once.
"""

import os
import signal
import sys
from functools import partial
from typing import Any, Final

from libs.bus.inbox import Inbox
from libs.bus.message import Batch
from libs.eventlog import Log
from libs.host.service import NAMES, Runtime, find
from libs.host.settings import Settings

STEPS: Final = ("before the append", "after the append", "after the position")
KILLED: Final = 9
PAGE: Final = 1000
LONGEST: Final = 60
"""Seconds until a worker that does not die by its step is ended."""


def die() -> None:
    os._exit(KILLED)


def work(settings: Settings, name: str, source: str, step: str) -> None:
    runtime, other = (Runtime(service, settings) for each in (name, source) for service in find([each]))
    composed = runtime.service.compose(runtime)
    execute = Log.execute

    def executed(log: Log, *arguments: Any) -> Any:
        if step == STEPS[0]:
            die()
        result = execute(log, *arguments)
        if step == STEPS[1]:
            die()
        return result

    Log.execute = executed  # type: ignore[method-assign, assignment]
    inbox = Inbox(runtime.pool.connection, source, partial(runtime.service.consumes[source], composed))
    page = other.log.page(inbox.position(), PAGE)
    if page.bodies:
        inbox.apply(Batch(page.first, page.bodies))
    die()


def main() -> None:
    settings = Settings.model_validate_json(sys.stdin.readline())
    find(NAMES)
    for line in sys.stdin:
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
            sys.stdout.flush()
        else:
            signal.alarm(LONGEST)
            work(settings, *line.rstrip("\n").split("\t"))


if __name__ == "__main__":
    main()
