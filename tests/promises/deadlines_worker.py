"""Workers of referrals, each with its own log and its alarms until it is killed. Their time is ahead, as a file says.

python -m tests.promises.deadlines_worker reads the settings as JSON from the first line of standard input; each further
line begins a worker once the one before is dead. Each is a child of this process, and says its process id when it
begins.
"""

import os
import sys
import time
from functools import partial

from libs.bus.alarms import Alarms
from libs.bus.inbox import Inbox
from libs.bus.message import Batch
from libs.host import clock
from libs.host.service import NAMES, Runtime, find
from libs.host.settings import Settings

PAGE = 50
PAUSE = 0.02


def work(settings: Settings) -> None:
    clock.follow(settings.clock, settings.environment)
    (declared,) = find(["referrals"])
    runtime = Runtime(declared, settings)
    composed = declared.compose(runtime)
    assert declared.fires is not None
    inbox = Inbox(runtime.pool.connection, "referrals", partial(declared.consumes["referrals"], composed))
    alarms = Alarms(runtime.pool.connection, partial(declared.fires, composed), clock.now)
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    while True:
        page = runtime.log.page(inbox.position(), PAGE)
        if page.bodies:
            inbox.apply(Batch(page.first, page.bodies))
        if not alarms.look() and not page.bodies:
            time.sleep(PAUSE)


def main() -> None:
    settings = Settings.model_validate_json(sys.stdin.readline())
    find(NAMES)
    for _ in sys.stdin:
        if child := os.fork():
            os.waitpid(child, 0)
        else:
            work(settings)


if __name__ == "__main__":
    main()
