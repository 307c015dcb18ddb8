"""Endpoints of other people's systems: they answer as a test says, and keep what they were told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple

Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Told(NamedTuple):
    headers: dict[str, str]
    body: bytes


def answer(status: int, location: str = "") -> Behaviour:
    def answers(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        if location:
            handler.send_header("location", location)
        handler.end_headers()

    return answers


OK: Final = answer(200)


def wait(seconds: float, then: Behaviour = OK) -> Behaviour:
    def waits(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        then(handler)

    return waits


def trickle(seconds: float) -> Behaviour:
    """A header that never ends, a byte now and then."""

    def trickles(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            handler.wfile.write(b"x")
            time.sleep(0.2)

    return trickles


class Receiver:
    """The first requests are met by `first`, one each, and all others by `then`."""

    def __init__(self, *first: Behaviour, then: Behaviour = OK, host: str = "127.0.0.1", port: int = 0) -> None:
        self.first, self.then = list(first), then
        self.told: list[Told] = []
        receiver = self

        self.connections = 0

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                receiver.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.told.append(Told({name.lower(): value for name, value in self.headers.items()}, body))
                with suppress(OSError):
                    (receiver.first.pop(0) if receiver.first else receiver.then)(self)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://{host}:{self.server.server_address[1]}/samspor"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def listening(*first: Behaviour, then: Behaviour = OK) -> Iterator[Receiver]:
    made = Receiver(*first, then=then)
    try:
        yield made
    finally:
        made.close()
