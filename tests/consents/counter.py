"""Where people come to a real consents: commands and questions in their names, directly or through the timeline."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar
from uuid import uuid4

import psycopg
import pytest
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from cli.desk import Person
from libs.bus.received import Envelope, Received
from libs.eventlog import Binding, new_id
from libs.host.calls import Caller
from libs.host.clients import GrpcClients
from libs.host.errors import Refused
from libs.host.settings import DEADLINE, Settings
from libs.host.times import period
from libs.sealing import seal

FAMILY: Final = Person("frida", "01890a5d-ac96-774b-bcce-b302099ad001", "caseworker")
NGO: Final = Person("nadia", "01890a5d-ac96-774b-bcce-b302099ad002", "ngo_worker")
STRANGER: Final = Person("sten", "01890a5d-ac96-774b-bcce-b302099ad003", "caseworker")
AUDITOR: Final = Person("arne", "01890a5d-ac96-774b-bcce-b302099ad004", "auditor")
LAW: Final = "barnets-lov-stoette"

Answer = TypeVar("Answer", bound=Message)


class Entry(NamedTuple):
    """A recorded text, as a timeline holds it."""

    of: consents.AccessClass
    text: consents.SealedText


class Counter:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._login, self._timeline = GrpcClients("cli", settings), GrpcClients("timeline", settings)

    def __enter__(self) -> "Counter":
        return self

    def __exit__(self, *_: object) -> None:
        self._login.close()
        self._timeline.close()

    def ask(
        self,
        question: Message,
        answer: type[Answer],
        person: Person,
        *,
        through_timeline: bool = False,
        patience: float = DEADLINE,
    ) -> Answer:
        """`patience` in seconds. Raises Refused."""
        now = datetime.now(UTC)
        caller = Caller(
            command_id="",
            actor=person.person,
            organisation=person.organisation,
            role=person.role,
            now=now,
            occurred=now,
        )
        return (self._timeline if through_timeline else self._login).ask(question, answer, caller, patience)

    def send(self, command: Any, person: Person, command_id: str = "", patience: float = DEADLINE) -> common.Recorded:
        command.command.command_id = command_id or str(uuid4())
        return self.ask(command, common.Recorded, person, patience=patience)

    def key(self, citizen: str, organisation: str) -> consents.PublicKey:
        """As a service asks for it, in its own name."""
        request = consents.GetPublicKey(citizen=citizen, organisation=organisation)
        itself = Person("timeline", organisation, "service")
        return self.ask(request, consents.PublicKey, itself, through_timeline=True)

    def register(self, person: Person = FAMILY, name: str = "Amalie") -> str:
        """A new citizen."""
        identifier = consents.Identifier(system="urn:samspor:test", value=uuid4().hex)
        return self.send(
            consents.RegisterCitizen(identifier=identifier, name=name, address="Vej 1, 5000 Odense C"), person
        ).id

    def state(self, citizen: str, person: Person = FAMILY, law: str = LAW) -> str:
        """A new statutory basis of the person's organisation."""
        command = consents.EstablishBasis(citizen=citizen, organisation=person.organisation, law=law)
        self.send(command, person)
        return self.newest(citizen, person).id

    def consent(self, citizen: str, *categories: str) -> str:
        """A new consent to the NGO."""
        command = consents.GiveConsent(
            citizen=citizen,
            kind="gdpr_consent",
            grantee=NGO.organisation,
            purposes=["mentoring"],
            categories=categories,
            period=period(None, datetime.now(UTC) + timedelta(days=1)),
            given_how="written",
            notice_version="1",
        )
        self.send(command, FAMILY)
        return self.newest(citizen, FAMILY).id

    def newest(self, citizen: str, person: Person) -> consents.Basis:
        return self.ask(consents.ListBases(citizen=citizen), consents.BasisList, person).bases[0]

    def entry(self, citizen: str, organisation: str, category: str, plain: str) -> Entry:
        """A note that the organisation wrote, sealed as its service does it."""
        key, binding = self.key(citizen, organisation), Binding(new_id(), 1, "cases.NoteWritten.v1")
        text = consents.SealedText(
            key=key.id,
            sealed=seal(key.key, binding, key.id, b'{"text":"%s"}' % plain.encode()),
            stream=binding.stream,
            version=binding.version,
            type=binding.type,
        )
        return Entry(consents.AccessClass(organisation=organisation, category=category, sensitivity="normal"), text)

    def open(self, citizen: str, person: Person, *entries: Entry, purpose: str = "casework") -> consents.Opened:
        """Through the timeline. Raises Refused."""
        return self.ask(asked(citizen, purpose, entries), consents.Opened, person, through_timeline=True)

    def published(self, name: str = "", citizen: str = "") -> list[Envelope]:
        """What consents recorded, in order: all, or events of this name, about this citizen."""
        with psycopg.connect(self.settings.database_of("consents")) as connection:
            rows = connection.execute("SELECT position, body FROM events ORDER BY position").fetchall()
        envelopes = [Received(position, bytes(body)).envelope for position, body in rows]
        return [each for each in envelopes if name in ("", each.type.split(".")[1]) and citizen in ("", each.citizen)]


def asked(citizen: str, purpose: str, entries: tuple[Entry, ...]) -> consents.Open:
    """Each entry in a class of its own."""
    question = consents.Open(citizen=citizen, purpose=purpose)
    for index, entry in enumerate(entries):
        question.classes.append(entry.of)
        question.texts.append(entry.text)
        question.texts[-1].class_index = index
    return question


def reason_of(call: Any) -> str:
    """Why the call is refused. Asserts that it is."""
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reason
