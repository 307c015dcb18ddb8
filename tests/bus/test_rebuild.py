"""A projection made again: the same rows, the same keys and rights, and readers never without."""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest

from deploy.local.postgres import Databases
from libs.bus import Projection, Received
from libs.bus.message import Batch
from libs.bus.pages import SourceAway
from libs.bus.rebuild import Rebuilt, rebuild
from tests.bus.conftest import House, Source, consuming, wait_until

TABLES = """
    CREATE TABLE notes (
        n bigint PRIMARY KEY, text text COLLATE "C" NOT NULL, body bytea NOT NULL CHECK (length(body) > 1)
    ) WITH (fillfactor = 90, toast_tuple_target = 8160);
    CREATE INDEX notes_by_text ON notes (text, n DESC) WHERE n > 0;
    CREATE TABLE kinds (kind text PRIMARY KEY, first bigint NOT NULL);
    GRANT SELECT, INSERT ON notes, kinds TO samspor_timeline;
"""
DESCRIBED = """
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ('notes', 'kinds')
    UNION ALL SELECT table_name || privilege_type || grantee FROM information_schema.role_table_grants
        WHERE table_name IN ('notes', 'kinds')
    UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid IN ('notes'::regclass, 'kinds'::regclass)
    UNION ALL SELECT oid::regclass || reloptions::text FROM pg_class
        WHERE oid IN ('notes'::regclass, 'kinds'::regclass) AND reloptions IS NOT NULL
    ORDER BY 1
"""


def add_notes(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    for event in events:
        if event.data["n"] == 13:
            raise ValueError
    with connection.cursor().copy("COPY notes FROM STDIN") as copy:
        for event in events:
            copy.write_row((event.position, event.data["text"], event.body))
    connection.execute("INSERT INTO kinds VALUES (%s, %s) ON CONFLICT DO NOTHING", ["note", events[0].position])


NOTES = Projection(name="notes", apply=add_notes, bulk=("notes",), keyed=("kinds",))


@pytest.fixture
def owner(databases: Databases, house: House) -> str:
    url = databases.url("timeline", owner=True)
    with psycopg.connect(url) as connection:
        connection.execute(TABLES.encode())
    house.handle = add_notes  # type: ignore[method-assign]  # this house makes the projection
    house.inbox = type(house.inbox)(house.pool.connection, "cases", add_notes)
    return url


def again(owner: str, source: Source, tell: Callable[[str, int], None] = lambda _source, _position: None) -> Rebuilt:
    return rebuild(owner, NOTES, {"cases": source.fetch}, tell)


def everything(house: House) -> tuple[list[Any], list[Any], list[Any]]:
    notes = house.rows("SELECT * FROM notes ORDER BY n")
    parked = house.rows("SELECT source, position, reason, cause, body FROM parked")
    return notes, house.rows("SELECT * FROM kinds"), parked


def test_a_rebuild_gives_the_same_rows_keys_and_rights(owner: str, broker: str, house: House, source: Source) -> None:
    source.add(5_000)
    with consuming(broker, house, source):
        wait_until(lambda: house.position == 5_000, "5,000 events applied")
    before, described = everything(house), house.rows(DESCRIBED)
    told: list[int] = []
    rebuilt = again(owner, source, lambda _source, position: told.append(position))
    assert (rebuilt.events, rebuilt.parked, rebuilt.positions) == (5_000, 1, {"cases": 5_000})
    assert everything(house) == before
    assert house.rows(DESCRIBED) == described
    assert told == sorted(told)
    assert told[-1] == 5_000


def test_consumers_go_on_during_and_after_a_rebuild(owner: str, broker: str, house: House, source: Source) -> None:
    source.add(3_000)
    with consuming(broker, house, source, probe=0.02):
        wait_until(lambda: house.position == 3_000, "3,000 events applied")
        read: list[int] = []

        def meanwhile(_source: str, _position: int) -> None:
            source.add(20)
            read.append(house.rows("SELECT count(*) FROM notes")[0][0])

        again(owner, source, meanwhile)
        source.add(20)
        wait_until(lambda: house.position == len(source.bodies), "all applied")
    assert min(read) >= 2_999
    notes, _, parked = everything(house)
    assert [row[0] for row in notes] == [n for n in range(1, len(source.bodies) + 1) if n != 13]
    assert [row[1] for row in parked] == [13]


def test_a_rebuild_that_fails_changes_nothing(owner: str, broker: str, house: House, source: Source) -> None:
    source.add(2_500)
    with consuming(broker, house, source):
        wait_until(lambda: house.position == 2_500, "2,500 events applied")
    before = everything(house)

    def fetch(after: int) -> Batch:
        if after:
            raise SourceAway("cases")
        return source.fetch(after)

    with pytest.raises(SourceAway):
        rebuild(owner, NOTES, {"cases": fetch}, lambda _source, _position: None)
    assert everything(house) == before
    assert again(owner, source).events == 2_500
    assert everything(house) == before
