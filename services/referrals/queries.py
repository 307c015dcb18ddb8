"""Questions about referrals: one from its stream, so that one reads what one wrote; inbox and outbox as lists."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.calls import Caller
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import timestamp
from services.referrals.deadlines import working_days_left
from services.referrals.events import CandidateDeclined
from services.referrals.handlers import visible
from services.referrals.link import AWAITED as AWAITED_STATUSES
from services.referrals.referral import REPORTABLE
from services.referrals.transitions import IN_ERROR
from services.referrals.waiting import onward_of, place

if TYPE_CHECKING:
    from services.referrals.service import Referrals

NO_LONGER_TOLD: Final = "(status = 'entered-in-error' OR (status, reason) = ('cancelled', 'consent_withdrawn'))"
"""A referral that should never have been, or whose basis went before anybody accepted it."""
IDS: Final = ("id", "citizen", "sender", "recipient")
PLAIN: Final = (
    *("case", "service", "purpose", "categories", "status", "reason", "outcome", "bases"),
    *("priority", "escalate_to", "contacts", "goal", "next", "business_status", "part_of", "replaces", "escalated"),
    "self_referral",
)
"""Fields that are the same in state, list and answer."""
DETAILS: Final = ("citizen", "case", "purpose", "categories", "bases", "part_of", "replaces", "onward")
"""What a referral says about a citizen."""
BOXES: Final = {
    "inbox": "recipient = %(organisation)s AND status <> 'draft' AND reply_by IS NOT NULL"
    f" AND (%(citizen)s::uuid IS NULL OR NOT {NO_LONGER_TOLD}) AND %(own)s = ''",
    "outbox": "sender = %(organisation)s AND self_referral = (%(own)s <> '')"
    " AND (%(own)s = '' OR citizen::text = %(own)s)",
}
COLLEAGUE: Final = {"inbox": "handled_by", "outbox": "sent_by"}
STAGES: Final[Mapping[str, Sequence[str]]] = {
    "draft": ("draft",),
    "awaited": AWAITED_STATUSES,
    "waitlisted": AWAITED_STATUSES,
    "under_way": REPORTABLE,
    "on_hold": ("on-hold",),
    "over": ("rejected", "cancelled", "completed", "failed", IN_ERROR),
}
"""Statuses of the columns of a board. Where one waits for a place it is waitlisted, else awaited."""
CHOSEN: Final = """(%(status)s = '' OR status = %(status)s) AND (%(citizen)s::uuid IS NULL OR citizen = %(citizen)s)
    AND (%(stage)s = '' OR (status = ANY(%(statuses)s) AND (business_status <> '') = (%(stage)s = 'waitlisted')))
    AND (%(service)s = '' OR service = %(service)s)"""
AWAITED: Final = (
    "CASE WHEN business_status <> '' THEN NULL WHEN status = 'requested' THEN coalesce(acknowledge_by, reply_by)"
    " WHEN status = 'received' THEN reply_by END"
)
"""When an answer is due; NULL: none is."""
DUE: Final = f"coalesce({AWAITED}, 'infinity')"
"""Referrals that await an answer come first, the earliest deadline on top; then the newest change."""


class Place(NamedTuple):
    due: datetime | None
    """None: no answer is awaited."""
    changed: datetime
    id: UUID


def get_referral(service: "Referrals", question: referrals.GetReferral, caller: Caller) -> referrals.Referral:
    service.authorizer.require(caller, "GetReferral", {"side": ""})
    loaded = visible(service, question.referral, caller)
    referral, history = loaded.state, service.log.history(loaded.state.id)
    answer = referrals.Referral(
        version=loaded.version,
        changed=timestamp(history[-1].recordedtime),
        place=referral.place,
        candidates=referral.candidates,
        declined=[
            referrals.DeclinedBy(candidate=each.event.candidate, reason=each.event.reason)
            for each in history
            if isinstance(each.event, CandidateDeclined)
        ],
        acknowledge_by=timestamp(referral.acknowledge_by),
        reply_by=timestamp(referral.reply_by),
        **{name: getattr(referral, name) for name in (*IDS, *PLAIN)},
    )
    with service.pool.connection() as connection:
        place(connection, [answer])
        answer.onward.extend(onward_of(connection, referral.id))
    return told(answer, referral.country, caller)


def told(referral: referrals.Referral, country: str, caller: Caller) -> referrals.Referral:
    """What of a referral the caller's organisation may be told: of one that was taken back, or should never have been,
    its recipient learns just that, and no more about whom and what."""
    if due := due_of(referral):
        referral.working_days_left = working_days_left(due, caller.now, country)
    if referral.sender != caller.organisation:
        referral.ClearField("escalate_to")
        referral.ClearField("escalated")
        referral.ClearField("candidates")
        referral.ClearField("declined")
        taken_back = (referral.status, referral.reason) == ("cancelled", "consent_withdrawn")
        for name in DETAILS if taken_back or referral.status == IN_ERROR else ():
            referral.ClearField(name)
    return referral


def due_of(one: referrals.Referral) -> datetime | None:
    """AWAITED, of an answer."""
    if one.business_status or one.status not in AWAITED_STATUSES:
        return None
    due = one.acknowledge_by if one.status == "requested" and one.HasField("acknowledge_by") else one.reply_by
    return due.ToDatetime(UTC)


def list_referrals(service: "Referrals", question: referrals.ListReferrals, caller: Caller) -> referrals.ReferralList:
    service.authorizer.require(caller, "ListReferrals", {"side": ""})
    size, after = page_size(question.page.size), place_of(question.page.token, Place)
    colleague = COLLEAGUE[question.box]
    where = f"{BOXES[question.box]} AND {CHOSEN} AND (%(colleague)s = '' OR {colleague} = %(colleague)s)"
    asked = {
        "organisation": caller.organisation or None,
        "status": question.status,
        "stage": question.stage,
        "statuses": list(STAGES.get(question.stage, ())),
        "service": question.service,
        "colleague": question.colleague,
        "citizen": question.citizen or None,
        "own": caller.actor if caller.role == "citizen" else "",
        "due": (after.due or "infinity") if after else None,
        "changed": after.changed if after else None,
        "id": after.id if after else None,
        "size": size + 1,
    }
    lines = f"""
        SELECT *, {AWAITED} AS due FROM referral_lines
        WHERE {where} AND (
            %(due)s::timestamptz IS NULL OR {DUE} > %(due)s
            OR ({DUE} = %(due)s AND (changed, id) < (%(changed)s::timestamptz, %(id)s::uuid))
        )
        ORDER BY {DUE}, changed DESC, id DESC LIMIT %(size)s
    """  # noqa: S608 -- constants only
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(lines, asked).fetchall()
        total = cursor.execute(f"SELECT count(*) AS total FROM referral_lines WHERE {where}", asked).fetchone()  # noqa: S608
        shown = rows[:size]
        found = [told(line(row), row["country"], caller) for row in shown]
        place(connection, found)
    end = token_of(Place(*(shown[-1][name] for name in Place._fields))) if len(rows) > size else ""
    return referrals.ReferralList(
        referrals=found,
        page=common.PageAnswer(next=end),
        total=total["total"] if total else 0,
        colleagues={str(row["id"]): row[colleague] for row in shown if row[colleague]},
    )


def line(row: Mapping[str, Any]) -> referrals.Referral:
    plain: dict[str, Any] = {name: str(row[name] or "") for name in IDS} | {name: row[name] for name in PLAIN}
    return referrals.Referral(
        **plain,
        version=row["version"],
        changed=timestamp(row["changed"]),
        acknowledge_by=timestamp(row["acknowledge_by"]),
        reply_by=timestamp(row["reply_by"]),
    )


QUERIES: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.GetReferral: get_referral,
    referrals.ListReferrals: list_referrals,
}
