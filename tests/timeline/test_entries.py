"""Stored entries: what is applied is read again, in order, page by page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from deploy.local.postgres import Databases
from libs.bus.received import Received
from libs.host.migrate import migrate_one
from libs.host.service import find
from services.timeline.entries import Filter, Stored, classes_of, page_of
from services.timeline.projections import ENTRIES
from tests.timeline.test_entry import CITIZEN, UNIT, published

NOBODY = UUID("01890000-0000-7000-8000-0000000000ff")
EVERYTHING = Filter()
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def connection(databases: Databases) -> Iterator[psycopg.Connection[Any]]:
    migrate_one(find(["timeline"])[0], databases.url("timeline", owner=True))
    with psycopg.connect(databases.url("timeline"), autocommit=True) as connection:
        yield connection


def note(position: int, **attributes: object) -> Received:
    time = attributes.pop("time", START + timedelta(hours=position))
    return Received(position, published(time=time, **attributes))


def apply(connection: psycopg.Connection[Any], *events: Received) -> None:
    with connection.transaction():
        ENTRIES.apply(connection, events)


def pages(connection: psycopg.Connection[Any], size: int, chosen: Filter = EVERYTHING) -> list[Stored]:
    found: list[Stored] = []
    before = None
    while page := page_of(connection, CITIZEN, classes_of(connection, CITIZEN), chosen, before=before, size=size):
        found += page
        before = page[-1].place
    return found


@pytest.mark.parametrize("size", [1, 7, 200])
def test_pages_give_every_entry_once_newest_first(connection: psycopg.Connection[Any], size: int) -> None:
    shuffled = Random(size).sample(range(60), 60)
    apply(connection, *(note(i + 1, time=START + timedelta(hours=shuffled[i] // 2)) for i in range(60)))

    found = pages(connection, size)

    assert [row.place for row in found] == sorted((row.place for row in found), reverse=True)
    assert {row.position for row in found} == set(range(1, 61))


def test_the_order_does_not_depend_on_the_order_of_arrival(connection: psycopg.Connection[Any]) -> None:
    cases = [note(i, time=START) for i in range(1, 4)]
    referrals = [note(i, time=START, source="referrals") for i in range(1, 4)]
    apply(connection, *referrals[:2])
    apply(connection, *cases)
    apply(connection, *referrals[2:])

    assert [(row.source, row.position) for row in pages(connection, 50)] == [
        ("referrals", 3),
        ("referrals", 2),
        ("referrals", 1),
        ("cases", 3),
        ("cases", 2),
        ("cases", 1),
    ]


def test_filters_by_source_and_period(connection: psycopg.Connection[Any]) -> None:
    apply(connection, *(note(i) for i in range(1, 9)), *(note(i, source="referrals") for i in range(1, 9)))

    chosen = Filter(sources=["cases"], since=START + timedelta(hours=3), until=START + timedelta(hours=6))

    assert [(row.source, row.position) for row in pages(connection, 2, chosen)] == [
        ("cases", 5),
        ("cases", 4),
        ("cases", 3),
    ]


def test_a_class_that_is_not_asked_for_is_not_read(connection: psycopg.Connection[Any]) -> None:
    apply(connection, note(1), note(2, category="health"), note(3))
    housing = [id_ for id_, class_ in classes_of(connection, CITIZEN).items() if class_.category == "housing"]

    page = page_of(connection, CITIZEN, housing, EVERYTHING, before=None, size=50)

    assert [row.position for row in page] == [3, 1]


def test_another_citizen_has_a_timeline_of_their_own(connection: psycopg.Connection[Any]) -> None:
    apply(connection, note(1), note(2, citizen=str(NOBODY)))

    assert [row.position for row in pages(connection, 50)] == [1]


def test_classes_are_kept_once(connection: psycopg.Connection[Any]) -> None:
    apply(connection, note(1))
    apply(connection, note(2), note(3, category="health"))

    assert sorted(class_.category for class_ in classes_of(connection, CITIZEN).values()) == ["health", "housing"]
    assert {class_.organisation for class_ in classes_of(connection, CITIZEN).values()} == {UNIT}
