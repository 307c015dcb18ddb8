"""Routine control finds every look that was planted for it, and no other."""

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import uuid4

from google.protobuf.message import Message
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from deploy.local.platform import Platform
from libs.eventlog import Log
from libs.host.times import period
from libs.spec.platforms import samspor, settings_of
from services.consents.control.rulebook import RULEBOOK
from services.consents.control.rules import Counts, Share
from services.consents.events import EVENTS
from tests.promises.checks import settled
from tests.promises.figure import Figure
from tests.promises.workload import LAW
from tests.rpc.office import Person as Reader
from tests.rpc.planted import QUIET, look

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
READERS: Final = 200
"""Who do nothing but their work."""
TOGETHER: Final = 64
"""Looks that are planted at once."""
MOST_SECONDS: Final = 30.0
"""For 100,000 access records on two cores."""

Found = set[tuple[str, str]]
"""Rule and access record."""


class Planned(NamedTuple):
    reader: str
    citizen: str
    at: datetime
    rule: str = ""
    """Empty: nothing is to be found."""


class Town:
    """An organisation, its people, and the citizens they have to do with."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.organisation = self.send(
            partners.RegisterOrganisation(kind="municipal_department", name=f"Town {uuid4()}"), OPERATOR
        )
        self.boss = Person(f"boss {uuid4()}", self.organisation, "coordinator")
        self.send(
            partners.AddMember(
                organisation=self.organisation, person=self.boss.person, name=self.boss.person, role=self.boss.role
            ),
            OPERATOR,
        )
        self.oneself, self.colleague = self.client(staff="curious"), self.client(staff="colleague")
        self.neighbour = self.client(address="Kirkegade 1, 8000 Aarhus C")
        self.relative, self.stranger = self.client(), self.client(basis=False)
        self.send(consents.LinkHousehold(citizen=self.oneself, other=self.relative, relation="child"))
        counts = RULEBOOK.rules["many_lookups"].parameters
        assert isinstance(counts, Counts)
        self.clients = [self.client() for _ in range(counts.hour + 1)]

    def send(self, command: Message, person: Person | None = None) -> str:
        return self._desk.send(command, person or self.boss, command_id=str(uuid4())).id

    def client(self, *, staff: str = "", address: str = "", basis: bool = True) -> str:
        """A citizen; the organisation has a basis, or may only know that there is one."""
        identifier = consents.Identifier(system="urn:samspor:promise", value=uuid4().hex)
        citizen = self.send(consents.RegisterCitizen(identifier=identifier, address=address))
        if staff:
            home = "KIRKEGADE 1  8000 Aarhus C" if staff == "curious" else ""
            self.send(consents.RegisterStaffIdentity(person=staff, identifier=identifier, address=home))
        if basis:
            long = period(QUIET - 90 * DAY, None)
            self.send(consents.EstablishBasis(citizen=citizen, organisation=self.organisation, law=LAW, period=long))
        return citizen

    def planted(self, each: int) -> Iterator[Planned]:
        """Every rule's own case `each` times. No look is found by two rules but for the sample."""
        for number in range(each):
            at = QUIET + timedelta(minutes=number)
            yield Planned("curious", self.oneself, at, "own_record")
            yield Planned("curious", self.relative, at, "own_relative")
            yield Planned("curious", self.colleague, at, "colleague")
            yield Planned("curious", self.neighbour, at, "same_address")
            yield Planned("worker", self.stranger, at, "no_case")
            yield Planned("worker", self.clients[0], at + 12 * HOUR, "outside_hours")
            yield Planned("worker", self.clients[0], at + 3 * DAY, "outside_hours")
            for index, citizen in enumerate(self.clients):
                rule = "" if index else "many_lookups"
                yield Planned(f"busy {number}", citizen, QUIET + timedelta(seconds=index), rule)

    def work(self, looks: int) -> Iterator[Planned]:
        """What nothing is to be found in, but for the sample."""
        for number in range(looks):
            hour = number // (READERS * 20) % 5 - 2
            at = QUIET + hour * HOUR + timedelta(milliseconds=number % 3_000_000)
            yield Planned(f"reader {number % READERS}", self.clients[number // READERS % 20], at)


def finds_what_it_should(platform: Platform, full: bool) -> Figure:
    """Planted looks among ordinary ones, controlled twice through the command line."""
    each, ordinary = (20, 100_000) if full else (3, 600)
    settings = settings_of(platform)
    with Desk(settings) as desk:
        town = Town(desk)
    log = Log("consents", settings.database_of("consents"), EVENTS)
    try:
        expected = plant(log, town, [*town.planted(each), *town.work(ordinary)])
    finally:
        log.close()
    arrived = settled(settings, 300)
    began = time.monotonic()
    first = control(platform, town)
    seconds = time.monotonic() - began
    found = listed(platform, town)
    again = control(platform, town)
    planted = sum(rule != "sample" for rule, _ in expected)
    return Figure(
        f"planted {planted}, found {sum(rule != 'sample' for rule, _ in found & expected)}, sample "
        f"{len(expected) - planted} as drawn by hand, missed {len(expected - found)}, false {len(found - expected)}; "
        f"{first['examined']} access records in {seconds:.1f} s; a second run raised {again['raised']}",
        arrived
        and found == expected
        and int(str(first["raised"])) == len(expected)
        and again["raised"] == "0"
        and seconds < MOST_SECONDS,
    )


def plant(log: Log, town: Town, planned: list[Planned]) -> Found:
    """Writes the looks; what control is to find in them."""

    def write(one: Planned) -> str:
        return look(log, Reader(one.reader, town.organisation, "caseworker"), one.citizen, one.at)

    with ThreadPoolExecutor(TOGETHER) as together:
        records = list(together.map(write, planned))
    expected = {(one.rule, record) for one, record in zip(planned, records, strict=True) if one.rule}
    return expected | {("sample", record) for record in records if is_drawn(record)}


def is_drawn(record: str) -> bool:
    """As control.toml says a sample is drawn."""
    share = RULEBOOK.rules["sample"].parameters
    assert isinstance(share, Share)
    digest = sha256(f"{share.seed} {record}".encode()).hexdigest()
    return int(digest[:16], 16) / 2**64 < share.share


def control(platform: Platform, town: Town) -> Mapping[str, object]:
    whose = (town.organisation, "--as", town.boss.person)
    since, until = (f"{QUIET + days * DAY:%Y-%m-%d}" for days in (-4, 5))
    document: dict[str, object] = json.loads(
        samspor(platform, "control", "run", *whose, "--from", since, "--until", until, "--json")
    )
    return document


def listed(platform: Platform, town: Town) -> Found:
    """Page by page."""
    found: Found = set()
    page = ""
    while True:
        asked = (town.organisation, "--as", town.boss.person, "--size", "200", "--page", page, "--json")
        answer = json.loads(samspor(platform, "control", "list", *asked))
        found |= {(each["rule"], each["access"]) for each in answer["findings"]}
        page = answer.get("page", {}).get("next", "")
        if not page:
            return found
