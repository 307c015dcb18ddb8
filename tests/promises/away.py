"""While consents is away nobody reads, everybody is told so in time, and others go on writing."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Final

import psycopg
from psycopg import sql
from samspor.cases.v1 import cases_pb2 as cases
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk
from deploy.local.platform import Platform
from deploy.local.process import wait_until
from libs.eventlog import Result
from libs.host.errors import Refused
from libs.spec.platforms import settings_of
from tests.integration.browser import Browser
from tests.promises.asking import Asker
from tests.promises.checks import compare, settled
from tests.promises.figure import Figure
from tests.promises.reading import CANARY, Writer
from tests.promises.workload import UNIT, WORKER

AWAY: Final = "rpc-consents"
NAME: Final = "Promise Caseworker"
WITHIN: Final = 2.0
"""Seconds within which a reader is told."""
READERS: Final = 3
REASONS: Final = {"SERVICE_UNAVAILABLE", "ACCESS_LOG_UNAVAILABLE"}


@dataclass
class Told:
    """What became of readings and writings while consents was away."""

    reasons: dict[str, int] = field(default_factory=dict)
    shown: int = 0
    slowest: float = 0.0
    written: list[Result] = field(default_factory=list)
    unwritten: list[str] = field(default_factory=list)

    def refused(self, reason: str, seconds: float) -> None:
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        self.slowest = max(self.slowest, seconds)


class World:
    """A citizen with notes, whose key cases knows, and people who read and write."""

    def __init__(self, platform: Platform) -> None:
        self.platform, self.settings = platform, settings_of(platform)
        self.told = Told()
        with Desk(self.settings) as desk:
            writer = Writer(desk)
            kind = "municipal_department"
            writer.send(partners.RegisterOrganisation(organisation=UNIT, kind=kind, name="Promise unit"), OPERATOR)
            member = partners.AddMember(organisation=UNIT, person=WORKER.person, name=NAME, role=WORKER.role)
            writer.send(member, OPERATOR)
            self.citizen = writer.register()
            self.case = writer.case(self.citizen)
            for _ in range(20):
                writer.send(cases.WriteNote(case=self.case, category="family", text=writer.canary()))
        assert settled(self.settings)
        self.path = f"/citizens/{self.citizen}?purpose=casework"

    def readable(self) -> int:
        """Texts that the caseworker reads on a page. Raises Refused."""
        with Asker(self.settings) as asker:
            answer = asker.read(self.citizen, WORKER)
        return sum(CANARY in text for entry in answer.entries for text in entry.personal.values())

    def reads_again(self) -> bool:
        """Whether as much is read as there was before the first fault."""
        try:
            return self.readable() >= 20
        except Refused:
            return False

    def reading(self, times: int) -> None:
        with Asker(self.settings) as asker:
            for _ in range(times):
                began = time.perf_counter()
                try:
                    self.told.shown += len(asker.read(self.citizen, WORKER).entries)
                except Refused as refused:
                    self.told.refused(refused.reason, time.perf_counter() - began)

    def looking(self, browser: Browser, times: int) -> None:
        """The gateway's page: what it says, it says with 503 and within the same time."""
        for _ in range(times):
            began = time.perf_counter()
            page = browser.http.get(self.path)
            self.told.refused("page" if page.status_code == 503 else "other page", time.perf_counter() - began)
            self.told.shown += page.text.count(CANARY)

    def writing(self, stop: Event) -> None:
        """Notes about a citizen whose key is known, until `stop`."""
        with Asker(self.settings) as asker:
            while not stop.wait(0.02):
                note = cases.WriteNote(case=self.case, category="family", text=CANARY)
                try:
                    self.told.written.append(asker.send(note, WORKER))
                except Refused as refused:
                    self.told.unwritten.append(refused.reason)


def readers_are_told_while_consents_is_away(platform: Platform, full: bool) -> Figure:
    """consents' rpc killed, frozen, and its database read-only, in turn, while people read and others write."""
    rounds, times = (10, 10) if full else (1, 4)
    faults: dict[str, Callable[[Platform], object]] = {"killed": killed, "frozen": frozen, "read-only": read_only}
    world, back = World(platform), 0.0
    for _ in range(rounds):
        for fault in (killed, frozen, read_only):
            with Browser(platform.address) as browser:
                browser.sign_in(NAME)
                assert CANARY in browser.http.get(world.path).text
                with fault(platform):
                    go_on(world, browser, times)
            back = max(back, seconds_until(world.reads_again))
    arrived = settled(world.settings)
    found = compare(world.settings, {"cases": world.told.written})
    told = world.told
    expected = rounds * len(faults) * times
    refusals = sum(count for reason, count in told.reasons.items() if reason in REASONS)
    return Figure(
        f"{rounds * len(faults)} faults ({', '.join(faults)}): refused {counted(told.reasons)}, shown {told.shown}, "
        f"slowest refusal {told.slowest:.2f} s; notes written meanwhile {len(told.written)}, refused "
        f"{counted(Counter(told.unwritten))}, lost {found.lost}; read again after at most {back:.1f} s",
        told.shown == 0
        and refusals == READERS * expected
        and told.reasons.get("page") == expected
        and not told.unwritten
        and len(told.written) > 0
        and arrived
        and found.holds
        and (told.slowest <= WITHIN or not full),
    )


def go_on(world: World, browser: Browser, times: int) -> None:
    """People read, each so many times, and others write until they have."""
    stop = Event()
    with ThreadPoolExecutor(READERS + 2) as pool:
        writing = pool.submit(world.writing, stop)
        readings = [pool.submit(world.reading, times) for _ in range(READERS)]
        readings.append(pool.submit(world.looking, browser, times))
        try:
            for reading in readings:
                reading.result()
        finally:
            stop.set()
        writing.result()


@contextmanager
def killed(platform: Platform) -> Iterator[None]:
    program = platform.programs[AWAY]
    program.process.kill()
    try:
        yield
    finally:
        platform.launch(program)


@contextmanager
def frozen(platform: Platform) -> Iterator[None]:
    """Worse than dead: connections stay open and nothing comes back."""
    process = platform.programs[AWAY].process
    process.send(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send(signal.SIGCONT)


@contextmanager
def read_only(platform: Platform) -> Iterator[None]:
    """As after a failover to a standby: everybody connects again, and nothing can be written."""
    change(platform, "ALTER DATABASE samspor_consents SET default_transaction_read_only = on")
    try:
        yield
    finally:
        change(platform, "ALTER DATABASE samspor_consents RESET default_transaction_read_only")


def change(platform: Platform, statement: str) -> None:
    """A setting of consents' database, and an end to the connections that do not have it yet."""
    with psycopg.connect(platform.postgres.admin_url(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'samspor_consents'")


def seconds_until(condition: Callable[[], bool]) -> float:
    began = time.perf_counter()
    assert wait_until(condition, 60, 0.05), "reading does not come back"
    return time.perf_counter() - began


def counted(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) or "none"
