"""The connection dies after the server has committed and before the reply is read."""

import os
import selectors
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit, urlunsplit

import pytest

from libs.eventlog import Log, LogUnavailable, Result, new_id
from tests.eventlog.conftest import Base
from tests.eventlog.notebook import EVENTS, NOTEBOOK, Backwards, Write, context


class Wire:
    """A TCP proxy in front of PostgreSQL that can swallow the reply to a statement, or refuse everything."""

    def __init__(self, host: str, port: int) -> None:
        self.server = (host, port)
        self.cutting: Callable[[bytes], bool] = lambda _: False
        self.cuts = 0
        self.open = True
        self.ending = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.threads = [Thread(target=self._accept)]
        self.threads[0].start()

    def close(self) -> None:
        self.ending = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self.threads:
            thread.join()
        self.listener.close()

    def _accept(self) -> None:
        while not self.ending:
            client, _ = self.listener.accept()
            if not self.open or self.ending:
                client.close()
                continue
            self.threads.append(Thread(target=self._carry, args=[client]))
            self.threads[-1].start()

    def _carry(self, client: socket.socket) -> None:
        with (
            suppress(ConnectionError),
            client,
            socket.create_connection(self.server) as server,
            selectors.DefaultSelector() as ready,
        ):
            ready.register(client, selectors.EVENT_READ)
            ready.register(server, selectors.EVENT_READ)
            doomed = False
            while True:
                for key, _ in ready.select():
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    if key.fileobj is server and doomed:
                        self.cuts += 1
                        return
                    doomed = doomed or self.cutting(data)
                    (server if key.fileobj is client else client).sendall(data)


@pytest.fixture
def wire(base: Base) -> Iterator[Wire]:
    address = urlsplit(base.dsn)
    wire = Wire(address.hostname or "", address.port or 0)
    yield wire
    wire.close()


@pytest.fixture
def log(base: Base, wire: Wire) -> Iterator[Log]:
    address = urlsplit(base.dsn)
    netloc = f"{address.username}:{address.password}@127.0.0.1:{wire.port}"
    log = Log("cases", urlunsplit(address._replace(netloc=netloc)), EVENTS, sealer=Backwards())
    yield log
    log.close()


def once(text: bytes) -> Callable[[bytes], bool]:
    """Whether `text` is seen for the first time."""
    seen: list[bytes] = []

    def cutting(data: bytes) -> bool:
        if text in data and not seen:
            seen.append(text)
            return True
        return False

    return cutting


def test_a_lost_reply_is_not_reported_as_a_failure(log: Log, wire: Wire, base: Base) -> None:
    log.execute(NOTEBOOK, new_id(), Write(), context())
    stream, command = new_id(), context()
    wire.cutting = once(_raw(stream))
    result = log.execute(NOTEBOOK, stream, Write(times=3), command)
    assert wire.cuts == 1
    assert result == Result(stream, 3, 4)
    assert log.result_of(command.command_id) == result
    assert base.query("SELECT count(*) FROM events") == [(4,)]


def test_all_of_a_batch_are_answered_after_a_lost_reply(log: Log, wire: Wire, base: Base) -> None:
    log.execute(NOTEBOOK, new_id(), Write(), context())
    doomed = new_id()
    wire.cutting = once(_raw(doomed))
    streams = [doomed if n == 20 else new_id() for n in range(40)]
    with ThreadPoolExecutor(40) as pool:
        results = list(pool.map(lambda stream: log.execute(NOTEBOOK, stream, Write(), context()), streams))
    assert wire.cuts == 1
    stored = base.query("SELECT stream::text, version, position FROM events WHERE position > 1")
    assert sorted((result.id, result.version, result.position) for result in results) == sorted(stored)
    assert sorted(result.position for result in results) == list(range(2, 42))


def test_a_statement_that_never_arrived_is_sent_again(log: Log, wire: Wire, base: Base) -> None:
    """The connection in hand is dead before anything is sent: nothing was committed, and nobody notices."""
    log.execute(NOTEBOOK, new_id(), Write(), context())
    base.cut()
    assert log.execute(NOTEBOOK, new_id(), Write(), context()).position == 2
    assert log.page(0, 10).last == 2


def test_a_database_that_is_away_is_said_so_in_time_and_comes_back_by_itself(log: Log, wire: Wire, base: Base) -> None:
    stream = new_id()
    log.execute(NOTEBOOK, stream, Write(), context())
    wire.open = False
    base.cut()
    for attempt in (
        lambda: log.execute(NOTEBOOK, new_id(), Write(), context()),
        lambda: log.execute(NOTEBOOK, stream, Write(), context()),
        lambda: log.load(NOTEBOOK, stream),
        log.claim,
    ):
        started = monotonic()
        with pytest.raises(LogUnavailable):
            attempt()
        assert monotonic() - started < 3.5
    wire.open = True
    assert log.execute(NOTEBOOK, stream, Write(), context()).version == 2
    assert log.load(NOTEBOOK, stream).version == 2


def test_a_frozen_server_does_not_hold_callers(new_log: Callable[..., Log], base: Base) -> None:
    log, stream = new_log(), new_id()
    log.execute(NOTEBOOK, stream, Write(), context())
    frozen = [pid for (pid,) in base.query("SELECT pid FROM pg_stat_activity WHERE usename = 'samspor_cases'")]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    command = context()
    try:
        started = monotonic()
        with pytest.raises(LogUnavailable):
            log.execute(NOTEBOOK, stream, Write(), command)
        assert monotonic() - started < 6
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert log.execute(NOTEBOOK, stream, Write(), command).version == 2, "the same id: once, whatever became of it"
    assert base.query("SELECT count(*) FROM events") == [(2,)]


def _raw(stream: str) -> bytes:
    """As the stream's id travels in a binary parameter."""
    return bytes.fromhex(stream.replace("-", ""))
