"""Five services for real, people who ask them, and a worker that the test itself turns."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar
from uuid import uuid4

import grpc
import psycopg
from google.protobuf.message import Message
from google.rpc import status_pb2
from psycopg import sql
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from deploy.local.postgres import Postgres
from libs.bus.alarms import Alarm, Alarms
from libs.bus.inbox import Inbox
from libs.bus.message import Batch
from libs.eventlog import Log
from libs.host.calls import Caller
from libs.host.clients import STATUS_KEY, GrpcClients, path_of
from libs.host.service import Runtime, find
from libs.host.settings import Settings
from libs.spec.scenario import CONTEXT
from tests.partners.system import running

SERVICES: Final = ("cases", "consents", "partners", "referrals", "timeline")
RECORDING: Final = ("cases", "consents", "referrals")
PAGE: Final = 1000
CPR: Final = "urn:oid:1.2.208.176.1.2"

Fire = Callable[[Alarm], object]
Answer = TypeVar("Answer", bound=Message)


class Person(NamedTuple):
    name: str
    organisation: str
    role: str

    def caller(self) -> Caller:
        return Caller(
            command_id="",
            actor=self.name,
            organisation=self.organisation,
            role=self.role,
            now=CONTEXT.now,
            occurred=CONTEXT.occurred,
        )


FAMILY, NGO, SCHOOL, STRANGERS, CITIZENS = (f"0189aaaa-0000-7000-8000-00000000000{n}" for n in range(1, 6))
MARIA: Final = Person("maria", FAMILY, "coordinator")
MENTOR: Final = Person("mentor", NGO, "ngo_worker")
ADMIN: Final = Person("admin", NGO, "partner_administrator")
TEACHER: Final = Person("teacher", SCHOOL, "caseworker")
STRANGER: Final = Person("stranger", STRANGERS, "coordinator")
AUDITOR: Final = Person("auditor", STRANGERS, "auditor")


def oneself(citizen: str) -> Person:
    return Person(citizen, CITIZENS, "citizen")


class Office:
    """Asks the services in anybody's name, as a login does or as the timeline does."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._clients = {issuer: GrpcClients(issuer, settings) for issuer in ("cli", *SERVICES)}
        self._channels = {name: grpc.insecure_channel(address) for name, address in settings.rpc.items()}
        self._runtimes = {service.name: Runtime(service, settings) for service in find(SERVICES)}
        self._inboxes: list[tuple[str, Inbox]] = []
        for name, runtime in self._runtimes.items():
            composed = runtime.service.compose(runtime)
            for source, handler in runtime.service.consumes.items():
                self._inboxes.append((name, Inbox(runtime.pool.connection, source, partial(handler, composed))))

    def ask(self, question: Message, answer: type[Answer], person: Person, through: str = "cli") -> Answer:
        return self._clients[through].ask(question, answer, person.caller())

    def send(self, command: Any, person: Person, command_id: str = "", **about: Any) -> common.Recorded:
        """A command as it is, under an id that is new where none is given."""
        command.command.CopyFrom(common.Command(command_id=command_id or str(uuid4()), **about))
        return self.ask(command, common.Recorded, person)

    def status(self, body: bytes, request: Message, person: Person, through: str = "cli") -> status_pb2.Status:
        """The status that raw bytes are answered with where `request` is expected."""
        service = request.DESCRIPTOR.full_name.split(".")[1]
        call = self._channels[service].unary_unary(path_of(request.DESCRIPTOR), bytes, bytes)
        token = self._clients[through].token(service, person.caller())
        try:
            call(body, metadata=(("authorization", f"Bearer {token}"),), timeout=10)
        except grpc.RpcError as error:
            found: Any = error
            (details,) = (value for key, value in found.trailing_metadata() if key == STATUS_KEY)
            return status_pb2.Status.FromString(details)
        return status_pb2.Status()

    def catch_up(self, *sources: str) -> None:
        """What the workers do, until nothing is left: of all sources, or of these only."""
        moved = True
        while moved:
            moved = False
            for _, inbox in self._inboxes:
                while not sources or inbox.source in sources:
                    position = inbox.position()
                    page = self._runtimes[inbox.source].log.page(position, PAGE)
                    if not page.bodies:
                        break
                    assert inbox.apply(Batch(page.first, page.bodies)).parked == 0
                    moved = True

    def log(self, service: str) -> Log:
        """A service's log as its worker has it: without secrets."""
        return self._runtimes[service].log

    def turn(self, name: str, source: str) -> None:
        """One worker takes all there is of one source."""
        inbox = next(inbox for consumer, inbox in self._inboxes if (consumer, inbox.source) == (name, source))
        page = self._runtimes[source].log.page(inbox.position(), PAGE)
        if page.bodies:
            assert inbox.apply(Batch(page.first, page.bodies)).parked == 0

    def alarms(self, name: str, now: datetime, fire: Callable[[Fire], Fire] = lambda fire: fire) -> Alarms:
        """Those of a service, as its worker has them at that time; `fire` may change how they are fired."""
        runtime = self._runtimes[name]
        fires = runtime.service.fires
        assert fires is not None
        return Alarms(runtime.pool.connection, fire(partial(fires, runtime.service.compose(runtime))), lambda: now)

    def begin_anew(self, name: str, source: str, *tables: str) -> None:
        """One worker forgets how far it came with a source, and what it only adds to."""
        with psycopg.connect(self.settings.database_of(name)) as connection:
            connection.execute("UPDATE positions SET position = 0 WHERE source = %s", [source])
        with psycopg.connect(self.settings.owner_database_of(name)) as connection:
            for table in tables:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))

    def rows(self, service: str, query: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        with psycopg.connect(self.settings.database_of(service)) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def recorded(self) -> dict[str, int]:
        """Events of each service."""
        return {name: self.rows(name, "SELECT count(*) FROM events")[0][0] for name in RECORDING}

    def citizen(self, number: str, person: Person = MARIA) -> str:
        """One whom the person's organisation registered."""
        identifier = consents.Identifier(system="urn:test", value=number)
        return self.send(consents.RegisterCitizen(identifier=identifier, name=f"Name {number}"), person).id

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
        for channel in self._channels.values():
            channel.close()
        for runtime in self._runtimes.values():
            runtime.close()


@contextmanager
def open_office(postgres: Postgres, folder: Path) -> Iterator[Office]:
    with running(postgres, folder, SERVICES) as settings:
        office = Office(settings)
        try:
            yield office
        finally:
            office.close()
