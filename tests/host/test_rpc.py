"""One call through the real host: what reaches the handler, and what comes back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from time import monotonic
from types import SimpleNamespace

import pytest
from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2

from deploy.local.ports import free_port
from libs.eventlog.refusal import Kind
from libs.host.calls import Caller
from libs.host.clients import GrpcClients
from libs.host.errors import Refused, ServiceUnavailable
from libs.host.rpc import Server
from libs.host.settings import DEADLINE, Settings
from tests.host.conftest import CITIZEN, ORGANISATION, declared, open_case


def test_a_command_reaches_its_handler_with_its_caller(
    service: SimpleNamespace, clients: GrpcClients, caller: Caller
) -> None:
    answer = clients.ask(open_case(), common_pb2.Recorded, caller)
    assert answer == common_pb2.Recorded(id=CITIZEN, version=1, position=1)
    ((request, seen),) = service.seen
    assert request == open_case()
    assert (seen.actor, seen.organisation, seen.role, seen.unit) == ("anna", ORGANISATION, "caseworker", "u1")
    assert seen.command_id == request.command.command_id
    assert seen.occurred == seen.now
    assert seen.expected_version is None


def test_a_question_is_asked_without_a_command(service: SimpleNamespace, clients: GrpcClients, caller: Caller) -> None:
    assert clients.ask(cases_pb2.GetCase(case=CITIZEN), cases_pb2.Case, caller) == cases_pb2.Case(id=CITIZEN)
    assert service.seen[0][1].command_id == ""


def test_a_call_that_waited_too_long_is_not_begun(settings: Settings, caller: Caller) -> None:
    begun, go_on = Event(), Event()

    class Slow(list[object]):
        def append(self, item: object) -> None:
            super().append(item)
            begun.set()
            go_on.wait(10)

    here = settings.model_copy(update={"rpc": {"cases": f"127.0.0.1:{free_port()}"}, "threads": 1})
    service = SimpleNamespace(seen=Slow(), does={})
    server, clients = Server(declared(lambda _: service), here), GrpcClients("gateway", here)
    server.start()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(clients.ask, open_case(title="first"), common_pb2.Recorded, caller, 10.0)
        assert begun.wait(5)
        with pytest.raises(Refused) as error:
            clients.ask(open_case(title="late"), common_pb2.Recorded, caller, 0.2)
        assert error.value.kind is Kind.UNAVAILABLE
        go_on.set()
        assert first.result().version == 1
        clients.ask(open_case(title="last"), common_pb2.Recorded, caller, 10.0)
    clients.close()
    server.stop()
    assert [request.title for request, _ in service.seen] == ["first", "last"]


def test_a_handler_knows_how_long_its_caller_waits(
    service: SimpleNamespace, clients: GrpcClients, caller: Caller
) -> None:
    began = monotonic()
    for seconds in (1.0, 60.0):
        clients.ask(cases_pb2.GetCase(case=CITIZEN), cases_pb2.Case, caller, seconds)

    hasty, patient = (seen.until - began for _, seen in service.seen)
    assert hasty < 1.0
    assert 1.0 < patient < monotonic() - began + DEADLINE


def test_nobody_is_waited_for_longer_than_ones_own_caller_waits(settings: Settings, caller: Caller) -> None:
    here = settings.model_copy(update={"rpc": {"cases": f"127.0.0.1:{free_port()}"}})
    clients, began = GrpcClients("gateway", here), monotonic()

    with pytest.raises(Refused) as refused:
        clients.ask(open_case(), common_pb2.Recorded, replace(caller, until=began - 1), 30.0)

    assert (refused.value.reason, refused.value.details) == ("SERVICE_UNAVAILABLE", {"service": "cases"})
    assert monotonic() - began < 10
    clients.close()


def test_the_answer_that_another_is_away_is_not_asked_for_again(
    service: SimpleNamespace, clients: GrpcClients, caller: Caller
) -> None:
    service.does["away"] = ServiceUnavailable(service="consents")

    with pytest.raises(Refused) as refused:
        clients.ask(open_case(subject_code="away"), common_pb2.Recorded, caller)

    assert refused.value.details == {"service": "consents"}
    assert len(service.seen) == 1
