"""Questions about cases: one case from its stream, so that one reads what one wrote; the caseload as a list."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common

from libs.host.calls import Caller
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import period, timestamp
from services.cases.handlers import visible

if TYPE_CHECKING:
    from services.cases.service import Cases

CASEWORK: Final = ("coordinator", "caseworker")
"""Parts in a case whose holders follow what becomes of each other's referrals."""
MINE: Final = """
    FROM caseload_participants p JOIN caseload c ON c.id = p."case"
    WHERE p.organisation = %(organisation)s AND p.since <= %(now)s AND %(now)s < p.until
      AND (NOT c.protected OR %(person)s = ANY(p.named_people))
      AND (%(status)s = '' OR c.status = %(status)s)
      AND (%(citizen)s::uuid IS NULL OR c.citizen = %(citizen)s)
"""
ACTIONS: Final = """
    FROM caseload_actions a WHERE a."case" = c.id AND (NOT a.protected OR %(person)s = ANY(p.named_people))
"""
LINES: Final = f"""
    SELECT c.*,
        (SELECT count(*) {ACTIONS}) AS actions_open, (SELECT min(due) {ACTIONS}) AS next_due
    {MINE}
      AND (%(changed)s::timestamptz IS NULL OR (c.changed, c.id) < (%(changed)s, %(id)s))
    ORDER BY c.changed DESC, c.id DESC LIMIT %(size)s
"""


class Place(NamedTuple):
    """The caseload has the newest change on top."""

    changed: datetime
    id: UUID


def get_case(service: "Cases", question: cases.GetCase, caller: Caller) -> cases.Case:
    service.authorizer.require(caller, "GetCase", {"role": "", "self": False})
    loaded = visible(service, question.case, caller)
    case = loaded.state
    named = case.names(caller.organisation, caller.actor, caller.now)
    return cases.Case(
        id=case.id,
        version=loaded.version,
        citizen=case.citizen,
        subject_code=case.subject_code,
        category=case.category,
        status=case.status,
        organisation=case.organisation,
        opened=timestamp(case.opened),
        until=timestamp(case.until),
        result=case.result,
        participants=[
            cases.Participant(
                organisation=organisation,
                role=part.role,
                legal_basis=part.legal_basis,
                period=period(part.since, part.until),
            )
            for organisation, part in case.participants.items()
        ],
        actions=[
            cases.Action(id=action_id, owner=action.owner, due=timestamp(action.due), completed=action.completed)
            for action_id, action in case.actions.items()
            if action.sensitivity != "protected" or named
        ],
        links=[
            cases.Link(other=other, relation=link.relation)
            for other, link in case.links.items()
            if link.sensitivity != "protected" or case.sensitivity == "protected"
        ],
        referrals=[
            cases.ReferralOutcome(
                referral=referral,
                recipient=one.recipient,
                status=one.status,
                outcome=one.outcome,
                reason=one.reason,
                at=timestamp(one.at),
            )
            for referral, one in case.referrals.items()
            if caller.organisation == one.sender or case.role_of(caller.organisation, caller.now) in CASEWORK
        ],
    )


def list_cases(service: "Cases", question: cases.ListCases, caller: Caller) -> cases.CaseList:
    service.authorizer.require(caller, "ListCases", {"role": "", "self": False})
    size, after = page_size(question.page.size), place_of(question.page.token, Place)
    asked = {
        "organisation": caller.organisation,
        "person": caller.actor,
        "now": caller.now,
        "status": question.status,
        "citizen": question.citizen or None,
        "changed": after.changed if after else None,
        "id": after.id if after else None,
        "size": size + 1,
    }
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(LINES, asked).fetchall()
        total = cursor.execute(f"SELECT count(*) AS total {MINE}", asked).fetchone()
    shown = rows[:size]
    end = token_of(Place(shown[-1]["changed"], shown[-1]["id"])) if len(rows) > size else ""
    return cases.CaseList(
        cases=[line(row) for row in shown], page=common.PageAnswer(next=end), total=total["total"] if total else 0
    )


def line(row: Mapping[str, Any]) -> cases.CaseLine:
    return cases.CaseLine(
        id=str(row["id"]),
        citizen=str(row["citizen"]),
        subject_code=row["subject_code"],
        status=row["status"],
        organisation=str(row["organisation"]),
        opened=timestamp(row["opened"]),
        changed=timestamp(row["changed"]),
        actions_open=row["actions_open"],
        next_due=timestamp(row["next_due"]),
    )


QUERIES: Final[Mapping[type[Message], Callable[["Cases", Any, Caller], Message]]] = {
    cases.GetCase: get_case,
    cases.ListCases: list_cases,
}
