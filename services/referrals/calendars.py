"""Calendars: opened and closed by staff, and read by whoever has the address, who learns when and of whom nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg
from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.bus.received import Received
from libs.eventlog import derived_id
from libs.host.calls import Caller
from libs.host.repeats import unless_repeated
from libs.host.times import timestamp
from services.referrals.calendar import CALENDAR, CalendarClosed, CalendarOpened, Open, theirs
from services.referrals.errors import CalendarUnknown
from services.referrals.token import digest_of

if TYPE_CHECKING:
    from services.referrals.service import Referrals

Connection = psycopg.Connection[Any]
KEPT: Final = timedelta(days=30)
"""How long a deadline that no longer counts is still told, so that calendars take it out."""
MOST: Final = 1000
NOTED: Final = {
    CalendarOpened.type: (
        "INSERT INTO calendars (id, owner, person, whose, digest, opened)"
        " VALUES (%(id)s, %(owner)s, %(person)s, %(whose)s, %(digest)s, %(time)s) ON CONFLICT DO NOTHING"
    ),
    CalendarClosed.type: "UPDATE calendars SET closed = true WHERE id = %(id)s",
}
LIST: Final = """
    SELECT id::text, whose, digest, opened FROM calendars
    WHERE owner = %s AND NOT closed AND (whose = 'organisation' OR person = %s) ORDER BY opened, id
"""
OF: Final = "SELECT owner, person, whose FROM calendars WHERE digest = %s AND NOT closed"
DEADLINES: Final = """
    SELECT id::text, version, status, business_status, changed, acknowledge_by, reply_by FROM referral_lines
    WHERE reply_by IS NOT NULL AND (status IN ('requested', 'received') OR changed > %(since)s)
        AND (recipient = %(owner)s OR (sender = %(owner)s AND (%(whose)s = 'organisation' OR sent_by = %(person)s)))
    ORDER BY reply_by DESC, id LIMIT %(most)s
"""


def note_calendars(connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        if statement := NOTED.get(event.envelope.type):
            about = {"id": event.envelope.subject, "time": event.envelope.recordedtime}
            connection.execute(statement, {**event.data, **about})


def open_calendar(service: "Referrals", request: referrals.OpenCalendar, caller: Caller) -> common.Recorded:
    service.authorizer.require(caller, "OpenCalendar", {})
    calendar = derived_id(caller.command_id, "calendar")
    command = Open(request.whose, digest_of(service.calendar_tokens.of(calendar)))  # type: ignore[arg-type]  # checked
    return recorded(service, calendar, command, caller)


def close_calendar(service: "Referrals", request: referrals.CloseCalendar, caller: Caller) -> common.Recorded:
    """Another's looks like one that there is not."""
    with unless_repeated(service.log, caller):
        if not theirs(service.log.load(CALENDAR, request.calendar).state, caller.organisation, caller.actor):
            raise CalendarUnknown
        service.authorizer.require(caller, "CloseCalendar", {})
    return recorded(service, request.calendar, request, caller)


def recorded(service: "Referrals", calendar: str, command: Any, caller: Caller) -> common.Recorded:
    result = service.log.execute(CALENDAR, calendar, command, caller)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


def list_calendars(service: "Referrals", _question: referrals.ListCalendars, caller: Caller) -> referrals.CalendarList:
    """Those that a new signing key has ended are not among them."""
    service.authorizer.require(caller, "ListCalendars", {})
    with service.pool.connection() as connection:
        rows = connection.execute(LIST, [caller.organisation, caller.actor]).fetchall()
    found = [(service.calendar_tokens.of(row[0]), *row) for row in rows]
    return referrals.CalendarList(
        calendars=[
            referrals.Calendar(id=id_, whose=whose, token=token, opened=timestamp(opened))
            for token, id_, whose, digest, opened in found
            if digest_of(token) == digest
        ]
    )


def read_calendar(service: "Referrals", question: referrals.ReadCalendar, caller: Caller) -> referrals.ReferralList:
    service.authorizer.require(caller, "ReadCalendar", {})
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        known = cursor.execute(OF, [digest_of(question.token)]).fetchone()
        if known is None:
            raise CalendarUnknown
        rows = cursor.execute(DEADLINES, {**known, "since": caller.now - KEPT, "most": MOST}).fetchall()
    times = ("changed", "acknowledge_by", "reply_by")
    return referrals.ReferralList(
        referrals=[referrals.Referral(**{**row, **{name: timestamp(row[name]) for name in times}}) for row in rows]
    )


CALENDAR_HANDLERS: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.OpenCalendar: open_calendar,
    referrals.CloseCalendar: close_calendar,
}
CALENDAR_QUERIES: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.ListCalendars: list_calendars,
    referrals.ReadCalendar: read_calendar,
}
