"""Questions to the directory in the words of HSDS: its entities as documents, one or a page of them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from google.protobuf.message import Message
from psycopg import sql
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from libs.host.paging import page_size
from services.partners.errors import EntityUnknown
from services.partners.shelf import SELECT, Row, Shelf
from services.partners.words import query

if TYPE_CHECKING:
    from services.partners.service import Partners

MINIMAL: Final = 10_000
"""Entities of a page that holds nothing but ids."""


def list_entities(service: "Partners", question: partners.ListEntities, caller: Context) -> partners.EntityList:
    """By name. Page numbers are those of the HSDS API: a page counts from the first again each time."""
    where = sql.SQL("WHERE ") + sql.SQL(" AND ").join(conditions(question))
    size = min(question.per_page or MINIMAL, MINIMAL) if question.minimal else page_size(question.per_page)
    page = sql.SQL(" ORDER BY name_order, id LIMIT {} OFFSET {}").format(size, size * (max(question.page, 1) - 1))
    with service.pool.connection() as connection:
        counted = connection.execute(sql.SQL("SELECT count(*) FROM entities ") + where).fetchone()
        total = counted[0] if counted else 0
        if question.minimal:
            asked = sql.SQL("SELECT id::text, modified FROM entities ") + where + page
            rows = connection.execute(asked).fetchall()
            found = [{"id": id_, "modified_date": modified} for id_, modified in rows]
            return partners.EntityList(documents=map(text_of, found), total=total)
        shelf = Shelf(connection, caller.organisation)
        entities = [Row(*row) for row in connection.execute(sql.SQL(SELECT) + sql.SQL(" ") + where + page)]
        documents = shelf.whole(question.kind, entities, full=question.full, full_service=question.full_service)
    supplied = [
        partners.Supplied(entity=entity, field=field, count=count)
        for (entity, field), count in sorted(shelf.supplied.items())
    ]
    return partners.EntityList(documents=map(text_of, documents), total=total, supplied=supplied)


def get_entity(service: "Partners", question: partners.GetEntity, caller: Context) -> partners.EntityDocument:
    """With all that is nested in it."""
    with service.pool.connection() as connection:
        asked = f"{SELECT} WHERE kind = %s AND id = %s ORDER BY organisation LIMIT 1"
        row = connection.execute(asked, [question.kind, question.id]).fetchone()
        if row is None:
            raise EntityUnknown(entity=question.kind)
        shelf = Shelf(connection, caller.organisation)
        (document,) = shelf.whole(question.kind, [Row(*row)], full=True, full_service=question.full_service)
    return partners.EntityDocument(document=text_of(document))


def conditions(question: partners.ListEntities) -> list[sql.Composable]:
    after = question.modified_after.ToDatetime().isoformat() if question.HasField("modified_after") else ""
    asked: list[tuple[str, object]] = [
        ("kind = {}", question.kind),
        ("words @@ {}::tsquery", query(question.search)),
        ("{}::uuid = ANY(terms)", question.taxonomy_term),
        ("{}::uuid = ANY(taxonomies)", question.taxonomy),
        ("organisation = {}::uuid", question.organization),
        ("modified >= {}::timestamptz", f"{after}Z" if after else ""),
        ("parent = {}::uuid", question.parent),
        (
            "location IN (SELECT l.id FROM entities l WHERE l.kind = 'location' AND {} = ANY(l.postcodes)"
            " AND NOT EXISTS (SELECT FROM redactions r WHERE r.location = l.id))",
            question.postcode,
        ),
        ("(NOT {} OR parent IS NULL)", question.top_only),
    ]
    return [sql.SQL(text).format(value) for text, value in asked if value]


def text_of(document: object) -> str:
    return msgspec.json.encode(document).decode()


HSDS_QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.ListEntities: list_entities,
    partners.GetEntity: get_entity,
}
