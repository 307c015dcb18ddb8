"""What an erasure leaves behind: nothing to read, in no place, also not after a backup was restored."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import uuid4

import psycopg
from psycopg import sql
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

from cli.desk import Desk, Person
from deploy.local.platform import Platform
from libs.eventlog import derived_id
from libs.host.settings import Settings
from libs.spec.platforms import samspor, settings_of
from services.consents.vault import KEK_FILE, FileWrapper, KeyUnwrapped
from tests.promises.checks import settled
from tests.promises.figure import Figure
from tests.promises.reading import CANARY, Writer, everything_kept
from tests.promises.workload import UNIT, WORKER

LEADER: Final = WORKER._replace(person="promise-coordinator", role="coordinator")
CITIZENS: Final = "7e570000-0000-7000-8000-00000000000c"
DATABASE: Final = "samspor_consents"
YESTERDAY: Final = "samspor_consents_yesterday"
TODAY: Final = "samspor_consents_today"
PAST_KEEPING: Final = timedelta(days=365 * 40)
PAGE: Final = 200


class Key(NamedTuple):
    """A key that is to be destroyed, as a thief would have copied it."""

    wrapped: bytes
    private: bytes


@dataclass(frozen=True)
class Read:
    """What all citizens read of themselves at one time, and the unit of all of them."""

    shown: Mapping[str, tuple[str, str]]
    """Canary -> citizen and controller."""
    erased: int
    """Entries that say that their text is gone."""


def erasure_leaves_nothing(platform: Platform, full: bool) -> Figure:
    """Half of the citizens have what one controller keeps of them erased; everything else must stay readable."""
    settings = settings_of(platform)
    with Desk(settings) as desk:
        writer = Writer(desk)
        citizens = list(citizens_with(desk, writer, 200 if full else 40))
        asking = citizens[::2]
        arrived = settled(settings)
        before = read(desk, citizens)
        keys = keys_of(platform, settings, asking)
        copy_yesterday(platform)
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(partial(erase, desk), asking))
        arrived &= settled(settings)
        samspor(platform, "replay", "timeline")
        after = read(desk, citizens)
        with yesterday(platform):
            restored = read(desk, citizens)
            again = destroyed_on_record(settings, keys)
        arrived &= settled(settings)
        samspor(platform, "keys", "rotate")
        rotated = read(desk, citizens)
    asked = {
        canary
        for canary, (citizen, organisation) in before.shown.items()
        if (citizen in asking, organisation) == (True, UNIT)
    }
    gone, left = before.shown.keys() - after.shown.keys(), after.shown.keys()
    hits = places_with(
        platform, settings, [*(each.encode() for each in asked), *(each.private for each in keys.values())]
    )
    leaked = [len(each.shown.keys() & gone) for each in (restored, rotated)]
    lost = [len(left - each.shown.keys()) for each in (restored, rotated)]
    opened, recorded = opened_today(platform, keys), destroyed_on_record(settings, keys)
    return Figure(
        f"{len(writer.canaries)} canaries, {len(before.shown)} read; asked to be erased {len(asked)}, erased "
        f"{len(gone)}, still readable {len(left)}; read again after restore and rotation {leaked}, lost {lost}; "
        f"entries that say erased {[each.erased for each in (before, after, restored, rotated)]}; places with an "
        f"erased text or its key {len(hits)}{': ' + ', '.join(hits) if hits else ''}; destroyed keys {len(keys)}, "
        f"on record {recorded}, after the restore {again}; copies that open {opened}",
        arrived
        and gone == asked
        and bool(gone)
        and bool(left)
        and not any((*leaked, *lost, opened, *hits))
        and before.erased == 0 < after.erased == restored.erased == rotated.erased
        and again == recorded == len(keys) > 0,
    )


def citizens_with(desk: Desk, writer: Writer, canaries: int) -> Iterator[str]:
    """Texts of the unit and of an NGO about each; the unit's case was closed so long ago that it need not be kept."""
    while len(writer.canaries) < canaries:
        citizen = writer.register()
        case = writer.case(citizen)
        writer.consent(citizen, "housing", "family")
        writer.everything_in(case)
        writer.referral(citizen, case)
        closing = cases.CloseCase(case=case, result="goal_reached")
        desk.send(closing, WORKER, command_id=str(uuid4()), occurred=datetime.now(UTC) - PAST_KEEPING)
        yield citizen


def erase(desk: Desk, citizen: str) -> None:
    """The citizen asks everybody; the unit grants it."""
    command_id = str(uuid4())
    desk.send(consents.InvokeRight(citizen=citizen, right="erasure"), oneself(citizen), command_id=command_id)
    decision = consents.DecideRight(
        citizen=citizen, request=derived_id(command_id, "request"), controller=UNIT, outcome="granted"
    )
    desk.send(decision, LEADER, command_id=str(uuid4()))


