"""SearchServices: what is asked for must be so, and what a service has besides decides how high it stands.

What a service is found by stands in one row (found_by.py).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString, NamedTuple
from uuid import UUID

from google.protobuf.message import Message
from psycopg import Cursor, sql
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from libs.host.paging import page_size, place_of, token_of
from services.partners.eligibility import COLUMNS, answer_of, facts_of, judge, keys, terms_of
from services.partners.facets import ACCESSIBLE, AREA, CATEGORY, LANGUAGE, TOPIC, WEEK
from services.partners.queries import offered, where
from services.partners.words import fold
from services.vocabulary import SearchReason

if TYPE_CHECKING:
    from services.partners.service import Partners

Row = Mapping[str, Any]
Cursors = Cursor[dict[str, Any]]
MOST_WORDS: Final = 20
ALIKE: Final = 6
"""Words that are taken for a misspelt one."""
ROOM: Final = "coalesce(c.available > 0 AND {now} < c.updated + make_interval(days => c.fresh_days), false)"
BARRED: Final = """EXISTS (SELECT FROM eligibilities e WHERE e.service = f.service AND (
    ({gender} <> '' AND e.genders <> '{{}}' AND {gender} <> ALL (e.genders))
    OR (cardinality({municipality}) > 0 AND e.municipality_keys <> '{{}}' AND NOT e.municipality_keys && {municipality})
    OR (cardinality({languages}) > 0 AND e.languages <> '{{}}' AND NOT e.languages && {languages})
    OR e.situations && {other_situations} OR e.excluded_situations && {situations}))"""
"""What eligibility.judge calls not eligible, save ages; a test holds the two together."""
WORTH: Final = """(4 * (f.name_words @@ {words}::tsquery)::int + 2 * ({room})::int
    + ({age} > 0 AND f.minimum_age + f.maximum_age > 0)::int - 3 * (f.confirm_by <= {now})::int)"""
"""How high a service stands among those that are found: a word in its name, room, ages that it states; lower where
nobody has confirmed for long what it says."""
PAGE: Final = """
WITH found AS {kept} (
    SELECT f.service AS id, f.name_order, {worth} AS worth
    FROM found_by f LEFT JOIN capacities c ON c.service = f.service {asked}
), page AS (SELECT * FROM found {beyond} ORDER BY {order} LIMIT {rows})
SELECT s.*, {stated}, o.name AS organisation_name, page.worth, (SELECT count(*) FROM found) AS total,
    s.name_words @@ {words}::tsquery AS named, {room} AS has_room
FROM page JOIN services s USING (id) LEFT JOIN organisations o ON o.id = s.organisation
    LEFT JOIN eligibilities e ON e.service = s.id LEFT JOIN capacities c ON c.service = s.id
ORDER BY -page.worth, s.name_order, s.id
"""


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
        rows = cursor.execute(page_of(question, words, caller, after, size + 1)).fetchall()
    shown = rows[:size]
    end = token_of(Place(*(shown[-1][name] for name in ("worth", "name_order", "id")))) if len(rows) > size else ""
    return partners.ServiceList(
        services=[answer(row, question, words, caller.now) for row in shown],
        page=common.PageAnswer(next=end),
        total=rows[0]["total"] if rows else 0,
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
    marks = marks_of(question)
    asked: tuple[tuple[LiteralString, object, object], ...] = (
        ("f.marks @@ {}::tsquery", " & ".join(filter(None, (words.query, *marks))), words.query or marks),
        ("f.organisation = {}::uuid", question.organisation, question.organisation),
        ("f.service = ANY({}::uuid[])", list(question.ids), question.ids),
        ("f.minimum_age <= {}", question.age, question.age),
        ("(f.maximum_age = 0 OR f.maximum_age >= {})", question.age, question.age),
        ("f.hours @> {}", question.open_at % WEEK, question.HasField("open_at")),
    )
    for text, value, is_asked in asked:
        if is_asked:
            yield sql.SQL(text).format(sql.Literal(value))
    if question.HasField("facts"):
        yield sql.SQL("NOT ") + barred(question)
    if question.with_room:
        yield room(caller)


def barred(question: partners.SearchServices) -> sql.Composable:
    told = facts_of(question.facts, question.age)
    lists = {
        "municipality": keys([told.municipality]),
        "languages": list(told.languages),
        "situations": list(told.situations),
        "other_situations": list(told.other_situations),
    }
    texts = {name: sql.SQL("{}::text[]").format(sql.Literal(value)) for name, value in lists.items()}
    return sql.SQL(BARRED).format(gender=sql.Literal(told.gender), **texts)


def marks_of(question: partners.SearchServices) -> list[str]:
    """Terms of a tsquery. No value has a quote in it: words, a UUID, and a word of a vocabulary."""
    return [
        *(area(word) for word in fold(question.area)[:MOST_WORDS]),
        *(f"'{LANGUAGE}{word}'" for word in fold(question.language)[:1]),
        *([f"'{TOPIC}{question.taxonomy_term.lower()}'"] if question.taxonomy_term else ()),
        *([f"'{CATEGORY}{question.category}'"] if question.category else ()),
        *([f"'{ACCESSIBLE}'"] if question.accessible else ()),
    ]


def area(word: str) -> str:
    """A service may say the beginning of a postal code: that it helps wherever codes begin so."""
    shorter = [word[:size] for size in range(2, len(word))] if word.isdecimal() else []
    terms = [f"'{AREA}{word}':*", *(f"'{AREA}{each}'" for each in shorter)]
    return f"({' | '.join(terms)})"


def page_of(
    question: partners.SearchServices, words: Words, caller: Context, after: Place | None, rows: int
) -> sql.Composable:
    """Without anything asked for they stand by name, and an index gives them in that order."""
    asked = list(conditions(question, words, caller))
    worth = sql.SQL(WORTH).format(
        words=sql.Literal(words.query), room=room(caller), age=sql.Literal(question.age), now=sql.Literal(caller.now)
    )
    beyond: sql.Composable = sql.SQL("")
    if after and asked:
        beyond = sql.SQL("WHERE (-worth, name_order, id) > ({}, {}, {})").format(-after.worth, after.name, after.id)
    elif after:
        beyond = sql.SQL("WHERE (name_order, id) > ({}, {})").format(after.name, after.id)
    return sql.SQL(PAGE).format(
        kept=sql.SQL("MATERIALIZED" if asked else "NOT MATERIALIZED"),
        worth=worth if asked else sql.SQL("0"),
        asked=where(asked),
        beyond=beyond,
        order=sql.SQL("-worth, name_order, id" if asked else "name_order, id"),
        rows=rows,
        words=sql.Literal(words.query),
        room=room(caller),
        stated=sql.SQL(COLUMNS),
    )


def room(caller: Context) -> sql.Composable:
    return sql.SQL(ROOM).format(now=sql.Literal(caller.now))


def answer(row: Row, question: partners.SearchServices, words: Words, now: datetime) -> partners.Service:
    told = offered(row)
    if verdict := judge(terms_of(row), facts_of(question.facts, question.age)):
        told.eligible.CopyFrom(answer_of(verdict))
    told.reasons.extend(reasons(row, question, words, told.eligible.verdict))
    if row["confirm_by"] <= now:
        told.reasons.append("stale")
    return told


def reasons(row: Row, question: partners.SearchServices, words: Words, verdict: str) -> Iterator[SearchReason]:
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
        "eligible": question.HasField("facts") and verdict == "eligible",
        "ask_first": question.HasField("facts") and verdict == "to_be_asked",
    }
    return (reason for reason, so in holds.items() if so)


SEARCH_QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.SearchServices: search_services,
}
