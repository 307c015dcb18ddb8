"""The log under eventlet, as workers run it: python -m tests.eventlog.green DSN prints `ok`."""

import os

os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
from itertools import pairwise  # noqa: E402
from time import monotonic  # noqa: E402

from libs.eventlog import Log, new_id  # noqa: E402
from tests.eventlog.notebook import EVENTS, NOTEBOOK, Backwards, Write, context  # noqa: E402


def tick(ticks: list[float]) -> None:
    while True:
        ticks.append(monotonic())
        eventlet.sleep(0.005)


def main(dsn: str) -> None:
    log = Log("cases", dsn, EVENTS, sealer=Backwards())
    shared, ticks = new_id(), list[float]()
    ticker = eventlet.spawn(tick, ticks)
    pages = log.follow(0, poll=0.05)
    pool = eventlet.GreenPool(20)
    streams = [shared if number % 10 == 0 else new_id() for number in range(300)]
    results = list(pool.imap(lambda stream: log.execute(NOTEBOOK, stream, Write("a"), context()), streams))
    assert sorted(result.position for result in results) == list(range(1, 301))
    assert log.load(NOTEBOOK, shared).version == 30
    seen = 0
    while seen < 300:
        seen = next(pages).last
    cursor = log.claim()
    assert cursor is not None
    cursor.advance(300)
    cursor.release()
    pages.close()
    log.close()
    ticker.kill()
    longest = max(later - earlier for earlier, later in pairwise(ticks))
    assert longest < 0.5, f"the hub stood still for {longest:.2f} s"
    sys.stdout.write("ok\n")


main(sys.argv[1])
