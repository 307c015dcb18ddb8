"""A process that writes until it is killed, with several threads, and says what was acknowledged.

python -m tests.eventlog.writer DSN THREADS prints a line `stream version position` per acknowledged append.
"""

import os
import sys
from threading import Thread

from libs.eventlog import Log, LogUnavailable, VersionStale, new_id
from tests.eventlog.notebook import EVENTS, NotebookOpened, context


def write(log: Log, shared: str) -> None:
    """Appends of one to three events to new streams, and some to one stream that all fight for."""
    number = 0
    while True:
        number += 1
        events = [NotebookOpened(title="t", pages=number)] * (1 + number % 3)
        stream, version = (shared, number // 7) if number % 7 == 0 else (new_id(), 0)
        try:
            result = log.append(stream, version, events, context())
        except (VersionStale, LogUnavailable):
            continue
        os.write(1, f"{result.id} {result.version} {result.position}\n".encode())


def main(dsn: str, threads: str, shared: str) -> None:
    log = Log("cases", dsn, EVENTS)
    writers = [Thread(target=write, args=[log, shared]) for _ in range(int(threads))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
