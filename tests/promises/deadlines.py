"""Deadlines of many referrals while days go by and the worker dies: each reminder and escalation once, at its time."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final, Self
from zoneinfo import ZoneInfo

from holidays import country_holidays
from samspor.referrals.v1 import referrals_pb2 as referrals

from deploy.local.process import wait_until
from deploy.local.programs import REPOSITORY
from libs.host import clock
from libs.host.settings import Settings
from libs.host.times import timestamp
from libs.spec.servers import running_postgres, server_folder
from tests.promises.figure import Figure
from tests.referrals.mentoring import Mentoring
from tests.rpc.office import MARIA, MENTOR, Office, open_office

HERE: Final = ZoneInfo("Europe/Copenhagen")
FREE: Final = country_holidays("DK")
DAYS: Final = 14
"""That go by, half a day at a time."""
PATIENCE: Final = 120.0
MOMENT: Final = 0.4
"""Seconds; a worker is killed within them."""
LOUD: Final = """
    SELECT stream::text, convert_from(body, 'UTF8')::json -> 'data' ->> 'alarm',
        (convert_from(body, 'UTF8')::json ->> 'recordedtime')::timestamptz
    FROM events WHERE type IN ('referrals.ReferralReminded.v1', 'referrals.ReferralEscalated.v1')
"""
LEFT: Final = """
    SELECT (SELECT count(*) FROM alarms WHERE due <= %(now)s)
        + (SELECT max(position) FROM events) - (SELECT position FROM positions WHERE source = 'referrals')
"""


@dataclass
class Asked:
    """A referral as this campaign knows it."""

    id: str
    deadlines: dict[str, datetime]
    since: datetime
    answered: dict[str, datetime] = field(default_factory=dict)
    """Deadline -> when the clock stood so that it was met."""

    def alarms(self, now: datetime) -> Iterator[tuple[str, str, datetime]]:
        """What has to have been said by now, by a calendar of our own."""
        for deadline, at in self.deadlines.items():
            for when, days in (("soon", -1), ("due", 0), ("late", 1)):
                due = beside(at, days)
                if self.since < due <= min(now, self.answered.get(deadline, now)):
                    yield self.id, f"{deadline}.{when}", due


def beside(at: datetime, days: int) -> datetime:
    """A working day before or after, at the same hour in Denmark."""
    local = at.astimezone(HERE)
    while days:
        local += timedelta(days=days)
        if local.weekday() < 5 and local.date() not in FREE:
            break
    return local.astimezone(UTC)


def each_alarm_goes_off_once(full: bool) -> Figure:
    many, kills, random = (400, 100, Random(5)) if full else (40, 10, Random(5))
    with (
        running_postgres() as postgres,
        server_folder() as folder,
        open_office(postgres, folder) as office,
        ahead(folder / "clock"),
        Worker(office.settings.model_copy(update={"clock": folder / "clock", "environment": "local"})) as worker,
    ):
        made = ask_all(office, random, many)
        for half_day in range(1, 2 * DAYS + 1):
            settle(office)
            answer_some(office, random, made)
            set_ahead(folder / "clock", timedelta(hours=12 * half_day))
            while worker.deaths < kills * half_day // (2 * DAYS):
                time.sleep(random.uniform(0, MOMENT))  # a fault comes at any moment; nothing is waited for here
                worker.die()
        settle(office)
        return judge(office, made, worker.deaths)


def judge(office: Office, made: list[Asked], died: int) -> Figure:
    now = clock.now()
    due: dict[tuple[str, str], datetime] = {}
    for one in made:
        due |= {(referral, kind): at for referral, kind, at in one.alarms(now)}
    rows = office.rows("referrals", LOUD)
    said = Counter((referral, kind) for referral, kind, _ in rows)
    early = sum(recorded < due.get((referral, kind), now) for referral, kind, recorded in rows)
    lost, twice = len(due.keys() - said.keys()), sum(count > 1 for count in said.values())
    idle = len(said.keys() - due.keys())
    answered = sum(bool(one.answered) for one in made)
    return Figure(
        f"{len(made)} referrals, {answered} of them answered, {DAYS} days, {died} kills of the worker: {len(due)} "
        f"reminders and escalations due, {len(said)} recorded, {lost} lost, {twice} twice, {early} early, "
        f"{idle} although answered",
        bool(due) and bool(died) and not any((lost, twice, early, idle)),
    )


def ask_all(office: Office, random: Random, many: int) -> list[Asked]:
    mentoring = Mentoring(office)
    mentoring.consent()

    def ask(spread: tuple[float, float]) -> Asked:
        now, referral = clock.now(), mentoring.drafted()
        first, second = sorted(now + timedelta(days=1 + days * (DAYS - 4)) for days in spread)
        request = referrals.RequestReferral(
            referral=referral, acknowledge_by=timestamp(first), reply_by=timestamp(second)
        )
        office.send(request, MARIA)
        return Asked(referral, {"acknowledge": first, "answer": second}, now)

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(ask, [(random.random(), random.random()) for _ in range(many)]))


def answer_some(office: Office, random: Random, made: list[Asked]) -> None:
    """All that was due until now has been said."""
    for one in made:
        if "answer" in one.answered or random.random() > 0.04:
            continue
        if "acknowledge" not in one.answered and random.random() < 0.5:
            office.send(referrals.AcknowledgeReferral(referral=one.id), MENTOR)
            one.answered["acknowledge"] = clock.now()
        else:
            office.send(referrals.RejectReferral(referral=one.id, reason="no_capacity"), MENTOR)
            one.answered |= {name: clock.now() for name in one.deadlines if name not in one.answered}


@contextmanager
def ahead(file: Path) -> Iterator[None]:
    """This process, which hosts the services, goes by the same clock as the worker."""
    clock.follow(file, "local")
    try:
        yield
    finally:
        clock.follow(None, "local")


def set_ahead(file: Path, by: timedelta) -> None:
    """At once: nobody reads half of it."""
    new = file.with_suffix(".new")
    new.write_text(str(by.total_seconds()))
    new.rename(file)


class Worker:
    """Of referrals, in a process of its own, that ends by kill -9 and is there again at once."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-m", "tests.promises.deadlines_worker"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        )
        self.deaths = 0
        self._say(settings.model_dump_json())
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._worker, signal.SIGKILL)
        self._process.communicate(timeout=PATIENCE)

    def die(self) -> None:
        os.kill(self._worker, signal.SIGKILL)
        self.deaths += 1
        self._begin()

    def _begin(self) -> None:
        self._say("")
        assert self._process.stdout
        self._worker = int(self._process.stdout.readline())

    def _say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


def settle(office: Office) -> None:
    """Until all that is due has been said."""

    def nothing_left() -> bool:
        return bool(office.rows("referrals", LEFT, {"now": clock.now()})[0][0] == 0)

    assert wait_until(nothing_left, PATIENCE, 0.02), "the worker does not come to an end"
