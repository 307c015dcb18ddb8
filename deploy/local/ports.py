"""Loopback ports that nobody holds, chosen once and remembered, so that an address stays the same between runs."""

import json
import random
import socket
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"
RANGE: Final = range(21_000, 32_000)
"""Below Linux's ephemeral ports (32768 and up), so that no outgoing connection takes a port between choice and use."""


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


_claims: Final[set[int]] = set()


def is_ours(port: int) -> bool:
    """Whether no other living process of Samspor has chosen the port: what it starts there may be down for a moment.

    The claim is the name of an abstract socket (unix(7)), which the kernel takes back when this process ends.
    """
    if port not in _claims:
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0samspor-port-{port}")
        except OSError:
            claim.close()
            return False
        claim.detach()  # open until the process ends
        _claims.add(port)
    return True


def free_port(taken: frozenset[int] = frozenset()) -> int:
    """A port that can be bound now, is not in `taken`, and that nobody else will be given while this process lives."""
    for port in random.SystemRandom().sample(RANGE, k=2_000):
        if port not in taken and port not in _claims and is_free(port) and is_ours(port):
            return port
    raise OSError(f"no free port on {LOOPBACK} between {RANGE.start} and {RANGE.stop}")


class Ports:
    """Ports by name, kept in a JSON file. A remembered port that another program took meanwhile is chosen anew."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def remembered(self) -> dict[str, int]:
        try:
            chosen: dict[str, int] = json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return chosen

    def __getitem__(self, name: str) -> int:
        """The port of `name` as last chosen; KeyError before `choose`."""
        return self.remembered()[name]

    def choose(self, name: str) -> int:
        """The port of `name`, free at this moment. Ask only while its own server is down."""
        chosen = self.remembered()
        if name not in chosen or not is_free(chosen[name]) or not is_ours(chosen[name]):
            chosen[name] = free_port(frozenset(chosen.values()))
            self.file.write_text(json.dumps(chosen, indent=1))
        return chosen[name]
