"""Servers killed, frozen and wiped under running workers: everything arrives once, in order, and health says so."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from time import time

import pytest

from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import Rabbit
from tests.worker.conftest import Stage, wait_until


def staged(postgres: Postgres, url: str, folder: Path) -> Iterator[Stage]:
    """A stage whose servers belong to this module. A worker runs and has done something."""
    stage = Stage(postgres.fresh("cases", "timeline"), url, folder)
    try:
        stage.start("cases", "timeline")
        stage.write(30)
        wait_until(stage.all_once, "30 events applied")
        yield stage
    finally:
        stage.close()


def kill_settled(rabbit: Rabbit) -> None:
    """Kill the broker once it has saved which quorum queues it has: it does so within a second."""
    (names,) = rabbit.folder.glob("mnesia/*/quorum/*/names.dets")
    asked = time()
    wait_until(lambda: names.stat().st_mtime > asked or time() > asked + 2, "the names of queues on disk")
    rabbit.kill()


@pytest.fixture
def shaky(own_postgres: Postgres, own_rabbitmq: Rabbit, tmp_path: Path) -> Iterator[Stage]:
    yield from staged(own_postgres, own_rabbitmq.fresh(), tmp_path)


@pytest.fixture
def wipeable(own_postgres: Postgres, own_rabbitmq: Rabbit, tmp_path: Path) -> Iterator[Stage]:
    """In the virtual host that a new broker has."""
    yield from staged(own_postgres, own_rabbitmq.url(), tmp_path)


def healthy_again(stage: Stage) -> bool:
    return stage.workers[0].ready and stage.all_once()


def test_the_broker_is_killed(shaky: Stage, own_rabbitmq: Rabbit) -> None:
    worker = shaky.workers[0]
    kill_settled(own_rabbitmq)
    shaky.write(30)
    wait_until(lambda: worker.health()[0] == 503, "health says so")
    assert not worker.health()[1]["broker"]
    own_rabbitmq.start()
    wait_until(lambda: healthy_again(shaky), "60 events applied", 120)
    assert worker.process.poll() is None


def test_a_queue_without_a_leader_is_replaced(shaky: Stage, own_rabbitmq: Rabbit) -> None:
    """What a broker may leave that is killed right after a queue was declared: the queue never answers again."""
    own_rabbitmq.kill()
    own_rabbitmq.start()
    shaky.write(30)
    wait_until(lambda: healthy_again(shaky), "60 events applied", 120)


def test_the_broker_is_frozen(shaky: Stage, own_rabbitmq: Rabbit) -> None:
    worker = shaky.workers[0]
    own_rabbitmq.freeze()
    try:
        shaky.write(30)
        wait_until(lambda: worker.health()[0] == 503, "health says so", 10)
    finally:
        own_rabbitmq.thaw()
    wait_until(lambda: healthy_again(shaky), "60 events applied")


def test_a_broker_frozen_for_long_is_given_up_and_found_again(shaky: Stage, own_rabbitmq: Rabbit) -> None:
    worker = shaky.workers[0]
    own_rabbitmq.freeze()
    try:
        shaky.write(30)
        wait_until(lambda: not connected(shaky), "heartbeats missed or confirms late")
    finally:
        own_rabbitmq.thaw()
    wait_until(lambda: healthy_again(shaky), "60 events applied")
    assert worker.process.poll() is None


def connected(stage: Stage) -> bool:
    services = stage.workers[0].health()[1]["services"]
    return bool(services["cases"]["relay"]["connected"] or services["timeline"]["sources"]["cases"]["connected"])


def test_the_database_is_killed(shaky: Stage, own_postgres: Postgres) -> None:
    worker = shaky.workers[0]
    own_postgres.kill()
    wait_until(lambda: worker.health()[0] == 503, "health says so")
    assert worker.health()[1]["broker"]
    own_postgres.start()
    shaky.write(30)
    wait_until(lambda: healthy_again(shaky), "60 events applied")
    assert shaky.rows("SELECT FROM parked") == []


def test_a_worker_starts_without_servers_and_waits_for_them(
    shaky: Stage, own_rabbitmq: Rabbit, own_postgres: Postgres
) -> None:
    shaky.write(30)
    wait_until(shaky.all_once, "60 events applied")
    shaky.workers[0].kill()
    kill_settled(own_rabbitmq)
    own_postgres.kill()
    worker = shaky.start("cases", "timeline")
    wait_until(lambda: worker.health()[0] == 503, "it answers, and is not ready")
    own_postgres.start()
    own_rabbitmq.start()
    shaky.write(30)
    wait_until(lambda: worker.ready and shaky.all_once(), "90 events applied")


def test_the_brokers_data_is_wiped(wipeable: Stage, own_rabbitmq: Rabbit) -> None:
    own_rabbitmq.kill()
    wipeable.write(30)
    shutil.rmtree(own_rabbitmq.folder / "mnesia")
    own_rabbitmq.start()
    wait_until(lambda: healthy_again(wipeable), "60 events applied")
    wipeable.write(30)
    wait_until(wipeable.all_once, "90 events applied, through queues that were declared again")
