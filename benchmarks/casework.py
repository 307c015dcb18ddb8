"""A running platform with citizens and cases, and commands to it as plain gRPC calls."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import grpc
import psycopg
from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from cli.desk import ISSUER, Desk, Person
from deploy.local.platform import Platform
from deploy.local.process import wait_until
from libs.eventlog import new_id
from libs.host.clients import path_of
from libs.host.tokens import Issuer
from libs.spec.platforms import settings_of

UNIT = "be4c0000-0000-7000-8000-000000000001"
WORKER = Person("bench-caseworker", UNIT, "caseworker")
LAW = "barnets-lov-stoette"
SUBJECT = "27.24.00"
TEXT = "x" * 200


class Casework:
    """`desk` sends what a measurement needs first."""

    def __init__(self, platform: Platform, desk: Desk) -> None:
        self.platform, self.desk, self.settings = platform, desk, settings_of(platform)
        self._issuer = Issuer(ISSUER, self.settings.folder("signing_keys"))
        self._channels: dict[str, grpc.Channel] = {}

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()

    def settle(self) -> None:
        """Until the timeline shows what cases has recorded, so that what follows is measured on a quiet platform."""
        logged, shown = self.settings.database_of("cases"), self.settings.database_of("timeline")
        with psycopg.connect(logged, autocommit=True) as cases_, psycopg.connect(shown, autocommit=True) as timeline:
            row = cases_.execute("SELECT position FROM counter").fetchone()
            assert row is not None

            def there() -> bool:
                seen = timeline.execute("SELECT position FROM positions WHERE source = 'cases'").fetchone()
                return seen is not None and seen[0] >= row[0]

            assert wait_until(there, 120), "the timeline does not come to the end of the log"

    @contextmanager
    def worker_held(self) -> Iterator[None]:
        """The worker process does nothing: no relay, no consumer."""
        worker = self.platform.programs["worker"].process
        worker.send(signal.SIGSTOP)
        try:
            yield
        finally:
            worker.send(signal.SIGCONT)

    def citizen(self) -> str:
        identifier = consents.Identifier(system="urn:samspor:bench", value=new_id())
        return self.desk.send(consents.RegisterCitizen(identifier=identifier), WORKER, command_id=new_id()).id

    def case(self, citizen: str = "") -> str:
        command = cases.OpenCase(
            citizen=citizen or self.citizen(), subject_code=SUBJECT, title=TEXT[:40], legal_basis=LAW, category="family"
        )
        return self.desk.send(command, WORKER, command_id=new_id()).id

    def call(self, service: str, request: type[Message], person: Person = WORKER) -> Callable[[Message], bytes]:
        """Sends a request in the person's name; the answer stays bytes."""
        if service not in self._channels:
            self._channels[service] = grpc.insecure_channel(self.settings.rpc_of(service))
        method: Any = self._channels[service].unary_unary(path_of(request.DESCRIPTOR), bytes, bytes)

        def send(message: Message) -> bytes:
            token = self._issuer.token(service, person.person, organisation=person.organisation, role=person.role)
            metadata = (("authorization", f"Bearer {token}"),)
            answer: bytes = method(message.SerializeToString(), metadata=metadata, timeout=10)
            return answer

        return send

    def note_writer(self, number: int) -> Callable[[], common.Recorded]:
        """Writes a note, in each of `number` cases in turn."""
        known, turn, send = [self.case() for _ in range(number)], count(), self.call("cases", cases.WriteNote)

        def write() -> common.Recorded:
            command = common.Command(command_id=new_id())
            case = known[next(turn) % number]
            note = cases.WriteNote(command=command, case=case, category="family", sensitivity="normal", text=TEXT)
            return common.Recorded.FromString(send(note))

        return write
