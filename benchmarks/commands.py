"""Appended events a second through the whole command path, beside what the path stands on."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import grpc

from benchmarks.append import library_store
from benchmarks.casework import Casework
from benchmarks.empty_server import PATH
from benchmarks.floor import pgbench
from benchmarks.load import Rate, in_turns, measure
from benchmarks.report import heading, line

CLIENTS = (1, 4, 16)
SECONDS = 1
SIZE = 2_450
"""Bytes of a note of 200 characters as recorded: sealed, with its envelope."""


@contextmanager
def empty_call(threads: int) -> Iterator[Callable[[], object]]:
    command = [sys.executable, "-m", "benchmarks.empty_server", str(threads)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                method: Any = channel.unary_unary(PATH, bytes, bytes)
                yield lambda: method(b"", timeout=10)
        finally:
            process.terminate()


def run(casework: Casework) -> None:
    """WriteNote over gRPC to the running platform: token, rules, policies, seal, append."""
    postgres = casework.platform.postgres
    databases = postgres.fresh("partners")
    database = databases.url("partners", owner=True)
    store, append = library_store(database)
    write = casework.note_writer(max(CLIENTS))
    heading(f"Commands: a note through the whole command path, {SECONDS} s a run")
    with empty_call(casework.settings.threads) as empty:
        for call in (write, empty, append):
            measure(4, SECONDS, call)
        casework.settle()
        for clients in CLIENTS:
            found = in_turns(
                {
                    "commands": partial(whole, casework, clients, write),
                    "alone": partial(alone, casework, clients, write),
                    "empty": partial(measure, clients, SECONDS, empty),
                    "pgbench": partial(pgbench, postgres, database, clients, SECONDS, SIZE),
                    "library": partial(measure, clients, SECONDS, append),
                }
            )
            name, floor = f"{clients} client" + "s" * (clients > 1), found["empty"]
            for kind, ours in (("", found["commands"]), (", worker held", found["alone"])):
                line(f"{name}{kind}", ours.per_second, floor.per_second, "/s", floor_is="empty call", goal=0.6)
                line(f"{name}{kind}, p50", ours.p50 * 1e3, floor.p50 * 1e3, "ms", floor_is="empty call")
            ours = found["commands"]
            line(name, ours.per_second, found["pgbench"].per_second, "/s", floor_is="pgbench insert")
            line(name, ours.per_second, found["library"].per_second, "/s", floor_is="library's recorder")
    store.recorder.datastore.close()  # type: ignore[attr-defined]
    databases.drop()


def whole(casework: Casework, clients: int, write: Callable[[], object]) -> Rate:
    """While the worker carries every note to the timeline, on the same processors."""
    found = measure(clients, SECONDS, write)
    casework.settle()
    return found


def alone(casework: Casework, clients: int, write: Callable[[], object]) -> Rate:
    with casework.worker_held():
        found = measure(clients, SECONDS, write)
    casework.settle()
    return found
