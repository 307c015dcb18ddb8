"""A service that is nothing but its protos and a few functions, hosted for real on a free port."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2

from deploy.local.ports import free_port
from libs.eventlog.decider import Context
from libs.host.calls import Caller
from libs.host.clients import GrpcClients
from libs.host.rpc import Server
from libs.host.service import Service
from libs.host.settings import Settings

ISSUERS = ("gateway", "cases", "timeline", "stranger")
CITIZEN = "01890a5d-ac96-774b-bcce-b302099a8057"
ORGANISATION = "01890a5d-ac96-774b-bcce-b302099a8058"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `private/` and `public/` keys of ISSUERS; nobody believes the stranger."""
    folder = tmp_path_factory.mktemp("keys")
    for side in ("private", "public"):
        (folder / side).mkdir()
    for issuer in ISSUERS:
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "private" / f"{issuer}.pem").write_bytes(private)
        if issuer != "stranger":
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            (folder / "public" / f"{issuer}.pem").write_bytes(public)
    return folder


@pytest.fixture(scope="session")
def settings(keys: Path) -> Settings:
    return Settings(
        environment="test",
        database="postgresql://nobody@127.0.0.1:9/nothing",
        rpc={name: f"127.0.0.1:{free_port()}" for name in ("cases", "timeline")},
        issuers=keys / "public",
        signing_keys=keys / "private",
    )


def record(service: SimpleNamespace, request: Any, caller: Context) -> Message:
    """Any command: remembers who called with what; does what the subject code says."""
    service.seen.append((request, caller))
    code = getattr(request, "subject_code", "")
    if code in service.does:
        raise service.does[code]
    return common_pb2.Recorded(id=CITIZEN, version=1, position=len(service.seen))


def look(service: SimpleNamespace, request: Any, caller: Context) -> Message:
    service.seen.append((request, caller))
    return cases_pb2.CaseList() if isinstance(request, cases_pb2.ListCases) else cases_pb2.Case(id=request.case)


def declared(compose: Any) -> Service:
    """A service with a row for each method of CasesService."""
    (descriptor,) = cases_pb2.DESCRIPTOR.services_by_name.values()
    requests = [getattr(cases_pb2, method.input_type.name) for method in descriptor.methods]
    commands = {request for request in requests if "command" in request.DESCRIPTOR.fields_by_name}
    return Service(
        name="cases",
        handlers={request: record for request in requests if request in commands},
        queries={request: look for request in requests if request not in commands},
        compose=compose,
    )


@pytest.fixture(scope="session")
def hosted(settings: Settings) -> Iterator[SimpleNamespace]:
    """The service's own object, while a real server answers for it."""
    service = SimpleNamespace(seen=[], does={})
    server = Server(declared(lambda _runtime: service), settings)
    server.start()
    yield service
    server.stop()


@pytest.fixture
def service(hosted: SimpleNamespace) -> SimpleNamespace:
    """`seen`: (request, caller) of each call that reached a handler; `does`: subject code -> what is raised."""
    hosted.seen.clear()
    hosted.does.clear()
    return hosted


@pytest.fixture(scope="session")
def clients(settings: Settings) -> Iterator[GrpcClients]:
    """Asks as the gateway does."""
    made = GrpcClients("gateway", settings)
    yield made
    made.close()


@pytest.fixture
def caller() -> Caller:
    now = datetime.now(UTC)
    return Caller(
        command_id="", actor="anna", organisation=ORGANISATION, role="caseworker", unit="u1", now=now, occurred=now
    )


def open_case(**changed: Any) -> cases_pb2.OpenCase:
    """A command that nothing is wrong with, but for what is changed."""
    fields: dict[str, Any] = {
        "command": common_pb2.Command(command_id="01890a5d-ac96-774b-bcce-b302099a8059"),
        "citizen": CITIZEN,
        "subject_code": "27.24.00",
        "title": "Housing",
        "legal_basis": "SEL-141",
    }
    return cases_pb2.OpenCase(**fields | changed)
