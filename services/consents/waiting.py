"""What waits for somebody: for whom a person acts, and what their organisation has to acknowledge or to decide."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.bus.received import Received
from libs.host.calls import Caller
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import period, timestamp
from services.consents.events import (
    ConsentInvalidated,
    ConsentWithdrawn,
    RepresentationEnded,
    RepresentativeAppointed,
    WithdrawalAcknowledged,
)
from services.consents.rights_events import RightDecided, RightInvoked

if TYPE_CHECKING:
    from services.consents.service import Consents

KEYED: Final = ("representations", "withdrawals", "rights_asked")

EFFECTS: Final = {
    RepresentativeAppointed.type: (
        "INSERT INTO representations (representation, representative, citizen, relation, since, until) VALUES"
        " (%(representation)s, %(representative)s, %(citizen)s, %(relation)s, %(since)s, %(until)s)"
        " ON CONFLICT DO NOTHING"
    ),
    RepresentationEnded.type: "UPDATE representations SET ended = true WHERE representation = %(representation)s",
    ConsentWithdrawn.type: (
        "INSERT INTO withdrawals (consent, citizen, holder, status, categories, time) VALUES"
        " (%(consent)s, %(citizen)s, %(grantee)s, 'withdrawn', %(categories)s, %(withdrawn)s) ON CONFLICT DO NOTHING"
    ),
    ConsentInvalidated.type: (
        "INSERT INTO withdrawals (consent, citizen, holder, status, categories, time) VALUES"
        " (%(consent)s, %(citizen)s, %(grantee)s, 'invalidated', %(categories)s, %(invalidated)s)"
        " ON CONFLICT DO NOTHING"
    ),
    RightInvoked.type: (
        'INSERT INTO rights_asked (request, controller, citizen, "right", invoked) VALUES'
        " (%(request)s, %(controller)s, %(citizen)s, %(right)s, %(invoked)s) ON CONFLICT DO NOTHING"
    ),
    RightDecided.type: (
        "UPDATE rights_asked SET decided = true WHERE request = %(request)s AND controller = %(controller)s"
    ),
    WithdrawalAcknowledged.type: "UPDATE withdrawals SET acknowledged = true WHERE consent = %(consent)s",
}
"""What each event does to the lists."""

REPRESENTED: Final = """
    SELECT until, representation::text, citizen::text, relation, since FROM representations
    WHERE representative = %(own)s AND NOT ended AND since <= %(now)s AND until > %(now)s
        AND (%(after)s::timestamptz IS NULL OR (until, representation) > (%(after)s, %(last)s::uuid))
    ORDER BY until, representation LIMIT %(size)s
"""
WITHDRAWALS: Final = """
    SELECT time, consent::text, citizen::text, status, categories FROM withdrawals
    WHERE holder::text = %(own)s AND NOT acknowledged
        AND (%(after)s::timestamptz IS NULL OR (time, consent) > (%(after)s, %(last)s::uuid))
    ORDER BY time, consent LIMIT %(size)s
"""
RIGHTS: Final = """
    SELECT invoked, request::text, citizen::text, "right" FROM rights_asked
    WHERE controller::text = %(own)s AND NOT decided
        AND (%(after)s::timestamptz IS NULL OR (invoked, request) > (%(after)s, %(last)s::uuid))
    ORDER BY invoked, request LIMIT %(size)s
"""


class Place(NamedTuple):
    time: datetime
    id: str


def note_waiting(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    for event in events:
        if statement := EFFECTS.get(event.envelope.type):
            connection.execute(statement, {**event.data, "citizen": event.envelope.citizen})


def list_represented(
    service: "Consents", request: consents.ListRepresented, caller: Caller
) -> consents.RepresentedList:
    service.authorizer.require(caller, "ListRepresented", {})
    rows, page = page_of(service, REPRESENTED, request.page, {"own": caller.actor, "now": caller.now})
    found = [
        consents.Represented(
            citizen=citizen, representation=representation, relation=relation, period=period(since, until)
        )
        for until, representation, citizen, relation, since in rows
    ]
    return consents.RepresentedList(citizens=found, page=page)


def list_withdrawals(service: "Consents", request: consents.ListWithdrawals, caller: Caller) -> consents.WithdrawalList:
    service.authorizer.require(caller, "ListWithdrawals", {})
    rows, page = page_of(service, WITHDRAWALS, request.page, {"own": caller.organisation})
    found = [
        consents.Withdrawal(
            citizen=citizen, consent=consent, status=status, categories=categories, time=timestamp(time)
        )
        for time, consent, citizen, status, categories in rows
    ]
    return consents.WithdrawalList(withdrawals=found, page=page)


def list_rights_to_decide(
    service: "Consents", request: consents.ListRightsToDecide, caller: Caller
) -> consents.RightsToDecide:
    service.authorizer.require(caller, "ListRightsToDecide", {})
    rows, page = page_of(service, RIGHTS, request.page, {"own": caller.organisation})
    found = [
        consents.RightToDecide(citizen=citizen, request=asked, right=right, invoked=timestamp(invoked))
        for invoked, asked, citizen, right in rows
    ]
    return consents.RightsToDecide(requests=found, page=page)


def page_of(
    service: "Consents", query: str, page: common.PageRequest, values: dict[str, Any]
) -> tuple[Sequence[tuple[Any, ...]], common.PageAnswer]:
    """Rows of which the first two columns are their place."""
    size, after = page_size(page.size), place_of(page.token, Place)
    place = {"after": after.time if after else None, "last": after.id if after else None}
    with service.pool.connection() as connection:
        rows = connection.execute(query.encode(), {**values, **place, "size": size + 1}).fetchall()
    shown = rows[:size]
    return shown, common.PageAnswer(next=token_of(Place(*shown[-1][:2])) if len(rows) > size else "")


WAITING: Final[dict[type[Message], Callable[["Consents", Any, Caller], Message]]] = {
    consents.ListRepresented: list_represented,
    consents.ListWithdrawals: list_withdrawals,
    consents.ListRightsToDecide: list_rights_to_decide,
}
