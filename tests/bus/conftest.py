"""A small consuming service and a small source, on real servers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any, Protocol
from uuid import uuid4

import amqp
import msgspec
import psycopg
import pytest
from psycopg_pool import ConnectionPool

import libs
from deploy.local.postgres import Databases
from libs.bus import Received
from libs.bus.connection import Link
from libs.bus.consumer import Consumer
from libs.bus.inbox import Inbox
from libs.bus.message import CONTENT_TYPE, COUNT, FIRST, Batch, join
from libs.bus.names import exchange_of
from libs.bus.topology import declare

DEADLINE = 90.0
MIGRATIONS = Path(libs.__file__).parent / "bus" / "migrations"


def wait_until(condition: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    deadline = monotonic() + seconds
    waiting = Event()
    while not condition():
        assert monotonic() < deadline, f"not in {seconds} seconds: {what}"
        waiting.wait(0.02)


def event(number: int, kind: str = "cases.NoteWritten.v1") -> bytes:
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "cases",
            "type": kind,
            "subject": "0190f5fe-7c00-7a00-8000-000000000001",
            "time": "2026-03-01T10:00:00Z",
            "recordedtime": "2026-03-01T10:00:01Z",
            "streamversion": number,
            "traceparent": f"00-{number:032x}-{number:016x}-01",
            "data": {"n": number, "text": "æøå ß"},
        }
    )


class Source:
    """A log in memory. `away` makes it answer as a source whose worker is gone."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.away = False
        self.asked = 0

    def add(self, count: int) -> Batch:
        first = len(self.bodies) + 1
        new = [event(first + index) for index in range(count)]
        self.bodies += new
        return Batch(first, new)

    def fetch(self, after: int) -> Batch:
        self.asked += 1
        if self.away:
            raise ConnectionError
        return Batch(after + 1, self.bodies[after : after + 2_000])


class Wire(Protocol):
    def __call__(self, *batches: Batch) -> None: ...


class House:
    """A service that writes down what it is given, with nothing to keep it from writing twice."""

    def __init__(self, url: str) -> None:
        self.pool: ConnectionPool[Any] = ConnectionPool(url, min_size=1, max_size=4, timeout=2, open=True)
        self.before: Callable[[psycopg.Connection[Any], Received], None] = lambda _connection, _event: None
        self.inbox = Inbox(self.pool.connection, "cases", self.handle)

    def handle(self, connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
        for received in events:
            self.before(connection, received)
            connection.execute("INSERT INTO seen (position, body) VALUES (%s, %s)", [received.position, received.body])

    def rows(self, query: str) -> list[Any]:
        with self.pool.connection() as connection:
            return list(connection.execute(query.encode()).fetchall())

    @property
    def seen(self) -> list[tuple[int, bytes]]:
        return self.rows("SELECT position, body FROM seen ORDER BY n")

    @property
    def position(self) -> int:
        return sum(row[0] for row in self.rows("SELECT position FROM positions"))


def make_tables(owner: str) -> None:
    with psycopg.connect(owner) as connection:
        for script in sorted(MIGRATIONS.glob("*.sql")):
            connection.execute(script.read_bytes())
        connection.execute("CREATE TABLE seen (n bigint GENERATED ALWAYS AS IDENTITY, position bigint, body bytea)")
        connection.execute("GRANT SELECT, INSERT ON seen TO samspor_timeline")


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def house(databases: Databases) -> Iterator[House]:
    make_tables(databases.url("timeline", owner=True))
    house = House(databases.url("timeline"))
    yield house
    house.pool.close()


@pytest.fixture
def wire(broker: str) -> Iterator[Wire]:
    """Puts batches on the exchange of cases as they are, whatever a relay would do."""
    link = Link(broker)
    declare(link.channel, "cases", ["timeline"])

    def publish(*batches: Batch) -> None:
        for batch in batches:
            headers = {FIRST: batch.first, COUNT: len(batch.bodies)}
            put(link, join(batch.bodies), headers)

    yield publish
    link.close()


def put(link: Link, body: bytes, headers: dict[str, Any]) -> None:
    message = amqp.Message(body, content_type=CONTENT_TYPE, delivery_mode=2, application_headers=headers)
    link.channel.basic_publish_confirm(message, exchange_of("cases"), "cases.batch", confirm_timeout=10)


@contextmanager
def consuming(broker: str, house: House, source: Source, **options: Any) -> Iterator[Consumer]:
    consumer = Consumer(broker, "timeline", house.inbox, source.fetch, **options)
    thread = Thread(target=consumer.run, daemon=True)
    thread.start()
    try:
        yield consumer
    finally:
        consumer.stop()
        thread.join(DEADLINE)
        assert not thread.is_alive()
