"""Commands and questions to the running services, each in the name of a person with a role in an organisation."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeVar

import grpc
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common

from libs.eventlog import Context, Kind
from libs.host import settings
from libs.host.clients import GrpcClients
from libs.host.errors import Refused, ServiceUnavailable
from libs.host.settings import Settings
from libs.host.times import timestamp

ISSUER: Final = "cli"
PATIENCE: Final = 30.0
"""Seconds that a service may be away before a command is given up."""
START: Final = 5.0
"""Seconds that a service that has just been started may take."""
DEADLINE: Final = 10.0
"""Seconds for one call."""


class Person(NamedTuple):
    """In whose name something is done."""

    person: str
    organisation: str
    role: str
    unit: str = ""


OPERATOR: Final = Person("operator", "6f70657e-0000-5000-8000-6f70657261f0", "operator")
"""Who runs the installation. Their organisation is no entry of the directory."""

Answer = TypeVar("Answer", bound=Message)


@contextmanager
def open_desk(*services: str) -> Iterator["Desk"]:
    """A desk, once the services that it is for answer. Raises SettingMissing, Refused."""
    with Desk(settings.load()) as desk:
        for service in services:
            desk.check(service)
        yield desk


class Desk:
    """Thread-safe. Commands are repeated with their id while a service is away: they take effect once."""

    def __init__(self, chosen: Settings) -> None:
        self._clients = GrpcClients(ISSUER, chosen)

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *_: object) -> None:
        self._clients.close()

    def check(self, service: str) -> None:
        """Raises Refused unless the service serves within a few seconds."""
        deadline = time.monotonic() + START
        while True:
            try:
                return self._clients.check(service)
            except (grpc.RpcError, ServiceUnavailable):
                if time.monotonic() > deadline:
                    message = f"{service} does not answer. Is Samspor running? `samspor status` says what runs here."
                    raise Refused(Kind.UNAVAILABLE, ServiceUnavailable.reason, message) from None
                time.sleep(0.2)

    def ask(self, question: Message, answer: type[Answer], person: Person) -> Answer:
        """Raises Refused."""
        deadline = time.monotonic() + PATIENCE
        for attempt in range(1, 1000):
            try:
                return self._clients.ask(question, answer, caller_of(person), DEADLINE)
            except Refused as refused:
                if refused.kind is not Kind.UNAVAILABLE or time.monotonic() > deadline:
                    raise
                time.sleep(min(0.1 * attempt, 2.0))
        raise TimeoutError

    def send(
        self, command: Message, person: Person, *, command_id: str, occurred: datetime | None = None
    ) -> common.Recorded:
        """Raises Refused."""
        about = common.Command(command_id=command_id)
        if occurred:
            about.occurred.CopyFrom(timestamp(occurred))
        command.command.CopyFrom(about)  # type: ignore[attr-defined]  # every command message has it
        return self.ask(command, common.Recorded, person)


def caller_of(person: Person) -> Context:
    """Who asks, now."""
    now = datetime.now(UTC)
    return Context(
        command_id="",
        actor=person.person,
        organisation=person.organisation,
        role=person.role,
        unit=person.unit,
        now=now,
        occurred=now,
    )
