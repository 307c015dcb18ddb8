"""A worker of one service that takes all there is of one source and dies at a named step, as kill -9 would have it.

python -m tests.promises.placing_worker SERVICE SOURCE STEP, with the settings as JSON on standard input.
"""

import os
import sys
from functools import partial
from typing import Any, Final

from libs.bus.inbox import Inbox
from libs.bus.message import Batch
from libs.eventlog import Log
from libs.host.service import Runtime, find
from libs.host.settings import Settings

STEPS: Final = ("before the append", "after the append", "after the position")
KILLED: Final = 9
PAGE: Final = 1000


def die() -> None:
    os._exit(KILLED)


def main(name: str, source: str, step: str) -> None:
    settings = Settings.model_validate_json(sys.stdin.read())
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


if __name__ == "__main__":
    main(*sys.argv[1:])
