"""How fast a service is found among 50,000, and that what is found is what was asked for."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

import psycopg
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk
from libs.host.settings import Settings
from libs.spec.servers import running_postgres, server_folder
from services.partners.projections import DIRECTORY
from tests.partners.system import running
from tests.promises.directory_made import LANGUAGES, TOWNS, Made
from tests.promises.figure import Figure

MOST: Final = (30.0, 100.0)
"""Milliseconds: p50, p99."""
TOLD: Final = partners.Facts(gender="male", situations=["debt", "substance_use"], other_situations=["homeless"])
LOOK_UP: Final = "SELECT * FROM services WHERE id = %s"


class Asked(NamedTuple):
    question: partners.SearchServices
    reason: str
    """That every answer must give, if any; empty: it may not be for others than those who were told of."""

    def answers(self, service: partners.Service) -> bool:
        return self.reason in service.reasons if self.reason else service.eligible.verdict != "not_eligible"


def searches_are_fast(full: bool) -> Figure:
    organisations, searches = (10_000, 1_000) if full else (200, 40)
    made = Made()
    with (
        running_postgres() as postgres,
        server_folder() as folder,
        running(postgres, folder, ("partners",)) as settings,
    ):
        services = fill(settings, made, organisations)
        taken, looked, wrong, found = list[float](), list[float](), 0, 0
        with Desk(settings) as desk, psycopg.connect(settings.database_of("partners"), autocommit=True) as connection:
            for number, asked in enumerate(islice(questions(made), searches + 10)):
                began = time.perf_counter()
                answer = desk.ask(asked.question, partners.ServiceList, OPERATOR)
                seconds = time.perf_counter() - began
                found += bool(answer.services)
                wrong += not all(map(asked.answers, answer.services))
                began = time.perf_counter()
                connection.execute(LOOK_UP, [services[number % len(services)]]).fetchone()
                if number >= 10:
                    looked.append(time.perf_counter() - began)
                    taken.append(seconds)
    half, most = at(taken, 0.5), at(taken, 0.99)
    return Figure(
        f"{searches} searches among {organisations} organisations and {len(services)} services: p50 {half:.1f} ms, "
        f"p99 {most:.1f} ms; a look-up by primary key beside each p50 {at(looked, 0.5):.2f} ms, p99 "
        f"{at(looked, 0.99):.2f} ms; {found} found something, {wrong} found what was not asked for",
        not wrong and found > searches // 2 and (not full or (half < MOST[0] and most < MOST[1])),
    )


def fill(settings: Settings, made: Made, organisations: int) -> list[UUID]:
    """The ids of the services that there are then."""
    with psycopg.connect(settings.database_of("partners")) as connection:
        events = made.events(organisations, datetime.now(UTC).isoformat())
        while batch := list(islice(events, 2_000)):
            DIRECTORY.apply(connection, batch)
            connection.commit()
        services = [id_ for (id_,) in connection.execute("SELECT id FROM services")]
    with psycopg.connect(settings.owner_database_of("partners"), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    return services


def questions(made: Made) -> Iterator[Asked]:
    """Of every kind in turn, one thing asked for or several."""
    random = Random(2)
    ask = partners.SearchServices
    for kind in cycle(range(10)):
        word, town = random.choice(made.words), random.choice(list(TOWNS))
        language, minute = random.choice(LANGUAGES), random.randrange(4) * 1440 + random.randrange(480, 900)
        yield (
            Asked(ask(query=word, area=town), "area"),
            Asked(ask(query=word[:4], language=language), "language"),
            Asked(ask(query=misspelt(word, random), area=town), "area"),
            Asked(ask(area=town, language=language, open_at=minute), "open"),
            Asked(ask(query=word, open_at=minute), "open"),
            Asked(ask(query=word, accessible=True, area=TOWNS[town]), "accessible"),
            Asked(ask(query=word, with_room=True), "room"),
            Asked(ask(area=town, with_room=True, age=random.randrange(18, 80)), "room"),
            Asked(ask(query=f"{word} {random.choice(made.words)}", language=language), "language"),
            Asked(ask(area=town, age=30, facts=TOLD), ""),
        )[kind]


def misspelt(word: str, random: Random) -> str:
    at_ = random.randrange(len(word))
    return word[:at_] + word[at_ + 1 :] if len(word) > 5 else word


def at(taken: list[float], share: float) -> float:
    """Milliseconds that so many took at most."""
    return sorted(taken)[int(len(taken) * share)] * 1e3
