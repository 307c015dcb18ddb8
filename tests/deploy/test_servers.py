"""The private servers: reachable from this machine only, and up again after an unclean end."""

import os
import socket
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from amqp import Connection

from deploy.local.ports import LOOPBACK
from deploy.local.postgres import SERVICES, Postgres
from deploy.local.process import Process
from deploy.local.rabbitmq import USER, Rabbit


def remember(postgres: Postgres, what: str) -> None:
    with psycopg.connect(postgres.url("cases", owner=True)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS remembered (what text)")
        connection.execute("INSERT INTO remembered VALUES (%s)", (what,))


def remembered(postgres: Postgres) -> list[str]:
    with psycopg.connect(postgres.url("cases", owner=True)) as connection:
        return [what for (what,) in connection.execute("SELECT what FROM remembered")]


def listeners(process: Process) -> set[str]:
    assert process.pid is not None
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    found = set()
    for one in family:
        with suppress(psutil.NoSuchProcess):  # servers start short-lived helpers
            found |= {each.laddr.ip for each in one.net_connections("inet") if each.status == psutil.CONN_LISTEN}
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_a_runtime_role_enters_its_own_database_and_makes_nothing_there(postgres: Postgres, service: str) -> None:
    with psycopg.connect(postgres.url(service)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine ()")


@pytest.mark.parametrize("owner", [False, True])
def test_no_role_enters_another_services_database(postgres: Postgres, owner: bool) -> None:
    server, _slash, _database = postgres.url("cases", owner=owner).rpartition("/")

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(f"{server}/samspor_consents")


def test_postgres_survives_kill_9(own_postgres: Postgres) -> None:
    remember(own_postgres, "killed")
    port = own_postgres.port
    own_postgres.kill()
    own_postgres.start()

    assert "killed" in remembered(own_postgres)
    assert own_postgres.port == port


def test_a_lock_with_a_strangers_pid_does_not_stop_postgres(own_postgres: Postgres) -> None:
    remember(own_postgres, "locked")
    own_postgres.kill()
    lock = own_postgres.data / "postmaster.pid"
    _pid, *rest = lock.read_text().split("\n")
    lock.write_text("\n".join([str(os.getpid()), *rest]))
    own_postgres.start()

    assert "locked" in remembered(own_postgres)


def test_a_later_run_takes_over_from_an_orphan(own_postgres: Postgres) -> None:
    remember(own_postgres, "orphaned")
    orphan = own_postgres.process.pid
    own_postgres.process.record.unlink()
    later = Postgres(own_postgres.folder)
    later.start()
    try:
        assert "orphaned" in remembered(later)
        assert later.process.pid != orphan
        assert own_postgres.process.pid is None
    finally:
        later.stop()
        own_postgres.start()


def test_an_interrupted_first_start_is_begun_again(postgres: Postgres) -> None:
    folder = postgres.folder.parent / "interrupted"
    postgres.account.make_folder(folder)
    half = postgres.account.make_folder(folder / "data.new")
    (half / "PG_VERSION").write_text("15")
    server = Postgres(folder)
    try:
        server.start()
        assert server.answers()
    finally:
        server.stop()


def test_a_port_that_was_taken_meanwhile_is_given_up(own_postgres: Postgres) -> None:
    own_postgres.stop()
    with socket.create_server((LOOPBACK, own_postgres.port)) as stranger:
        own_postgres.start()
        assert own_postgres.port != stranger.getsockname()[1]
    assert own_postgres.answers()


def test_rabbitmq_survives_kill_9(own_rabbitmq: Rabbit) -> None:
    def declare(*, passive: bool) -> None:
        host = f"{LOOPBACK}:{own_rabbitmq.port}"
        with Connection(host, userid=USER, password=own_rabbitmq.url().split(":")[2].split("@")[0]) as connection:
            arguments = {"x-queue-type": "quorum"}
            connection.channel().queue_declare(
                "kept", passive=passive, durable=True, auto_delete=False, arguments=arguments
            )

    declare(passive=False)
    port = own_rabbitmq.port
    own_rabbitmq.kill()
    own_rabbitmq.start()

    declare(passive=True)
    assert own_rabbitmq.port == port


def test_only_this_machine_reaches_the_servers(postgres: Postgres, rabbitmq: Rabbit) -> None:
    assert listeners(Process("postgres", postgres.folder)) == {LOOPBACK}
    assert listeners(Process("rabbitmq", rabbitmq.folder)) == {LOOPBACK}
    assert listeners(Process("epmd", rabbitmq.folder)) <= {LOOPBACK, "::1"}


@pytest.mark.parametrize("name", ["admin.password", "runtime.password", "owner.password"])
def test_passwords_are_their_owners_alone(postgres: Postgres, name: str) -> None:
    file: Path = postgres.folder / name

    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text()) >= 32
