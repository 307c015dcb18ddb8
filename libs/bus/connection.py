"""One AMQP connection, with the time limits that every connection of ours has, and what it takes to keep it honest."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import amqp
from amqp.exceptions import AMQPError

HEARTBEAT: Final = 10
"""Seconds, as offered to the broker. A frozen broker is noticed after twice as many."""
CONNECT_TIMEOUT: Final = 10.0
"""Seconds for socket, handshake and each reply of the broker."""
TICK: Final = 1.0
"""Seconds between two looks at the heartbeat."""

BROKEN: Final = (AMQPError, OSError)
"""What says that a connection is no longer of use. A time-out of a read is handled where it is read."""


class Link:
    """A connection with one channel, shared by a reading and a writing thread.

    One thread calls `drain`; others send through `channel` while they hold `sending`.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = amqp.Connection(
            host=f"{parts.hostname}:{parts.port or 5672}",
            userid=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            virtual_host=unquote(parts.path[1:]) or "/",
            heartbeat=HEARTBEAT,
            connect_timeout=CONNECT_TIMEOUT,
        )
        self.sending = Lock()
        try:
            self.connection.connect()
            self.channel: Any = self.connection.channel()
        except BaseException:
            self.abandon()
            raise

    def drain(self, seconds: float = TICK) -> bool:
        """Handle what arrives within `seconds`, and tend the heartbeat. True if something came. Raises BROKEN."""
        try:
            self.connection.drain_events(timeout=seconds)
        except TimeoutError:
            arrived = False
        else:
            arrived = True
        with self.sending:
            self.connection.heartbeat_tick()
        return arrived

    @contextmanager
    def asking(self) -> Iterator[Any]:
        """The channel, for requests whose replies must come within CONNECT_TIMEOUT. Raises BROKEN."""
        with self.sending, self.connection.transport.having_timeout(CONNECT_TIMEOUT):
            yield self.channel

    def close(self) -> None:
        """Say goodbye, if the broker listens."""
        try:
            with self.asking():
                self.connection.close()
        except BROKEN:
            self.abandon()

    def abandon(self) -> None:
        """Close the socket without a word: the broker may be frozen."""
        with suppress(*BROKEN):
            self.connection.collect()