def oneself(citizen: str) -> Person:
    return Person(citizen, CITIZENS, "citizen")


def read(desk: Desk, citizens: Sequence[str]) -> Read:
    shown: dict[str, tuple[str, str]] = {}
    erased = 0
    for citizen in citizens:
        for person, purpose in ((oneself(citizen), "own_access"), (WORKER, "casework")):
            for entry in entries_of(desk, citizen, person, purpose):
                erased += entry.erased
                texts = (text for text in entry.personal.values() if CANARY in text)
                shown |= dict.fromkeys(texts, (citizen, entry.organisation))
    return Read(shown, erased)


def entries_of(desk: Desk, citizen: str, person: Person, purpose: str) -> Iterator[timeline.Entry]:
    question = timeline.GetTimeline(citizen=citizen, purpose=purpose, page=common.PageRequest(size=PAGE))
    while True:
        answer = desk.ask(question, timeline.Timeline, person)
        yield from answer.entries
        if not answer.page.next:
            return
        question.page.token = answer.page.next


def keys_of(platform: Platform, settings: Settings, citizens: Sequence[str]) -> dict[str, Key]:
    """The unit's keys for the citizens, as they are before the erasure."""
    wrapper = FileWrapper(platform.folder / "secrets" / KEK_FILE)
    query = "SELECT id::text, wrapped FROM keys WHERE citizen = ANY(%s::uuid[]) AND organisation = %s"
    with psycopg.connect(settings.database_of("consents")) as connection:
        rows = connection.execute(query, [list(citizens), UNIT]).fetchall()
    return {key_id: Key(bytes(wrapped), wrapper.unwrap(key_id, bytes(wrapped))) for key_id, wrapped in rows}


def destroyed_on_record(settings: Settings, keys: Mapping[str, Key]) -> int:
    query = "SELECT count(*) FROM events WHERE stream = ANY(%s::uuid[]) AND type = 'consents.KeyDestroyed.v1'"
    with psycopg.connect(settings.database_of("consents")) as connection:
        ((count,),) = connection.execute(query, [list(keys)]).fetchall()
    return int(count)


def opened_today(platform: Platform, keys: Mapping[str, Key]) -> int:
    """How many of the copied keys come out of their wrapping with the secrets as they are now."""
    wrapper, opened = FileWrapper(platform.folder / "secrets" / KEK_FILE), 0
    for key_id, key in keys.items():
        try:
            opened += wrapper.unwrap(key_id, key.wrapped) == key.private
        except KeyUnwrapped:
            continue
    return opened


def places_with(platform: Platform, settings: Settings, secrets: Sequence[bytes]) -> list[str]:
    """Tables and files, queues, parking lots, logs and spans that hold one of them in the clear."""
    return sorted(
        {place for place, content in everything_kept(platform, settings) if any(s in content for s in secrets)}
    )


def copy_yesterday(platform: Platform) -> None:
    """A copy of consents' database as it is now, as a backup is one."""
    with (
        stopped(platform, "rpc-consents", "worker"),
        psycopg.connect(platform.postgres.admin_url(), autocommit=True) as admin,
    ):
        names = {"copy": sql.Identifier(YESTERDAY), "database": sql.Identifier(DATABASE)}
        admin.execute(sql.SQL("CREATE DATABASE {copy} TEMPLATE {database}").format(**names))


@contextmanager
def yesterday(platform: Platform) -> Iterator[None]:
    """consents answers from yesterday's database; afterwards from today's again. No worker publishes meanwhile."""
    with stopped(platform, "worker"):
        with stopped(platform, "rpc-consents"):
            rename(platform, (DATABASE, TODAY), (YESTERDAY, DATABASE))
        yield
        with stopped(platform, "rpc-consents"):
            rename(platform, (DATABASE, YESTERDAY), (TODAY, DATABASE))
            with psycopg.connect(platform.postgres.admin_url(), autocommit=True) as admin:
                admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(YESTERDAY)))


def rename(platform: Platform, *databases: tuple[str, str]) -> None:
    with psycopg.connect(platform.postgres.admin_url(), autocommit=True) as admin:
        for old, new in databases:
            names = {"old": sql.Identifier(old), "new": sql.Identifier(new)}
            admin.execute(sql.SQL("ALTER DATABASE {old} RENAME TO {new}").format(**names))


@contextmanager
def stopped(platform: Platform, *names: str) -> Iterator[None]:
    """Without these processes, which are started again."""
    for name in names:
        platform.programs[name].process.stop(signal.SIGTERM)
    yield
    for name in names:
        platform.launch(platform.programs[name])
    for name in names:
        platform.wait_ready(name)
