"""Webhooks whose receivers fail in every way, while the worker that tells them is killed."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import uuid4

import msgspec
import psycopg
from samspor.referrals.v1 import referrals_pb2 as referrals
from standardwebhooks import Webhook as Signer

from cli.desk import Desk, Person
from deploy.local.platform import Platform
from deploy.local.ports import free_port
from deploy.local.process import wait_until
from libs.host.settings import Settings
from libs.spec.platforms import settings_of
from services.referrals.transitions import STATUSES
from tests.promises.delivery import kill
from tests.promises.figure import Figure
from tests.promises.reading import CANARY, NGO, Writer
from tests.referrals.receiver import Behaviour, Receiver, Told, answer, trickle, wait

KEEPER: Final = Person("promise-keeper", NGO.organisation, "partner_administrator")
WAYS: Final[dict[str, tuple[Behaviour, ...]]] = {
    "always there": (),
    "answering 500 and 503": (answer(500), answer(503)),
    "hanging": (wait(7.0),),
    "trickling": (trickle(30.0),),
}
SLOW: Final = wait(0.5)
"""Seconds that the slow one takes for each answer."""
DOWN: Final = 4.0
"""Seconds for which nobody listens at first."""
PRIVATE: Final = ("https://0.0.0.0:{port}/", "https://[::]:{port}/", "https://10.255.255.254/", "https://172.16.0.1/")
SENT: Final = "SELECT stream::text, version, type FROM events WHERE stream = ANY(%s::uuid[])"
EARLY: Final = """
    SELECT count(*) FROM (
        SELECT time, number, d.webhook, lag(time) OVER mine AS before, lag(number) OVER mine AS former
        FROM webhook_attempts a JOIN webhook_deliveries d ON d.id = a.delivery
        WINDOW mine AS (PARTITION BY delivery ORDER BY number)
    ) AS attempts
    WHERE webhook = ANY(%s::uuid[]) AND time < before + interval '1 second' * least(2 ^ former, 21600)
"""
"""Attempts that came sooner after the one before than the schedule says."""
FREE: Final = "UPDATE webhook_deliveries SET claimed_until = now() WHERE claimed_until > now()"
AGED: Final = "UPDATE webhooks SET failing_since = failing_since - interval '6 days' WHERE id = %s"
NOW: Final = "UPDATE webhook_deliveries SET next_try = now() WHERE webhook = %s AND delivered IS NULL"

Step = tuple[str, int, str]
"""Referral, version, status."""


@dataclass
class Endpoints:
    """What is registered, by what it does."""

    living: dict[str, Receiver] = field(default_factory=dict)
    """Webhook -> who listens."""
    secrets: dict[str, str] = field(default_factory=dict)
    """As they were at first: they sign for a day after they were replaced."""
    private: list[str] = field(default_factory=list)


class Attempts:
    def __init__(self, desk: Desk, settings: Settings, hidden: Receiver) -> None:
        self._desk, self._settings, self.hidden = desk, settings, hidden
        self.writer, self.found = Writer(desk), Endpoints()
        self.referrals: list[str] = []

    def register(self, url: str) -> str:
        return self.send(referrals.RegisterWebhook(url=url))

    def send(self, command: object) -> str:
        return self._desk.send(command, KEEPER, command_id=str(uuid4())).id  # type: ignore[arg-type]

    def hear(self, receiver: Receiver) -> str:
        webhook = self.register(receiver.url)
        self.found.living[webhook] = receiver
        return webhook

    def heard(self) -> int:
        return sum(len(each.told) for each in self.found.living.values())

    def heard_more(self, than: int) -> bool:
        return self.heard() > than

    def known(self) -> dict[str, referrals.Webhook]:
        answered = self._desk.ask(referrals.ListWebhooks(), referrals.WebhookList, KEEPER)
        return {each.id: each for each in answered.webhooks}

    def deliveries(self, webhook: str) -> list[referrals.Delivery]:
        question = referrals.ListDeliveries(webhook=webhook)
        question.page.size = 200
        return list(self._desk.ask(question, referrals.DeliveryList, KEEPER).deliveries)

    def refer(self) -> None:
        """A referral that runs its course, and one that is rejected."""
        with watched(self._settings, self.referrals):
            citizen = self.writer.register()
            self.writer.consent(citizen, "housing")
            self.writer.referral(citizen, self.writer.case(citizen))

    def steps(self) -> set[Step]:
        """What each endpoint is to be told."""
        with psycopg.connect(self._settings.database_of("referrals")) as connection:
            rows = connection.execute(SENT, [self.referrals]).fetchall()
        return {(stream, version, STATUSES[type_]) for stream, version, type_ in rows if type_ in STATUSES}

    def change(self, statement: str, *values: object) -> int:
        """Of the service's own database: a clock that is ahead, or a number."""
        with psycopg.connect(self._settings.database_of("referrals")) as connection:
            row = connection.execute(statement.encode(), values)
            return int(row.fetchone()[0]) if row.description else 0  # type: ignore[index]  # a count has a row


@contextmanager
def watched(settings: Settings, found: list[str]) -> Iterator[None]:
    """Referrals that are drafted meanwhile are added to what was found."""
    drafted = "SELECT stream::text FROM events WHERE type = 'referrals.ReferralDrafted.v1' AND position > %s"
    with psycopg.connect(settings.database_of("referrals"), autocommit=True) as connection:
        row = connection.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
        yield
        found += [stream for (stream,) in connection.execute(drafted, row).fetchall()]


