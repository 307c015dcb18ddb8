"""Whatever dies while people write: what was acknowledged is on the timeline, once, in order."""

import shutil
import time
from collections import Counter
from random import Random
from typing import Final

import psycopg
from amqp.basic_message import Message

from deploy.local.platform import Platform
from deploy.local.process import wait_until
from libs.bus.connection import Link
from libs.bus.message import CONTENT_TYPE, COUNT, FIRST, join
from libs.bus.names import exchange_of
from libs.host.errors import ServiceUnavailable
from libs.host.settings import Settings
from libs.spec.platforms import settings_of
from tests.promises.checks import SOURCES, Comparison, compare, settled
from tests.promises.figure import Figure
from tests.promises.workload import Acknowledged, Workload

VICTIMS: Final = (
    "rpc",
    "worker",
    "rpc-consents",
    "worker",
    "rpc",
    "worker",
    "PostgreSQL",
    "rpc-consents",
    "worker",
    "RabbitMQ",
)
"""One round: the relay lives in the worker. Servers take longest to come back, so they die less often."""


def survives_kills(platform: Platform, full: bool) -> Figure:
    """Processes are killed with -9 at random moments while commands flow."""
    kills = 200 if full else 20
    random = Random(1)
    workload = Workload(settings_of(platform), writers=4, pause=0.005).start()
    for number in range(kills):
        time.sleep(random.uniform(0.05, 1.0))  # a fault comes at any moment; nothing is waited for here
        kill(platform, VICTIMS[number % len(VICTIMS)])
    return outcome(platform, workload, f"{kills} kills")


def survives_a_wiped_broker(platform: Platform, full: bool) -> Figure:
    """RabbitMQ is killed and its data folder deleted while commands flow."""
    wipes = 5 if full else 1
    workload = Workload(settings_of(platform), writers=2, pause=0.01).start()
    for _ in range(wipes):
        time.sleep(1.0)  # let something be on its way
        platform.rabbitmq.kill()
        shutil.rmtree(platform.rabbitmq.folder / "mnesia")
        platform.rabbitmq.start()
    return outcome(platform, workload, f"{wipes} broker{'s' * (wipes > 1)} wiped")


def ignores_duplicates(platform: Platform, full: bool) -> Figure:
    """Every message of every source is published again many times, shuffled, while commands flow."""
    copies = 100
    settings = settings_of(platform)
    workload = Workload(settings, writers=2, pause=0.01).start()
    time.sleep(6.0 if full else 2.0)  # the length of the history that is repeated
    messages = [(source, position, body) for source in SOURCES for position, body in published(settings, source)]
    repeated = messages * copies
    Random(2).shuffle(repeated)
    publish(platform, repeated)
    return outcome(platform, workload, f"{len(repeated)} duplicates")


def parks_what_cannot_be_read(platform: Platform, full: bool) -> Figure:
    """Bodies that are no events arrive on every exchange; the rest flows on."""
    count = 200 if full else 20
    settings = settings_of(platform)
    workload = Workload(settings, writers=2, pause=0.01).start()
    random = Random(3)
    rubbish = [(source, number + 1, random.randbytes(50)) for source in SOURCES for number in range(count)]
    publish(platform, rubbish)
    workload.acknowledged.wait_for(workload.acknowledged.count + 50)
    figure = outcome(platform, workload, f"{len(rubbish)} undecodable messages")
    # What flows on may come from the logs, before the queues are read to their ends.
    wait_until(lambda: not missing(settings, rubbish), 60, 0.2)
    put_aside = len(rubbish) - len(missing(settings, rubbish))
    return Figure(f"{figure.text}, parked {put_aside}", figure.holds and put_aside == len(rubbish))


def missing(settings: Settings, rubbish: list[tuple[str, int, bytes]]) -> list[tuple[str, int, bytes]]:
    """Messages that the timeline has not put aside."""
    with psycopg.connect(settings.database_of("timeline")) as connection:
        kept = {bytes(body) for (body,) in connection.execute("SELECT body FROM parked")}
    return [message for message in rubbish if message[2] not in kept]


def kill(platform: Platform, victim: str) -> None:
    """kill -9, and start it again as the supervisor does."""
    match victim:
        case "PostgreSQL":
            platform.postgres.kill()
            platform.postgres.start()
        case "RabbitMQ":
            platform.rabbitmq.kill()
            platform.rabbitmq.start()
        case _:
            program = platform.programs[victim]
            program.process.kill()
            platform.launch(program)


def outcome(platform: Platform, workload: Workload, faults: str) -> Figure:
    acknowledged = workload.stop(120)
    for name in platform.programs:
        platform.wait_ready(name)
    settings = settings_of(platform)
    arrived = settled(settings, 120)
    found = compare(settings, acknowledged.results)
    # To be told that nobody answers is no promise broken: such a command was not acknowledged.
    wrongly = [reason for reason in acknowledged.refused if reason != ServiceUnavailable.reason]
    holds = arrived and found.holds and acknowledged.count > 0 and not wrongly
    text = f"{faults}, {acknowledged.count} commands acknowledged, {told(found)}"
    return Figure(text if holds else f"{text}, {why_not(settings, acknowledged)}", holds)


def why_not(settings: Settings, acknowledged: Acknowledged) -> str:
    """What was put aside, and what was refused."""
    found = [f"refused {reason} {count} times" for reason, count in Counter(acknowledged.refused).items()]
    for service in (*SOURCES, "timeline"):
        with psycopg.connect(settings.database_of(service)) as connection:
            rows = connection.execute("SELECT source, position, reason, cause FROM parked").fetchall()
        found += [f"parked in {service}: {' '.join(map(str, row))}" for row in rows]
    return ", ".join(found)


def told(found: Comparison) -> str:
    names = ("lost", "missing", "twice", "changed", "gaps", "disordered")
    return ", ".join([f"{found.events} events", *(f"{name} {getattr(found, name)}" for name in names)])


def published(settings: Settings, source: str) -> list[tuple[int, bytes]]:
    """The messages of a source's log so far, one per event: position and body."""
    with psycopg.connect(settings.database_of(source)) as connection:
        rows = connection.execute("SELECT position, body FROM events ORDER BY position LIMIT 60").fetchall()
    return [(position, join([bytes(body)])) for position, body in rows]


def publish(platform: Platform, messages: list[tuple[str, int, bytes]]) -> None:
    """Until the broker has confirmed them all: what a queue has not yet taken when its connection ends may be lost."""
    link = Link(platform.rabbitmq.url())
    # A broker with much to do holds back who sends to it, here for as long as it takes.
    link.connection.transport.sock.settimeout(120)
    pending = set(range(1, len(messages) + 1))

    def note(tag: int, multiple: bool) -> None:
        pending.difference_update([each for each in pending if each <= tag] if multiple else [tag])

    try:
        link.channel.confirm_select()
        link.channel.events["basic_ack"].add(note)
        for source, first, body in messages:
            headers = {FIRST: first, COUNT: 1}
            message = Message(body, content_type=CONTENT_TYPE, application_headers=headers, delivery_mode=2)
            link.channel.basic_publish(message, exchange_of(source), f"{source}.batch")
        while pending:
            link.connection.drain_events(timeout=120)
    finally:
        link.close()
