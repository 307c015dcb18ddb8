"""The worker host: `samspor worker NAME...` relays and consumes for any set of services in one process.

eventlet patches the standard library before anything else is imported, and grpc never is (docs/adr/0001). So the
process becomes this module, with nothing loaded before it.
"""

import os
import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from libs.host.service import Service
    from libs.host.settings import Settings

WAIT: Final = "wait_select"
"""psycopg's C wait freezes every green thread; this one can be patched, and costs a third of `wait_selector`."""
GRACE: Final = 15.0
"""Seconds that batches under way are given at the end."""


def serve(names: Sequence[str]) -> NoReturn:
    """Become the worker process of the named services, until SIGTERM or SIGINT."""
    os.execv(sys.executable, [sys.executable, "-m", "libs.host.worker", *names])  # noqa: S606 -- this very program


def patch() -> None:
    """First thing in a worker process."""
    if loaded := [name for name in ("psycopg", "grpc", "kombu", "amqp") if name in sys.modules]:
        raise RuntimeError(f"a worker must be patched before {', '.join(loaded)} is imported")
    os.environ["PSYCOPG_WAIT_FUNC"] = WAIT
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"\s*Eventlet is")  # docs/adr/0001
        import eventlet

        eventlet.monkey_patch()
    from eventlet import debug

    # It would print whole tracebacks, and an error's text may quote data.
    debug.hub_exceptions(False)


def check_patched() -> None:
    """After all imports. Raises RuntimeError for a process that would freeze."""
    import psycopg.waiting

    if psycopg.waiting.wait is not psycopg.waiting.wait_select:
        raise RuntimeError(f"psycopg does not wait with {WAIT}")
    if "grpc" in sys.modules:
        raise RuntimeError("grpc was imported in a worker; a service's module imports it")


def run(services: "Sequence[Service]", known: "Sequence[Service]", settings: "Settings") -> None:
    """Host `services` until a signal. Raises what ended a container that was not asked to."""
    from eventlet import Timeout
    from nameko.runners import ServiceRunner

    from libs.bus.pages import NAMEKO
    from libs.host import logs
    from libs.host.worker_health import WorkerHealth
    from libs.host.worker_parts import Hosted

    log = logs.logger("worker")
    stopping = _stop_signal()
    health = WorkerHealth(settings.broker, {each.name: settings.database_of(each.name) for each in services})
    if settings.worker_health:
        health.listen(settings.worker_health)
    hosted = [Hosted(each, settings, known) for each in services]
    runner = ServiceRunner({"AMQP_URI": settings.broker, "HEARTBEAT": 10, **NAMEKO})
    for each in hosted:
        runner.add_service(each.nameko_class())
    health.hosted = hosted
    check_patched()
    if _wait_for_broker(settings.broker, stopping):
        runner.start()
        log.info("working", services=[each.name for each in hosted], address=settings.worker_health)
        failure = _watch(runner, stopping)
        log.info("stopping", services=[each.name for each in hosted])
        with Timeout(GRACE, False):
            runner.stop()
        for each in hosted:
            each.close()
        if failure:
            raise failure


def _stop_signal() -> Any:
    import signal
    from threading import Event

    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _wait_for_broker(url: str, stopping: Any) -> bool:
    """nameko gives up when the broker is away at start; a worker waits. False if it was stopped meanwhile."""
    from libs.bus.backoff import Backoff
    from libs.bus.connection import BROKEN, Link

    backoff = Backoff(stopping)
    while not stopping.is_set():
        try:
            Link(url).close()
        except BROKEN:
            backoff.wait()
        else:
            return True
    return False


def _watch(runner: Any, stopping: Any) -> BaseException | None:
    """Wait for a signal, or for a container that dies: then its error."""
    import eventlet

    def wait() -> BaseException | None:
        try:
            runner.wait()
        except Exception as error:  # noqa: BLE001 -- raised again by `run`
            return error
        return None

    waiting = eventlet.spawn(wait)
    waiting.link(lambda _thread: stopping.set())
    while not stopping.wait(1.0):
        pass
    if waiting.dead:
        failure: BaseException | None = waiting.wait()
        return failure
    return None


def main(names: Sequence[str]) -> None:
    patch()
    from libs.host import logs
    from libs.host.service import NAMES, find
    from libs.host.settings import load

    logs.configure()
    run(find(names), find(NAMES), load())


if __name__ == "__main__":
    main(sys.argv[1:])
