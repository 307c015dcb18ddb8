"""A worker process's health over HTTP: `/health/live` and `/health/ready`, JSON, on the address it is given.

Ready means that the database of every hosted service and the broker answer. How far each consumer has come is told in
the same answer and changes nothing: a worker that catches up is ready.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import eventlet
import msgspec
from eventlet import wsgi

from libs.bus.connection import Link
from libs.host.health import DatabaseCheck, Probe

if TYPE_CHECKING:
    from libs.host.worker_parts import Hosted

Start = Callable[[str, list[tuple[str, str]]], object]

JSON: Final = ("Content-Type", "application/json")


class BrokerCheck:
    """Asks the broker for an answer on a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._link: Link | None = None

    def __call__(self) -> None:
        link = self._link = self._link or Link(self._url)
        try:
            link.channel.basic_qos(0, 1, False)
        except Exception:
            self._link = None
            link.abandon()
            raise


class WorkerHealth:
    """Answers from what its probes last found; it never waits for a server itself."""

    def __init__(self, broker: str, databases: Mapping[str, str]) -> None:
        """`databases`: service -> DSN."""
        self._stop = Event()
        self._broker = Probe("broker", BrokerCheck(broker), self._stop)
        self._databases = {name: Probe(name, DatabaseCheck(dsn), self._stop) for name, dsn in databases.items()}
        self.hosted: Iterable[Hosted] = ()

    def listen(self, address: str) -> None:
        """Answer on `host:port` from now on, in a green thread of its own."""
        host, _, port = address.rpartition(":")
        listener = eventlet.listen((host, int(port)))
        eventlet.spawn(wsgi.server, listener, self, log_output=False, keepalive=False)

    def __call__(self, request: Mapping[str, Any], start: Start) -> list[bytes]:
        match request["PATH_INFO"]:
            case "/health/live":
                start("200 OK", [JSON])
                return [b'{"status":"live"}']
            case "/health/ready":
                ready, answer = self.ready()
                start("200 OK" if ready else "503 Service Unavailable", [JSON])
                return [msgspec.json.encode(answer)]
        start("404 Not Found", [JSON])
        return [b"{}"]

    def ready(self) -> tuple[bool, dict[str, Any]]:
        databases = {name: probe.good for name, probe in self._databases.items()}
        broker = self._broker.good
        ready = broker and all(databases.values())
        services = {
            each.name: {
                "database": databases[each.name],
                "relay": asdict(each.relay.standing) if each.relay else None,
                "sources": {
                    consumer.source: asdict(consumer.standing) | {"lag": consumer.standing.lag}
                    for consumer in each.consumers
                },
            }
            for each in self.hosted
        }
        return ready, {"status": "ready" if ready else "unready", "broker": broker, "services": services}
