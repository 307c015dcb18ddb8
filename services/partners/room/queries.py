"""Questions about room. A number that nobody has said for too long is answered as unknown, with when it was said."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import timestamp
from services.partners.room.capacity import CAPACITY, fresh_until, stream_of

if TYPE_CHECKING:
    from services.partners.service import Partners

BOXES: Final = {"inbox": "recipient", "outbox": "asker"}


class Place(NamedTuple):
    """Where a page of questions ends."""

    asked: datetime
    id: UUID


def get_capacity(service: "Partners", question: partners.GetCapacity, caller: Context) -> partners.Capacity:
    """The newest there is, for a client that changes it next and for who is about to take a place."""
    loaded = service.log.load(CAPACITY, stream_of(question.service))
    if not loaded.state.updated:
        return partners.Capacity(service=question.service)
    said = {name: getattr(loaded.state, name) for name in ("available", "maximum", "unit", "updated", "fresh_days")}
    return as_told(said | {"service": question.service, "version": loaded.version}, caller.now)


def list_capacity(service: "Partners", question: partners.ListCapacity, caller: Context) -> partners.CapacityList:
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT * FROM capacities WHERE service = ANY(%s::uuid[]) OR organisation = nullif(%s, '')::uuid"
            " ORDER BY service",
            [list(question.services), question.organisation],
        ).fetchall()
    return partners.CapacityList(capacities=[as_told(row, caller.now) for row in rows])


def as_told(said: Mapping[str, Any], now: datetime) -> partners.Capacity:
    """A row of `capacities`, or what is like it, as it may be told at `now`."""
    fresh = now < fresh_until(said["updated"], said["fresh_days"])
    return partners.Capacity(
        service=str(said["service"]),
        declared=True,
        available=said["available"] if fresh else None,
        maximum=said["maximum"],
        unit=said["unit"],
        updated=timestamp(said["updated"]),
        fresh_days=said["fresh_days"],
        version=said["version"],
    )


def list_questions(
    service: "Partners", question: partners.ListCapacityQuestions, caller: Context
) -> partners.CapacityQuestionList:
    service.authorizer.require(caller, "ListCapacityQuestions", {"organisation": ""})
    size, after = page_size(question.page.size), place_of(question.page.token, Place)
    asked = {
        "organisation": caller.organisation,
        "waiting": question.waiting,
        "asked": after.asked if after else None,
        "id": after.id if after else None,
        "size": size + 1,
    }
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"""
            SELECT * FROM capacity_questions
            WHERE {BOXES[question.box]} = %(organisation)s AND (NOT %(waiting)s OR answer = '')
                AND (%(asked)s::timestamptz IS NULL OR (asked, id) < (%(asked)s, %(id)s::uuid))
            ORDER BY asked DESC, id DESC LIMIT %(size)s
            """,  # noqa: S608 -- constants only
            asked,
        ).fetchall()
    shown = rows[:size]
    end = token_of(Place(shown[-1]["asked"], shown[-1]["id"])) if len(rows) > size else ""
    return partners.CapacityQuestionList(
        questions=[question_message(row) for row in shown], page=common.PageAnswer(next=end)
    )


def question_message(row: Mapping[str, Any]) -> partners.CapacityQuestion:
    ids = {name: str(row[name]) for name in ("id", "service", "asker", "recipient")}
    rest: dict[str, Any] = {name: row[name] for name in ("need", "age_band", "answer", "weeks")}
    return partners.CapacityQuestion(**ids | rest, asked=timestamp(row["asked"]), answered=timestamp(row["answered"]))


QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.GetCapacity: get_capacity,
    partners.ListCapacity: list_capacity,
    partners.ListCapacityQuestions: list_questions,
}
