"""A declaration is whole, and a runtime closes what it opened."""

from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from psycopg_pool import PoolClosed
from samspor.cases.v1 import cases_pb2
from samspor.consents.v1 import consents_pb2

from deploy.local.postgres import Databases
from libs.host.rpc import descriptor_of, rows, run
from libs.host.service import Runtime, Service, find
from libs.host.settings import Settings
from tests.host.conftest import declared, look


def test_a_service_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"no such service: case; there are cases, consents"):
        find(["case"])


def test_every_method_has_a_row() -> None:
    service = declared(lambda _: None)
    assert rows(service, descriptor_of(service))["OpenCase"] is cases_pb2.OpenCase
    lacking = {request: row for request, row in service.handlers.items() if request is not cases_pb2.CloseCase}
    with pytest.raises(ValueError, match=r"a method without a row: samspor\.cases\.v1\.CloseCase"):
        rows(replace(service, handlers=lacking), descriptor_of(service))


def test_every_row_has_a_method() -> None:
    service = declared(lambda _: None)
    strange = replace(service, queries={**service.queries, consents_pb2.Decide: look})
    with pytest.raises(ValueError, match=r"samspor\.consents\.v1\.Decide"):
        rows(strange, descriptor_of(service))


def test_a_runtime_closes_what_it_opened(databases: Databases, tmp_path: Path) -> None:
    (tmp_path / "policies.cedar").write_text("permit(principal, action, resource);")
    service = Service(name="cases", compose=lambda _: None, room=tmp_path)
    runtime = Runtime(service, Settings(database=databases.template))
    assert runtime.authorizer.decide({}, "OpenCase", {}).allowed
    with runtime.pool.connection() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("samspor_cases",)
    assert runtime.sealer is None
    runtime.close()
    with pytest.raises(PoolClosed), runtime.pool.connection():
        pass


def test_an_operator_is_told_why_a_process_cannot_start(settings: Settings) -> None:
    def compose(_runtime: Runtime) -> None:
        raise ValueError("key-encryption.key is not a key")

    with structlog.testing.capture_logs() as lines, pytest.raises(SystemExit):
        run([declared(compose)], settings)
    assert (lines[-1]["event"], lines[-1]["reason"]) == ("cannot start", "key-encryption.key is not a key")