def every_step_arrives(platform: Platform, full: bool) -> Figure:
    rounds, kills, patience = (12, 8, 600) if full else (1, 1, 60)
    hidden, port = Receiver(), free_port()
    with Desk(settings_of(platform)) as desk:
        attempts = Attempts(desk, settings_of(platform), hidden)
        for name, first in WAYS.items():
            if full or name != "trickling":
                attempts.hear(Receiver(*first))
        attempts.hear(Receiver(answer(302, f"http://127.0.0.1:{hidden.server.server_address[1]}/")))
        attempts.hear(Receiver(then=SLOW))
        late = attempts.register(f"http://127.0.0.1:{port}/samspor")
        gone, dead = Receiver(then=answer(410)), Receiver(then=answer(500))
        ended = {attempts.register(gone.url): "gone", attempts.register(dead.url): "unreachable"}
        for url in PRIVATE:
            attempts.found.private.append(attempts.register(url.format(port=hidden.server.server_address[1])))
        assert wait_until(lambda: attempts.known().keys() >= {late, *ended, *attempts.found.living}, 30, 0.1)
        attempts.found.secrets = {webhook: each.secret for webhook, each in attempts.known().items()}
        begun = time.monotonic()
        for _ in range(rounds):
            attempts.refer()
        attempts.send(referrals.RotateWebhookSecret(webhook=next(iter(attempts.found.living))))
        for number in range(kills):
            heard = attempts.heard()
            wait_until(partial(attempts.heard_more, heard), 20, 0.02)
            kill(platform, "worker")
            if not full:
                attempts.change(FREE)  # what a killed worker claimed is claimed for half a minute
            if number == 0:
                wait_until(lambda: time.monotonic() - begun > DOWN, DOWN + 1)
                attempts.found.living[late] = Receiver(port=port)
            platform.wait_ready("worker")
        given_up = give_up(attempts, ended, patience)
        wanted = attempts.steps()
        living = attempts.found.living
        arrived = wait_until(
            lambda: (
                all(heard_by(each) >= wanted for each in living.values())
                and all(attempts.known()[webhook].waiting == 0 for webhook in living)
            ),
            patience,
            0.5,
        )
        until_then = len(gone.told) + len(dead.told)
        figure = judged(attempts, wanted, given_up, kills)
        attempts.refer()
        steady = next(iter(living.values()))
        wait_until(lambda: heard_by(steady) >= attempts.steps(), 60, 0.2)
        after = len(gone.told) + len(dead.told) - until_then
        for webhook in (*living, *attempts.found.private):
            attempts.send(referrals.EndWebhook(webhook=webhook))
    for receiver in (*living.values(), gone, dead, hidden):
        receiver.close()
    return Figure(f"{figure.text}, {after} told after their end", figure.holds and arrived and after == 0)


def give_up(attempts: Attempts, ended: dict[str, str], patience: float) -> int:
    """Endpoints that ended as they should and are shown so, when five days are over."""

    def tried(webhook: str) -> bool:
        return any(each.attempts for each in attempts.deliveries(webhook))

    (dead,) = (webhook for webhook, why in ended.items() if why == "unreachable")
    assert wait_until(lambda: tried(dead) and attempts.known()[dead].HasField("failing_since"), patience, 0.2)
    attempts.change(AGED, dead)

    def over() -> bool:
        known = attempts.known()
        if not known[dead].ended:
            attempts.change(NOW, dead)
        return all(known[webhook].ended == why for webhook, why in ended.items())

    wait_until(over, patience, 0.5)
    known = attempts.known()
    return sum(
        known[webhook].ended == why and {each.status for each in attempts.deliveries(webhook)} == {"given_up"}
        for webhook, why in ended.items()
    )


def heard_by(receiver: Receiver) -> set[Step]:
    return {step_of(each) for each in list(receiver.told)}


def step_of(told: Told) -> Step:
    data = msgspec.json.decode(told.body)["data"]
    return data["referral"], data["version"], data["status"]


def signed(told: Told, secret: str) -> bool:
    at = datetime.fromtimestamp(int(told.headers["webhook-timestamp"]), UTC)
    right = Signer(secret).sign(told.headers["webhook-id"], at, told.body.decode())
    return right in told.headers["webhook-signature"].split(" ")


def judged(attempts: Attempts, wanted: set[Step], given_up: int, kills: int) -> Figure:
    living, found = attempts.found.living, attempts.found
    told = [(webhook, each) for webhook, receiver in living.items() for each in list(receiver.told)]
    lost = sum(len(wanted - heard_by(receiver)) for receiver in living.values())
    forged = sum(not signed(each, found.secrets[webhook]) for webhook, each in told)
    ids = {(webhook, step_of(each), each.headers["webhook-id"]) for webhook, each in told}
    renamed = sum(count > 1 for count in Counter((webhook, step) for webhook, step, _ in ids).values())
    wrong = sum(step_of(each) not in wanted for _, each in told)
    early = attempts.change(EARLY, list(living))
    said = "\n".join(f"{each.headers} {each.body.decode()}" for _, each in told)
    personal = said.count(CANARY) + said.count("housing") + said.count("mentoring")
    blocked = {
        each.problem
        for webhook in found.private
        for delivery in attempts.deliveries(webhook)
        for each in delivery.attempts
    }
    reached = attempts.hidden.connections
    return Figure(
        f"{len(wanted)} steps to {len(living)} endpoints (down, slow, hanging, trickling, redirecting, failing) with "
        f"{kills} kills of the worker: {len(told)} messages, lost {lost}, badly signed {forged}, under another id "
        f"{renamed}, with another version or status than the log {wrong}, before their time {early}, with personal "
        f"text {personal}; connections to our own network {reached}, given up and shown so {given_up} of 2",
        not any((lost, forged, renamed, wrong, early, personal, reached))
        and given_up == 2
        and blocked == {"blocked"}
        and len(wanted) > 5,
    )
