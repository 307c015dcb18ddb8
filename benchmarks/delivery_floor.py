"""The floor of delivery: insert, confirmed publish, consume, insert, with nothing else between.

`python -m benchmarks.delivery_floor BROKER DATABASE` is its consuming process.
"""

import sys
from typing import Any

import amqp
import psycopg

from libs.bus.connection import Link

QUEUE = "floor"
TABLES = """
CREATE TABLE floor_log (position bigint PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE floor_effect (position bigint PRIMARY KEY, body bytea NOT NULL);
"""
INSERT_LOG = "INSERT INTO floor_log SELECT * FROM unnest(%s::bigint[], %s::bytea[])"
INSERT_EFFECT = "INSERT INTO floor_effect SELECT * FROM unnest(%s::bigint[], %s::bytea[])"


class FloorWriter:
    """Commits rows and publishes them at once; confirms are read when there is time."""

    def __init__(self, broker: str, database: str) -> None:
        self._connection = psycopg.connect(database, autocommit=True)
        self._link = Link(broker)
        self._channel = self._link.channel
        self._channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        self._channel.confirm_select()
        self.position = 0

    def write(self, bodies: list[bytes]) -> int:
        """The last position, once it is committed."""
        first = self.position + 1
        self.position += len(bodies)
        self._connection.execute(INSERT_LOG, [list(range(first, self.position + 1)), bodies], binary=True)
        return self.position

    def publish(self, bodies: list[bytes]) -> None:
        headers = {"first": self.position - len(bodies) + 1, "count": len(bodies)}
        message = amqp.Message(b"\n".join(bodies), delivery_mode=2, application_headers=headers)
        self._channel.basic_publish(message, "", QUEUE)
        try:
            while self._link.connection.blocking_read(0.00001):
                pass
        except TimeoutError:
            return

    def close(self) -> None:
        self._link.close()
        self._connection.close()


def consume(broker: str, database: str) -> None:
    link = Link(broker)
    waiting: list[Any] = []
    with psycopg.connect(database, autocommit=True) as connection:
        link.channel.basic_qos(0, 500, False)
        link.channel.basic_consume(QUEUE, callback=waiting.append)
        while True:
            link.drain(60.0)
            while ready(link):
                pass
            positions = [
                position for each in waiting for position in range(each.headers["first"], first_after(each.headers))
            ]
            bodies = [body for each in waiting for body in each.body.split(b"\n")]
            if waiting:
                connection.execute(INSERT_EFFECT, [positions, bodies], binary=True)
                link.channel.basic_ack(waiting[-1].delivery_tag, multiple=True)
                waiting.clear()


def ready(link: Link) -> bool:
    try:
        link.connection.drain_events(timeout=0.00001)
    except TimeoutError:
        return False
    return True


def first_after(headers: dict[str, int]) -> int:
    return headers["first"] + headers["count"]


if __name__ == "__main__":
    consume(*sys.argv[1:])
