"""POST to an address that somebody outside chose: never into our own network, and never for long."""

import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from threading import Event, Timer
from typing import Any, Final
from urllib.parse import urlsplit

PATIENCE: Final = 5.0
"""Seconds for each step of an attempt."""
LONGEST: Final = 20.0
"""Seconds for a whole attempt: an answer that trickles in keeps nobody longer."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class Blocked(Exception):
    """The name leads to an address that is not public."""


class Unanswered(Exception):
    """No HTTP answer; the message is the kind of error only."""


def acceptable(url: str, *, local: bool) -> bool:
    """Whether it is https, or http to this machine where that will do, and says nothing but where."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.scheme == "http" and local and host in LOOPBACK
    said = parts.username or parts.password or parts.query or parts.fragment
    return bool(host) and (parts.scheme == "https" or plain) and not said


def post(url: str, body: bytes, headers: dict[str, str], *, local: bool = False) -> int:
    """The status of the answer; redirects are not followed, and its body is not read. Raises Blocked, Unanswered.

    `local`: this machine's own addresses will do. The address that was looked at is the one that is connected to.
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        address = public(host, port, local=local)
        kind: Any = HTTPSConnection if secure else HTTPConnection
        connection = kind(host, port, timeout=PATIENCE)
        connection._create_connection = lambda *_: socket.create_connection((address, port), PATIENCE)
        late = Event()
        end = Timer(LONGEST, cut, [connection, late])
        end.start()
        try:
            connection.request("POST", parts.path or "/", body, headers)
            status = int(connection.getresponse().status)
            if late.is_set():
                raise TimeoutError
        finally:
            end.cancel()
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        raise Unanswered(type(error).__name__) from None
    return status


def cut(connection: HTTPConnection, late: Event) -> None:
    """Whoever reads from it reads its end, and knows why."""
    late.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def public(host: str, port: int, *, local: bool) -> str:
    """An address of the host. Raises Blocked if any of them is private, OSError if there is none."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for each in found:
        address = ip_address(each.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if not (address.is_global and not address.is_multicast) and not (local and address.is_loopback):
            raise Blocked
    return found[0]
