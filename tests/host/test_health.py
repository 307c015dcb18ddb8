"""Health tells the truth: the database is there, gone, frozen; a service that is needed is away; the end is near."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from samspor.common.v1 import common_pb2

from deploy.local.ports import free_port
from deploy.local.postgres import Postgres
from libs.host.calls import Caller
from libs.host.clients import GrpcClients
from libs.host.health import Watch
from libs.host.rpc import Server
from libs.host.settings import Settings
from tests.host.conftest import declared, open_case

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
PATIENCE = 30.0
"""Seconds: a busy machine is slow, a broken one never gets there."""


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


@pytest.fixture
def here(own_postgres: Postgres, settings: Settings) -> Settings:
    rpc = {"cases": f"127.0.0.1:{free_port()}"}
    return settings.model_copy(update={"rpc": rpc, "database": own_postgres.template()})


@pytest.fixture
def status(here: Settings) -> Iterator[Callable[[], int]]:
    server = Server(declared(lambda _: SimpleNamespace(seen=[], does={})), here)
    server.start()
    with grpc.insecure_channel(here.rpc["cases"]) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        request = health_pb2.HealthCheckRequest(service="samspor.cases.v1.CasesService")
        yield lambda: stub.Check(request, timeout=5).status
    server.stop()


def test_the_database_comes_and_goes(status: Callable[[], int], own_postgres: Postgres) -> None:
    assert within(PATIENCE, lambda: status() == SERVING)
    own_postgres.stop()
    assert within(PATIENCE, lambda: status() == NOT_SERVING)
    own_postgres.start()
    assert within(PATIENCE, lambda: status() == SERVING)


def test_a_frozen_database_is_not_there(status: Callable[[], int], own_postgres: Postgres) -> None:
    assert within(PATIENCE, lambda: status() == SERVING)
    backends = backends_of(own_postgres)
    for pid in backends:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert within(PATIENCE, lambda: status() == NOT_SERVING)
    finally:
        for pid in backends:
            os.kill(pid, signal.SIGCONT)
    assert within(PATIENCE, lambda: status() == SERVING)


def backends_of(postgres: Postgres) -> list[int]:
    """The postmaster and its children."""
    master = int((postgres.data / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [master, *map(int, children)]


def test_a_service_that_is_needed() -> None:
    told: list[bool] = []
    away = True

    def check() -> None:
        if away:
            raise ConnectionError

    watch = Watch("timeline", {"consents": check}, told.append)
    assert told[0] is False
    assert not within(0.6, lambda: told[-1])
    away = False
    assert within(PATIENCE, lambda: told[-1])
    watch.stop()


def test_reflection_names_the_service(settings: Settings, service: SimpleNamespace) -> None:
    with grpc.insecure_channel(settings.rpc["cases"]) as channel:
        ask = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo
        (answer,) = ask(iter([reflection_pb2.ServerReflectionRequest(list_services="")]), timeout=2)
    assert {found.name for found in answer.list_services_response.service} >= {"samspor.cases.v1.CasesService"}


PROCESS = """
import time
from tests.host.conftest import declared
from types import SimpleNamespace
from libs.host import logs, rpc
from libs.host.settings import load

class Slow(list):
    def append(self, item):
        time.sleep(1)
        super().append(item)

logs.configure()
rpc.run([declared(lambda _: SimpleNamespace(seen=Slow(), does={}))], load())
"""


def test_a_call_under_way_ends_before_the_process(settings: Settings, caller: Caller) -> None:
    here = settings.model_copy(update={"rpc": {"cases": f"127.0.0.1:{free_port()}"}})
    environment = os.environ | {
        "SAMSPOR_RPC": f'{{"cases": "{here.rpc["cases"]}"}}',
        "SAMSPOR_DATABASE": here.database,
        "SAMSPOR_ISSUERS": str(here.issuers),
        "SAMSPOR_SIGNING_KEYS": str(here.signing_keys),
    }
    process = subprocess.Popen([sys.executable, "-c", PROCESS], env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    while '"answering"' not in process.stderr.readline():
        assert process.poll() is None
    clients = GrpcClients("gateway", here)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(clients.ask, open_case(), common_pb2.Recorded, caller, PATIENCE)
        assert not within(0.3, call.done)
        process.terminate()
        assert call.result().version == 1
    assert process.wait(PATIENCE) == 0
    process.stderr.close()
    clients.close()
