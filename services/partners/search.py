"""SearchServices: what is asked for must be so, and what a service has besides decides how high it stands.

A service is found by what it says itself, what it says of a place where it is, and what that place says; of a place
that is redacted only what leaves of it (documents.py).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, LiteralString, NamedTuple
from uuid import UUID

from google.protobuf.message import Message
from psycopg import Cursor, sql
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from libs.host.paging import page_size, place_of, token_of
from services.partners.facets import WEEK
from services.partners.queries import offered, where
from services.partners.words import fold, query
from services.vocabulary import SearchReason

if TYPE_CHECKING:
    from services.partners.service import Partners

Row = Mapping[str, Any]
Cursors = Cursor[dict[str, Any]]
MOST_WORDS: Final = 20
ALIKE: Final = 6
"""Words that are taken for a misspelt one."""
NOT_REDACTED: Final = "NOT EXISTS (SELECT FROM redactions r WHERE r.location = l.id)"
FOUND: Final = """s.id IN (
    SELECT e.id FROM entities e WHERE e.kind = 'service' AND e.{fact}
    UNION ALL SELECT e.parent FROM entities e WHERE e.kind = 'service_at_location' AND e.{fact}
    UNION ALL SELECT p.parent FROM entities p WHERE p.kind = 'service_at_location' AND p.location IN (
        SELECT l.id FROM entities l WHERE l.kind = 'location' AND l.{fact} AND {seen}))"""
ROOM: Final = "c.available > 0 AND {now}::timestamptz < c.updated + make_interval(days => c.fresh_days)"
WITH_ROOM: Final = "EXISTS (SELECT FROM capacities c WHERE c.service = s.id AND {room})"
WORTH: Final = """(4 * (s.name_words @@ to_tsquery('simple', {words}))::int + 2 * ({room})::int
    + ({age} > 0 AND s.minimum_age + s.maximum_age > 0)::int)"""
"""How high a service stands among those that are found: a word in its name, room, ages that it states."""


class Place(NamedTuple):
    """Where a page ends."""

    worth: int
    name: str
    """As words.order gives it."""
    id: UUID


class Words(NamedTuple):
    query: str
    """A tsquery; empty: no words were asked for."""
    alike: bool
    """Another word stands for one that the directory does not have."""


def search_services(service: "Partners", question: partners.SearchServices, caller: Context) -> partners.ServiceList:
    size, after = page_size(question.page.size), place_of(question.page.token, Place)
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        words = words_of(cursor, question.query)
        asked = list(conditions(question, words, caller))
        found = where(asked)
        counted = cursor.execute(sql.SQL("SELECT count(*) AS total FROM services s ") + found).fetchone()
        rows = cursor.execute(page_of(question, words, caller, asked, after, size + 1)).fetchall()
    shown = rows[:size]
    end = token_of(Place(*(shown[-1][name] for name in ("worth", "name_order", "id")))) if len(rows) > size else ""
    return partners.ServiceList(
        services=[answer(row, question, words) for row in shown],
        page=common.PageAnswer(next=end),
        total=counted["total"] if counted else 0,
    )


def words_of(cursor: Cursors, text: str) -> Words:
    """Every word must stand in the text, or the beginning of one does; a word that none begins with is misspelt."""
    asked = fold(text)[:MOST_WORDS]
    rows = cursor.execute(
        """
        SELECT DISTINCT ON (asked.word, alike.word) asked.word, alike.word AS instead
        FROM unnest(%(asked)s::text[]) AS asked (word), LATERAL (
            SELECT d.word FROM directory_words d WHERE d.word %% asked.word
            ORDER BY similarity(d.word, asked.word) DESC, d.word LIMIT %(most)s) AS alike
        WHERE NOT EXISTS (SELECT FROM directory_words d WHERE d.word LIKE asked.word || '%%')
        """,
        {"asked": asked, "most": ALIKE},
    ).fetchall()
    instead: dict[str, list[str]] = {}
    for row in rows:
        instead.setdefault(row["word"], []).append(row["instead"])
    terms = [f"({' | '.join(instead[word])})" if word in instead else f"{word}:*" for word in asked]
    return Words(" & ".join(terms), bool(instead))


def conditions(question: partners.SearchServices, words: Words, caller: Context) -> Iterator[sql.Composable]:
    plain: tuple[tuple[LiteralString, object], ...] = (
        ("s.words @@ to_tsquery('simple', {})", words.query),
        ("s.categories @> ARRAY[{}]", question.category),
        ("s.organisation = {}::uuid", question.organisation),
        ("s.minimum_age <= {}", question.age),
        ("(s.maximum_age = 0 OR s.maximum_age >= {})", question.age),
    )
    for text, value in plain:
        if value:
            yield sql.SQL(text).format(sql.Literal(value))
    of_entities: tuple[tuple[LiteralString, object, bool], ...] = (
        ("terms @> ARRAY[{}]::uuid[]", question.taxonomy_term, False),
        ("areas @@ to_tsquery('simple', {})", query(question.area), False),
        ("languages @> ARRAY[{}]", question.language.lower(), True),
        ("accessible AND {}", question.accessible, False),
        ("hours @> {}", question.open_at % WEEK if question.HasField("open_at") else None, True),
    )
    for text, value, told in of_entities:
        if value or (value == 0 and value is not False):
            fact = sql.SQL(text).format(sql.Literal(value))
            yield sql.SQL(FOUND).format(fact=fact, seen=sql.SQL("true" if told else NOT_REDACTED))
    if question.with_room:
        yield sql.SQL(WITH_ROOM).format(room=room(caller))


def page_of(  # noqa: PLR0917 -- what a page is made of
    question: partners.SearchServices,
    words: Words,
    caller: Context,
    asked: list[sql.Composable],
    after: Place | None,
    rows: int,
) -> sql.Composable:
    """Without anything asked for they stand by name, and an index gives them in that order."""
    ranked = bool(asked)
    worth = sql.SQL(WORTH).format(
        words=sql.Literal(words.query),
        room=sql.SQL("s.id IN (SELECT c.service FROM capacities c WHERE {})").format(room(caller)),
        age=sql.Literal(question.age),
    )
    order = sql.SQL("worth DESC, name_order, id" if ranked else "name_order, id")
    beyond: sql.Composable = sql.SQL("")
    if after:
        by_name = sql.SQL("(name_order, id) > ({}, {}::uuid)").format(after.name, after.id)
        same = sql.SQL("(worth < {0} OR (worth = {0} AND {1}))").format(after.worth, by_name)
        beyond = sql.SQL("WHERE ") + (same if ranked else by_name)
    inner = sql.SQL("SELECT s.id, s.name_order, {} AS worth FROM services s ").format(worth if ranked else sql.SQL("0"))
    chosen = sql.SQL("SELECT * FROM ({}{}) every {} ORDER BY {} LIMIT {}").format(
        inner, where(asked), beyond, order, rows
    )
    return sql.SQL(
        "SELECT s.*, o.name AS organisation_name, one.worth, s.name_words @@ to_tsquery('simple', {words}) AS named,"
        " EXISTS (SELECT FROM capacities c WHERE c.service = s.id AND {room}) AS has_room"
        " FROM ({chosen}) one JOIN services s ON s.id = one.id LEFT JOIN organisations o ON o.id = s.organisation"
        " ORDER BY {order}"
    ).format(
        words=sql.Literal(words.query),
        room=room(caller),
        chosen=chosen,
        order=sql.SQL("one.worth DESC, s.name_order, s.id"),
    )


def room(caller: Context) -> sql.Composable:
    return sql.SQL(ROOM).format(now=sql.Literal(caller.now))


def answer(row: Row, question: partners.SearchServices, words: Words) -> partners.Service:
    told = offered(row)
    told.reasons.extend(reasons(row, question, words))
    return told


def reasons(row: Row, question: partners.SearchServices, words: Words) -> Iterator[SearchReason]:
    holds: Mapping[SearchReason, bool] = {
        "name": bool(words.query) and row["named"],
        "text": bool(words.query) and not row["named"],
        "alike": words.alike,
        "category": bool(question.category),
        "topic": bool(question.taxonomy_term),
        "area": bool(fold(question.area)),
        "age": question.age > 0 and row["minimum_age"] + row["maximum_age"] > 0,
        "language": bool(question.language),
        "accessible": question.accessible,
        "open": question.HasField("open_at"),
        "room": row["has_room"],
    }
    return (reason for reason, so in holds.items() if so)


SEARCH_QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.SearchServices: search_services,
}
