"""A withdrawal holds for every read that begins after it, and stops every referral that rests on the consent."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from threading import Condition, Event, Thread
from typing import Final, NamedTuple

from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals
from samspor.timeline.v1 import timeline_pb2 as timeline

from cli.desk import Desk, Person
from deploy.local.platform import Platform
from deploy.local.process import wait_until
from libs.host.errors import Refused
from libs.host.settings import Settings
from libs.spec.platforms import settings_of
from tests.promises.asking import Asker
from tests.promises.checks import settled
from tests.promises.figure import Figure
from tests.promises.reading import NGO, Writer
from tests.promises.workload import WORKER

READERS: Final = 2
PAUSE: Final = 0.01
"""Seconds between two reads of one person, so that the machine is not kept busy by reading alone."""
EACH: Final = 25
"""Races about one citizen: their consents are all looked at in every decision."""
WITHIN: Final = 1.0
"""Seconds from commit to effect, for 99 of 100."""
PATIENCE: Final = 60.0


class Read(NamedTuple):
    """Times by time.perf_counter."""

    reader: int
    began: float
    ended: float
    shown: bool


class Readers:
    """People of the NGO who read about `citizen` one time after another."""

    def __init__(self, settings: Settings) -> None:
        self.citizen = ""
        self.reads: list[Read] = []
        self.trouble: list[str] = []
        """Reasons of refusals other than that the NGO has nothing to do with the citizen."""
        self._settings, self._more, self._stopping = settings, Condition(), Event()
        self._threads = [Thread(target=self._read, args=(number,)) for number in range(READERS)]

    @contextmanager
    def reading(self) -> Iterator["Readers"]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopping.set()
            for thread in self._threads:
                thread.join()

    def first(self, since: float, *, shown: bool) -> Read:
        """The first read, of those that ended after `since`, that shows, or does not. Raises TimeoutError."""
        found: list[Read] = []

        def there() -> bool:
            found[:] = [read for read in self._after(since) if read.shown is shown][:1]
            return bool(found)

        self._wait(there)
        return found[0]

    def each_once(self, since: float) -> list[Read]:
        """The reads that began after `since`, once every reader has ended one. Raises TimeoutError."""

        def begun() -> list[Read]:
            return [read for read in self._after(since) if read.began >= since]

        self._wait(lambda: len({read.reader for read in begun()}) == READERS)
        return begun()

    def _after(self, since: float) -> list[Read]:
        found = []
        for read in reversed(self.reads):
            if read.ended < since - PATIENCE:
                break
            if read.ended >= since:
                found.append(read)
        return found[::-1]

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self._more:
            if not self._more.wait_for(condition, PATIENCE):
                raise TimeoutError(f"nothing of the kind was read; refused: {self.trouble[-3:]}")

    def _read(self, number: int) -> None:
        with Asker(self._settings) as asker:
            while not self._stopping.wait(PAUSE):
                began, shown = time.perf_counter(), False
                try:
                    shown = bool(self.citizen) and shows_housing(asker, self.citizen)
                except Refused as refused:
                    if refused.reason != "CITIZEN_UNKNOWN":
                        self.trouble.append(refused.reason)
                        continue
                with self._more:
                    self.reads.append(Read(number, began, time.perf_counter(), shown))
                    self._more.notify_all()


@dataclass
class Found:
    reads: int = 0
    """Begun after a withdrawal was acknowledged, and before the next consent was given."""
    leaks: int = 0
    withheld: list[float] = field(default_factory=list)
    """Seconds from sending a withdrawal until a read shows nothing."""
    stopped: list[float] = field(default_factory=list)
    """Seconds from sending a withdrawal until both of its referrals have stopped."""
    steps: int = 0
    """Commands of the recipient that got through."""
    details: int = 0
    """Answers to the recipient that say about whom a referral is that was taken back."""


def withdrawal_holds(platform: Platform, full: bool) -> Figure:
    """A consent is given, two referrals rest on it, and it is withdrawn while people read; over and over."""
    races, found, settings = 1000 if full else 30, Found(), settings_of(platform)
    with Desk(settings) as desk, Asker(settings) as asker, Readers(settings).reading() as readers:
        writer, case = Writer(desk), ""
        for number in range(races):
            if number % EACH == 0:
                readers.citizen = ""  # while they read, the log of what they read has no end to settle at
                readers.citizen, case = a_citizen(writer, settings)
            race(writer, asker, readers, case, found)
    return Figure(
        f"{races} withdrawals: {found.reads} reads begun after them, showing {found.leaks}; withheld "
        f"{told(found.withheld)}, referrals stopped {told(found.stopped)}; steps taken afterwards {found.steps}, "
        f"details told {found.details}, refused otherwise {len(readers.trouble)}",
        not any((found.leaks, found.steps, found.details, readers.trouble))
        and found.reads >= races * READERS
        and (not full or max(worst(found.withheld), worst(found.stopped)) < WITHIN),
    )


def a_citizen(writer: Writer, settings: Settings) -> tuple[str, str]:
    """A citizen with a note about housing, and the case it is in."""
    citizen = writer.register()
    case = writer.case(citizen)
    writer.send(cases.WriteNote(case=case, category="housing", text=writer.canary()))
    assert settled(settings)
    return citizen, case


def race(writer: Writer, asker: Asker, readers: Readers, case: str, found: Found) -> None:
    given = time.perf_counter()
    consent = writer.consent(readers.citizen, "housing")
    waiting, running = (writer.requested(readers.citizen, case) for _ in range(2))
    writer.send(referrals.AcceptReferral(referral=running, note=writer.canary()), NGO)
    readers.first(given, shown=True)
    withdrawn = time.perf_counter()
    writer.send(consents.WithdrawConsent(citizen=readers.citizen, consent=consent))
    acknowledged = time.perf_counter()
    found.steps += gets_through(asker, referrals.AcceptReferral(referral=waiting))
    states = {waiting: "cancelled", running: "on-hold"}

    def stopped() -> bool:
        return all(of(asker, referral, WORKER).status == status for referral, status in states.items())

    assert wait_until(stopped, PATIENCE, 0.01)
    found.stopped.append(time.perf_counter() - withdrawn)
    for command in (
        referrals.AcceptReferral(referral=waiting),
        referrals.RejectReferral(referral=waiting, reason="no_capacity"),
        referrals.StartReferral(referral=waiting),
        referrals.StartReferral(referral=running),
        referrals.ReportContact(referral=running, category="housing", text=writer.canary()),
    ):
        found.steps += gets_through(asker, command)
    found.details += bool(of(asker, waiting, NGO).citizen)
    after = readers.each_once(acknowledged)
    found.withheld.append(readers.first(withdrawn, shown=False).ended - withdrawn)
    found.reads += len(after)
    found.leaks += sum(read.shown for read in after)


def gets_through(asker: Asker, command: Message) -> bool:
    try:
        asker.send(command, NGO)
    except Refused:
        return False
    return True


def of(asker: Asker, referral: str, person: Person) -> referrals.Referral:
    return asker.ask(referrals.GetReferral(referral=referral), referrals.Referral, person)


def shows_housing(asker: Asker, citizen: str) -> bool:
    """Whether the NGO reads what the consent is about. Raises Refused."""
    question = timeline.GetTimeline(citizen=citizen, purpose="mentoring", categories=["housing"])
    return any(entry.outcome == "full" for entry in asker.ask(question, timeline.Timeline, NGO).entries)


def told(seconds: list[float]) -> str:
    return f"p50 {median(seconds) * 1e3:.0f} ms, p99 {worst(seconds) * 1e3:.0f} ms"


def worst(seconds: list[float]) -> float:
    """Of a hundred, the one but one."""
    return sorted(seconds)[int(len(seconds) * 0.99)]
