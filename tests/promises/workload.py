"""Casework as it happens: writers register citizens, open cases and write, and remember what was acknowledged."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from threading import Condition, Event, Thread
from typing import Final
from uuid import UUID

from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents

from cli.desk import Desk, Person
from libs.eventlog import Result
from libs.host.errors import Refused
from libs.host.settings import Settings

UNIT: Final = "7e570000-0000-7000-8000-000000000001"
WORKER: Final = Person("promise-caseworker", UNIT, "caseworker")
LAW: Final = "barnets-lov-stoette"
SUBJECT: Final = "27.24.00"


@dataclass
class Acknowledged:
    """What callers were told is recorded: source -> results; and refusals, which a workload should not meet."""

    results: dict[str, list[Result]] = field(default_factory=lambda: defaultdict(list))
    refused: list[str] = field(default_factory=list)
    citizens: list[str] = field(default_factory=list)
    _more: Condition = field(default_factory=Condition)

    def add(self, source: str, result: Result) -> None:
        with self._more:
            self.results[source].append(result)
            self._more.notify_all()

    def wait_for(self, count: int, seconds: float = 600.0) -> None:
        """Until so many are acknowledged. Raises TimeoutError."""
        with self._more:
            if not self._more.wait_for(lambda: self.count >= count, seconds):
                raise TimeoutError(f"{self.count} of {count} commands after {seconds:.0f} s")

    @property
    def count(self) -> int:
        return sum(map(len, self.results.values()))


class Workload:
    """`writers` threads until `stop`. Text is marked, so that a search for it can fail."""

    def __init__(self, settings: Settings, writers: int = 4, text: str = "Promise note", pause: float = 0.0) -> None:
        self.acknowledged = Acknowledged()
        self._settings, self._text, self._pause = settings, text, pause
        self._stopping = Event()
        self._threads = [Thread(target=self._write, daemon=True) for _ in range(writers)]

    def start(self) -> "Workload":
        for thread in self._threads:
            thread.start()
        return self

    def stop(self, seconds: float = 60.0) -> Acknowledged:
        """Lets each writer finish its command, however long the platform takes to answer."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(seconds)
            if thread.is_alive():
                raise TimeoutError("a writer is still waiting for its answer")
        return self.acknowledged

    def _write(self) -> None:
        random = Random()
        with Desk(self._settings) as desk:
            while not self._stopping.is_set():
                try:
                    self._case(desk, random)
                except Refused as refused:
                    self.acknowledged.refused.append(refused.reason)

    def _case(self, desk: Desk, random: Random) -> None:
        citizen = self._send(
            desk,
            random,
            "consents",
            consents.RegisterCitizen(
                identifier=consents.Identifier(system="urn:samspor:promise", value=f"{random.getrandbits(64):x}"),
                name=f"{self._text} name",
            ),
        )
        self.acknowledged.citizens.append(citizen)
        opening = cases.OpenCase(
            citizen=citizen, subject_code=SUBJECT, title=f"{self._text} title", legal_basis=LAW, category="family"
        )
        case = self._send(desk, random, "cases", opening)
        for _ in range(random.randint(2, 12)):
            if self._stopping.wait(self._pause):
                return
            note = cases.WriteNote(case=case, category="family", text=f"{self._text} {random.getrandbits(32)}")
            self._send(desk, random, "cases", note)

    def _send(self, desk: Desk, random: Random, source: str, command: Message) -> str:
        done = desk.send(command, WORKER, command_id=str(UUID(int=random.getrandbits(128), version=4)))
        self.acknowledged.add(source, Result(done.id, done.version, done.position))
        return done.id
