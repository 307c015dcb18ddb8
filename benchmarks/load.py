"""Clients that call one after the other, and what they found."""

from collections.abc import Callable, Mapping
from statistics import median
from threading import Barrier, Thread
from time import perf_counter
from typing import NamedTuple

RUNS = 3


class Rate(NamedTuple):
    """Calls a second, and how long one in two and the slowest of a hundred took (seconds)."""

    per_second: float
    p50: float
    p99: float

    @classmethod
    def of(cls, latencies: list[float], seconds: float) -> "Rate":
        ordered = sorted(latencies) or [0.0]
        return cls(len(latencies) / seconds, median(ordered), ordered[int(len(ordered) * 0.99)])


def measure(clients: int, seconds: float, call: Callable[[], object]) -> Rate:
    """`clients` threads that call one after the other."""
    latencies: list[list[float]] = [[] for _ in range(clients)]
    begin = Barrier(clients + 1)

    def work(mine: list[float]) -> None:
        begin.wait()
        end = perf_counter() + seconds
        while (started := perf_counter()) < end:
            call()
            mine.append(perf_counter() - started)

    threads = [Thread(target=work, args=[mine]) for mine in latencies]
    for thread in threads:
        thread.start()
    begin.wait()
    started = perf_counter()
    for thread in threads:
        thread.join()
    return Rate.of([each for mine in latencies for each in mine], perf_counter() - started)


def in_turns(contenders: Mapping[str, Callable[[], Rate]]) -> dict[str, Rate]:
    """The median of RUNS runs of each; they take turns, so that a slow minute of the machine hits all of them."""
    runs = [{name: run() for name, run in contenders.items()} for _ in range(RUNS)]
    return {
        name: Rate(*(median(values) for values in zip(*(run[name] for run in runs), strict=True))) for name in runs[0]
    }
