"""Every role, kind of organisation, relation, category, sensitivity, purpose and legal state, through every way out.

One citizen for each legal state, with entries of every category and sensitivity by several organisations; each entry
has a text that occurs nowhere else. Whether it was shown is seen by the bytes of an answer, whether it had to be by an
oracle that does not know the policies (oracle.py), and whether it was written down in the access log.

How the attempts are spread: for each way the whole product of role, legal state and purpose, as often as PLAN says,
with the organisations, the categories, and the people of a role taken in turn from shuffled decks; so every pair of
factors meets. Sensitivities and sources are all in every answer.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from itertools import product
from random import Random
from typing import Final, NamedTuple
from unittest.mock import patch

import msgspec
import psycopg

from cli.desk import Desk, Person
from deploy.local.platform import Platform
from deploy.local.process import wait_until
from libs.bus.received import Received
from libs.host.settings import Settings
from libs.spec.platforms import settings_of
from services.vocabulary import VOCABULARIES
from tests.promises.checks import settled
from tests.promises.figure import Figure
from tests.promises.matrix_file import File
from tests.promises.matrix_judge import Case, Look, Tally
from tests.promises.matrix_people import (
    AUNT,
    CITIZENS,
    FATHER,
    KIND_OF,
    MOTHER,
    NAMED,
    OPENER,
    READING,
    ROLES,
    SOMEBODY,
    member,
    register_everybody,
)
from tests.promises.matrix_questions import WAYS
from tests.promises.matrix_states import SHORT, STATES, make
from tests.promises.matrix_ways import Ways

PLAN: Final = {
    "rpc": 8.0,
    "rest": 4.0,
    "page": 2.0,
    "tab": 1.0,
    "form": 0.3,
    "decide": 1.0,
    "name": 1.0,
    "open": 0.3,
    "bases": 0.3,
    "standing": 0.3,
    "accesses": 0.3,
    "rights": 0.3,
    "household": 0.3,
    "looks": 0.3,
    "seen under": 0.3,
    "consent": 0.3,
    "explain": 0.3,
    "check": 0.3,
    "case": 0.3,
    "referral": 0.3,
    "thing": 0.3,
    "lists": 0.3,
    "waiting": 0.3,
    "command": 0.3,
    "package": 0.1,
    "error": 0.1,
}
"""Way -> how often the product of role, state and purpose is gone through."""
FEW: Final = ("contact", "housing", "health", "crime", "administrative")
"""Categories of the short version."""
IN_SHORT: Final = 0.065
"""Share of the plan that the short version tries."""
AT_ONCE: Final = 4
ALONE: Final = ("command", "package")
PURPOSES: Final = VOCABULARIES["purpose"]


class Trial(NamedTuple):
    way: str
    state: str
    person: Person
    purpose: str
    category: str


def nothing_leaves_unlawfully(platform: Platform, full: bool) -> Figure:
    settings = settings_of(platform)
    categories = VOCABULARIES["category"] if full else FEW
    with Desk(settings) as desk:
        register_everybody(desk)
        arrived = settled(settings)
        files = world(desk, settings, categories)
        arrived = settled(settings, 300) and arrived
    tally = Tally()
    command_line = patch.dict(os.environ, SAMSPOR_ENV_FILE=str(platform.environment_file))
    with command_line, closing(Ways(settings, platform.address)) as ways:
        trials = [
            trial
            for way, share in PLAN.items()
            for trial in planned(way, share * (1 if full else IN_SHORT), files, categories)
        ]
        attempt_all(ways, files, trials, tally)
    unrecorded = not_written_down(settings, tally.looks)
    text = (
        f"{tally.attempts} attempts, shown without basis {tally.shown}, lawful reads denied {tally.denied}, "
        f"existence revealed {tally.revealed}, unrecorded readings {unrecorded}"
    )
    holds = not any((tally.shown, tally.denied, tally.revealed, unrecorded))
    enough = arrived and tally.lawful > tally.attempts / 20
    if not (holds and enough):
        text += f"; lawful {tally.lawful}, arrived {arrived}, for instance " + " | ".join(examples(tally.problems))
    return Figure(text, holds and enough)


def world(desk: Desk, settings: Settings, categories: Sequence[str]) -> dict[str, File]:
    """State -> its citizen, when all of it is on every timeline and what is short has ended."""
    made = {state: File(desk, state) for state in STATES}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda file: make(file, categories), made.values()))
    now = datetime.now(UTC)
    settled(settings, 300)
    for file in made.values():
        file.refer()
    wait_until(lambda: datetime.now(UTC) > now + SHORT, 2 * SHORT.total_seconds(), 0.1)
    return made


def planned(way: str, share: float, files: Mapping[str, File], categories: Sequence[str]) -> Iterator[Trial]:
    """The product, `share` times, in an order of its own; a part of it where there is a fraction."""
    random = Random(way)
    combinations = list(product(ROLES, files, PURPOSES))
    decks = {
        "organisation": deck(random, list(KIND_OF)),
        # A page shows fifty entries: those of one category are never so many.
        "category": deck(random, [*([""] if way != "page" else []), *categories]),
        "caseworker": deck(random, ["caseworker", NAMED]),
        "citizen": deck(random, [MOTHER, FATHER, AUNT, SOMEBODY, "", ""]),
        # Whoever the command line knows is a member of one organisation: no token of theirs bears another.
        "organisation of a citizen": deck(random, [CITIZENS, *([OPENER, READING["ngo"]] if way not in ALONE else [])]),
    }
    whole, part = divmod(round(share * len(combinations)), len(combinations))
    for size in (*[len(combinations)] * whole, part):
        random.shuffle(combinations)
        for role, state, purpose in combinations[:size]:
            if role == "citizen":
                name = next(decks["citizen"]) or files[state].citizen
                person = Person(name, next(decks["organisation of a citizen"]), role)
            else:
                who = next(decks["caseworker"]) if role == "caseworker" else role
                person = member(next(decks["organisation"]), who)
            yield Trial(way, state, person, purpose, next(decks["category"]))


def deck(random: Random, cards: list[str]) -> Iterator[str]:
    """Every card once before one comes again."""
    while True:
        random.shuffle(cards)
        yield from tuple(cards)


def attempt_all(ways: Ways, files: Mapping[str, File], trials: Sequence[Trial], tally: Tally) -> None:
    def attempt(trial: Trial) -> None:
        case = Case(files[trial.state], trial.person, trial.purpose, trial.category)
        tally.add(WAYS[trial.way](ways, case))

    # What the command line prints goes through this process's own output: one at a time.
    alone = [trial for trial in trials if trial.way in ALONE]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(attempt, [trial for trial in trials if trial.way not in ALONE]))
    for trial in alone:
        attempt(trial)


def not_written_down(settings: Settings, looks: Counter[Look]) -> int:
    """Readings that showed something and of which there is no record of their own that names it all."""
    told = {name for *_, names in looks for name in names}
    written: Counter[Look] = Counter()
    with psycopg.connect(settings.database_of("consents")) as connection, connection.cursor("looks") as cursor:
        cursor.execute("SELECT position, body FROM events WHERE type = 'consents.AccessRecorded.v1'")
        for position, body in cursor:
            event = Received(position, bytes(body)).envelope
            data = msgspec.json.decode(event.data)
            names = frozenset(data["entries"]) & told
            written[event.actor, event.organisation, event.citizen, data["purpose"], names] += 1
    return sum((looks - written).values())


def examples(problems: Sequence[str]) -> list[str]:
    """One of each way and state, a few."""
    return list({problem[:40]: problem for problem in problems}.values())[:5]
