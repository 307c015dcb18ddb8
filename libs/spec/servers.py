"""Real PostgreSQL and RabbitMQ for tests, started once per test run on free ports.

To save their start-up, keep a pair running in another terminal with `python -m libs.spec.servers`; it prints the two
settings, SAMSPOR_TEST_POSTGRES and SAMSPOR_TEST_BROKER (folders of running servers), that make test runs use it.
A test that stops, kills or freezes a server takes `own_postgres` or `own_rabbitmq`.
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from deploy.local.postgres import Databases, Postgres
from deploy.local.process import Process, start_ticks
from deploy.local.rabbitmq import Rabbit

PREFIX: Final = "samspor-test-"


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder for servers' data that is removed at the end, or by the next run if this one is killed."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-{start_ticks(os.getpid())}-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Stop servers, and remove data, of test runs that died before they could do so."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*-*"):
        pid, ticks = folder.name.removeprefix(PREFIX).split("-")[:2]
        if folder.stat().st_uid == os.geteuid() and start_ticks(int(pid)) != int(ticks):
            for record in (*folder.glob("*.pid"), *folder.glob("*/*.pid")):
                Process(record.stem, record.parent).kill()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postgres(*, durable: bool = True) -> Iterator[Postgres]:
    """A PostgreSQL of one's own. `durable` for whoever kills it."""
    with server_folder() as folder:
        server = Postgres(folder / "postgres", durable=durable)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def running_rabbitmq() -> Iterator[Rabbit]:
    """A RabbitMQ of one's own."""
    with server_folder() as folder:
        server = Rabbit(folder / "rabbitmq")
        try:
            server.start()
            yield server
        finally:
            server.stop(keep=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The run's PostgreSQL. Take `databases`, or `postgres.fresh(...)`, to be alone in it."""
    if folder := os.environ.get("SAMSPOR_TEST_POSTGRES"):
        yield Postgres(Path(folder))
        return
    with running_postgres(durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[Rabbit]:
    """The run's RabbitMQ. `rabbitmq.fresh()` is the URL of an empty virtual host in it."""
    if folder := os.environ.get("SAMSPOR_TEST_BROKER"):
        yield Rabbit(Path(folder))
        return
    with running_rabbitmq() as server:
        yield server


@pytest.fixture
def databases(postgres: Postgres) -> Iterator[Databases]:
    """Empty databases of all five services for one test."""
    fresh = postgres.fresh()
    yield fresh
    fresh.drop()


@pytest.fixture
def broker(rabbitmq: Rabbit) -> str:
    """AMQP URL of an empty virtual host for one test."""
    return rabbitmq.fresh()


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that this module's tests may stop, kill and start."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def own_rabbitmq() -> Iterator[Rabbit]:
    """A RabbitMQ that this module's tests may stop, kill, freeze and start."""
    with running_rabbitmq() as server:
        yield server


def main() -> None:
    with running_postgres() as postgres, running_rabbitmq() as rabbitmq:
        sys.stdout.write(f"export SAMSPOR_TEST_POSTGRES={postgres.folder} SAMSPOR_TEST_BROKER={rabbitmq.folder}\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    main()
