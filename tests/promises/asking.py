"""One question or command, asked once: what a person is told who does not try again."""

from typing import Final
from uuid import uuid4

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.timeline.v1 import timeline_pb2 as timeline

from cli.desk import ISSUER, Person, caller_of
from libs.eventlog import Result
from libs.host.calls import Answer
from libs.host.clients import GrpcClients
from libs.host.settings import Settings

PATIENT: Final = 10.0
"""Seconds that the asker would wait: longer than any service may take."""


class Asker:
    """Thread-safe. Unlike a desk it never asks again."""

    def __init__(self, settings: Settings) -> None:
        self._clients = GrpcClients(ISSUER, settings)

    def __enter__(self) -> "Asker":
        return self

    def __exit__(self, *_: object) -> None:
        self._clients.close()

    def ask(self, question: Message, answer: type[Answer], person: Person) -> Answer:
        """Raises Refused."""
        return self._clients.ask(question, answer, caller_of(person), PATIENT)

    def read(self, citizen: str, person: Person, purpose: str = "casework") -> timeline.Timeline:
        """A page of a citizen's timeline. Raises Refused."""
        return self.ask(timeline.GetTimeline(citizen=citizen, purpose=purpose), timeline.Timeline, person)

    def send(self, command: Message, person: Person) -> Result:
        """Raises Refused."""
        command.command.CopyFrom(common.Command(command_id=str(uuid4())))  # type: ignore[attr-defined]  # every command has it
        done = self.ask(command, common.Recorded, person)
        return Result(done.id, done.version, done.position)
