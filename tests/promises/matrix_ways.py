"""The ways that data leaves, each asked with the bytes of its own protocol and answered with raw bytes."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import local
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import grpc
import httpx
from cryptography.fernet import Fernet
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.timeline.v1 import timeline_pb2 as timeline
from typer.testing import CliRunner

from cli.desk import Person, caller_of
from cli.main import app
from deploy.local.process import wait_until
from libs.host.clients import STATUS_KEY, GrpcClients, path_of
from libs.host.settings import Settings
from services.gateway.person import Person as Visitor
from services.gateway.settings import session_key
from tests.promises.matrix_people import KIND_OF

EVER_NEW: Final = re.compile(rb'(?<=name="_token" )value="[0-9a-f]{80}"|(?<=name="command_id" )value="[0-9a-f-]{36}"')
AWAY: Final = re.compile(rb"503\n|StatusCode\.(UNAVAILABLE|DEADLINE_EXCEEDED)")
PATIENCE: Final = 60.0
"""Seconds."""
PAGE: Final = 200
"""Entries of one page: all that a citizen of the matrix has."""


class Answer(NamedTuple):
    ok: bool
    raw: bytes


class Counted(NamedTuple):
    """What an answer says of entries without showing them."""

    stubs: dict[tuple[str, str], int]
    """(organisation, category) -> entries that are withheld."""
    organisations: frozenset[str]
    categories: frozenset[str]


@dataclass
class Ways:
    settings: Settings
    address: str

    def __post_init__(self) -> None:
        self._issuers = {name: GrpcClients(name, self.settings) for name in ("cli", "cases", "referrals", "timeline")}
        self._channels = {name: grpc.insecure_channel(address) for name, address in self.settings.rpc.items()}
        self._fernet = Fernet(session_key(self.settings))
        self._threads = local()
        self._clients: list[httpx.Client] = []

    def close(self) -> None:
        for loading in self._clients:
            loading.close()
        for client in self._issuers.values():
            client.close()
        for channel in self._channels.values():
            channel.close()

    def rpc(self, request: Message, person: Person, through: str = "cli", body: bytes | None = None) -> Answer:
        """The answer's bytes, or those of the status that refuses it."""
        return patiently(lambda: self._called(request, person, through, body))

    def _called(self, request: Message, person: Person, through: str, body: bytes | None) -> Answer:
        service = request.DESCRIPTOR.full_name.split(".")[1]
        call = self._channels[service].unary_unary(path_of(request.DESCRIPTOR), bytes, bytes)
        token = self._issuers[through].token(service, caller_of(person))
        metadata = (("authorization", f"Bearer {token}"),)
        try:
            return Answer(
                True, call(request.SerializeToString() if body is None else body, metadata=metadata, timeout=30)
            )
        except grpc.RpcError as error:
            found: Any = error
            details = [value for key, value in found.trailing_metadata() if key == STATUS_KEY]
            return Answer(False, f"{found.code()} {found.details()} ".encode() + b"".join(details))

    def rest(self, path: str, person: Person) -> Answer:
        token = self._issuers["cli"].token("gateway", caller_of(person))
        return self._loaded(path, headers={"authorization": f"Bearer {token}"})

    def page(self, path: str, person: Person) -> Answer:
        """As somebody who is signed in sees it, but for what is new in each form."""
        visitor = {name: value for name, value in person._asdict().items() if value}
        visitor["kind"] = KIND_OF.get(person.organisation, "")
        cookie = self._fernet.encrypt(json.dumps({"person": visitor}).encode()).decode()
        answer = self._loaded(path, headers={"cookie": f"samspor={cookie}", "accept-language": "en"})
        return Answer(answer.ok, EVER_NEW.sub(b"", answer.raw))

    def _loaded(self, path: str, headers: dict[str, str]) -> Answer:
        return patiently(lambda: self._got(path, headers))

    def _got(self, path: str, headers: dict[str, str]) -> Answer:
        """By a client of this thread's own."""
        if not hasattr(self._threads, "client"):
            self._threads.client = httpx.Client(base_url=self.address, timeout=30)
            self._clients.append(self._threads.client)
        answer = self._threads.client.get(path, headers=headers)
        return Answer(answer.status_code == 200, str(answer.status_code).encode() + b"\n" + answer.content)

    def command_line(self, citizen: str, person: Person, purpose: str, category: str) -> Answer:
        """`samspor timeline`, in this process."""
        asked = ["timeline", citizen, "--as", person.person, "--purpose", purpose, "--size", str(PAGE), "--json"]
        done = CliRunner().invoke(app, [*asked, *(["--category", category] if category else [])])
        return Answer(done.exit_code == 0, done.output.encode())

    def package(self, citizen: str, person: Person, purpose: str) -> Answer:
        """`samspor access package`, in this process: what it says, and every file that it makes."""
        with TemporaryDirectory() as folder:
            out = Path(folder) / "package"
            asked = ["access", "package", citizen, "--as", person.person, "--purpose", purpose, "--out", str(out)]
            done = CliRunner().invoke(app, asked)
            made = b"".join(file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file())
            return Answer(done.exit_code == 0, done.output.replace(folder, "").encode() + made)


def patiently(ask: Callable[[], Answer]) -> Answer:
    """The first answer that is not that nobody could answer in time: a busy machine is no refusal."""
    answers: list[Answer] = []

    def answered() -> bool:
        answers.append(ask())
        return answers[-1].ok or not AWAY.match(answers[-1].raw)

    wait_until(answered, PATIENCE, 0.2)
    return answers[-1]


def question_of(citizen: str, purpose: str, category: str) -> timeline.GetTimeline:
    categories = [category] if category else []
    page = common.PageRequest(size=PAGE)
    return timeline.GetTimeline(citizen=citizen, purpose=purpose, categories=categories, page=page)


def rest_path(citizen: str, purpose: str, category: str) -> str:
    query = {"purpose": purpose, "size": str(PAGE)} | ({"category": category} if category else {})
    return f"/api/v1/timeline/{citizen}?{urlencode(query)}"


def page_path(citizen: str, purpose: str, category: str) -> str:
    query = {"purpose": purpose} | ({"category": category} if category else {})
    return f"/citizens/{citizen}?{urlencode(query)}"


def page_purpose(person: Person, purpose: str) -> str:
    """What a page is loaded for: it takes no purpose that it does not offer."""
    offered = Visitor(
        person.person, person.organisation, person.role, kind=KIND_OF.get(person.organisation, "")
    ).purposes
    return purpose if purpose in offered else offered[0]


def counted_rpc(raw: bytes) -> Counted:
    found = timeline.Timeline.FromString(raw)
    return counted(MessageToDict(found, preserving_proto_field_name=True))


def counted_rest(raw: bytes) -> Counted:
    return counted(json.loads(raw.partition(b"\n")[2]))


def counted_command(raw: bytes) -> Counted:
    return counted(json.loads(raw))


def counted(answer: dict[str, Any]) -> Counted:
    stubs: dict[tuple[str, str], int] = {}
    for entry in answer.get("entries", ()):
        if entry["outcome"] == "stub":
            key = (entry["organisation"], entry["category"])
            stubs[key] = stubs.get(key, 0) + 1
    return Counted(stubs, frozenset(answer.get("organisations", ())), frozenset(answer.get("categories", ())))


Counting = Callable[[bytes], Counted]
