"""Questions to the directory."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, LiteralString, NamedTuple
from uuid import UUID

import msgspec
from google.protobuf.message import Message
from psycopg import sql
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import timestamp
from services.partners.eligibility import COLUMNS, stated_of
from services.partners.errors import OrganisationUnknown
from services.partners.handlers import about
from services.partners.organisation import ORGANISATION
from services.partners.reply import check_reply_code
from services.partners.room import queries as room
from services.partners.service_document import told_of
from services.partners.shelf import sites_of
from services.partners.words import query

if TYPE_CHECKING:
    from services.partners.service import Partners


class Place(NamedTuple):
    """Where a page of the directory ends."""

    name: str
    """As words.order gives it."""
    id: UUID


ORGANISATIONS: Final = "SELECT o.*, o.name_order AS place FROM organisations o"
SERVICES: Final = f"""
SELECT s.*, {COLUMNS}, d.document, o.name AS organisation_name, s.name_order AS place
FROM services s LEFT JOIN organisations o ON o.id = s.organisation LEFT JOIN eligibilities e ON e.service = s.id
    LEFT JOIN entities d ON d.kind = 'service' AND d.id = s.id AND d.organisation = s.organisation
"""  # noqa: S608 -- our own words


class Condition(NamedTuple):
    """Part of a WHERE, and the value it takes; left out where there is no value."""

    text: LiteralString
    value: object


class Slice(NamedTuple):
    rows: list[dict[str, Any]]
    page: common.PageAnswer
    total: int


def get_organisation(service: "Partners", question: partners.GetOrganisation, caller: Context) -> partners.Organisation:
    """Version, kind and name are the newest, for a client that changes it next; the rest is as the directory has it."""
    known = service.log.load(ORGANISATION, question.organisation)
    if not known.state.kind:
        raise OrganisationUnknown(organisation=question.organisation)
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(f"{ORGANISATIONS} WHERE o.id = %s", [question.organisation]).fetchone()
        services = cursor.execute(
            f"{SERVICES} WHERE s.organisation = %s ORDER BY s.name_order, s.id", [question.organisation]
        ).fetchall()
        sites = sites_of(connection, question.organisation, caller.organisation)
    answer = organisation(row) if row else partners.Organisation(id=question.organisation)
    answer.version, answer.kind, answer.name = known.version, known.state.kind, known.state.name
    answer.services.extend(map(described, services))
    answer.sites.extend(sites)
    if caller.organisation == question.organisation and caller.role == "partner_administrator":
        channel = known.state.channel
        answer.reply_channel.CopyFrom(
            partners.ReplyChannel(email=channel.email, phone=channel.phone, language=channel.language)
        )
    return answer


def list_organisations(
    service: "Partners", question: partners.ListOrganisations, _caller: Context
) -> partners.OrganisationList:
    """By name. Without their services, which GetOrganisation and SearchServices answer."""
    conditions = [
        Condition("o.kind = {}", question.kind),
        Condition("o.words @@ {}::tsquery", query(question.query)),
        Condition("o.id = ANY({}::uuid[])", list(question.ids)),
    ]
    part = slice_of(service, ORGANISATIONS, "o", conditions, question.page)
    return partners.OrganisationList(organisations=map(organisation, part.rows), page=part.page, total=part.total)


def list_members(service: "Partners", question: partners.ListMembers, caller: Context) -> partners.MemberList:
    service.authorizer.require(caller, "ListMembers", about(question.organisation))
    with service.pool.connection() as connection:
        rows = connection.execute(
            "SELECT organisation::text, person, name, role, unit FROM members"
            " WHERE %(organisation)s = '' OR organisation = nullif(%(organisation)s, '')::uuid"
            " ORDER BY organisation, role, name, person",
            {"organisation": question.organisation},
        ).fetchall()
    names = ("organisation", "person", "name", "role", "unit")
    return partners.MemberList(members=[partners.Member(**dict(zip(names, row, strict=True))) for row in rows])


def slice_of(
    service: "Partners",
    select: LiteralString,
    table: LiteralString,
    conditions: Sequence[Condition],
    page: common.PageRequest,
) -> Slice:
    """One page in the order of names, and how many there are in all."""
    asked = [condition for condition in conditions if condition.value]
    size, after = page_size(page.size), place_of(page.token, Place)
    chosen = [sql.SQL(condition.text).format(sql.Literal(condition.value)) for condition in asked]
    name, key = sql.Identifier(table, "name_order"), sql.Identifier(table, "id")
    beyond = [sql.SQL("({}, {}) > ({}, {})").format(name, key, after.name, after.id)] if after else []
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        counted = cursor.execute(
            sql.SQL("SELECT count(*) AS total FROM ({} {}) every").format(sql.SQL(select), where(chosen))
        ).fetchone()
        rows = cursor.execute(
            sql.SQL("{} {} ORDER BY {}, {} LIMIT {}").format(
                sql.SQL(select), where(chosen + beyond), name, key, sql.Literal(size + 1)
            )
        ).fetchall()
    shown, more = rows[:size], len(rows) > size
    answer = common.PageAnswer(next=token_of(Place(shown[-1]["place"], shown[-1]["id"])) if more else "")
    return Slice(shown, answer, counted["total"] if counted else 0)


def where(conditions: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL("WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("")


def organisation(row: Mapping[str, Any]) -> partners.Organisation:
    return partners.Organisation(
        id=str(row["id"]),
        version=row["version"],
        kind=row["kind"],
        name=row["name"],
        description=row["description"],
        email=row["email"],
        website=row["website"],
        parent=str(row["parent"] or ""),
        phone=row["phone"],
        confirmed=timestamp(row["confirmed"]),
        confirm_by=timestamp(row["confirm_by"]),
        role_profile=partners.RoleProfile(
            **{name: row[name] for name in partners.RoleProfile.DESCRIPTOR.fields_by_name}
        ),
    )


def offered(row: Mapping[str, Any]) -> partners.Service:
    return partners.Service(
        id=str(row["id"]),
        organisation=str(row["organisation"]),
        name=row["name"],
        description=row["description"],
        status=row["status"],
        categories=row["categories"],
        minimum_age=row["minimum_age"],
        maximum_age=row["maximum_age"],
        eligibility_description=row["eligibility_description"],
        organisation_name=row["organisation_name"] or "",
        confirmed=timestamp(row["confirmed"]),
        confirm_by=timestamp(row["confirm_by"]),
        eligibility=partners.Eligibility(**stated_of(row)),
    )


def described(row: Mapping[str, Any]) -> partners.Service:
    """With what its document says of where and when it helps."""
    one = offered(row)
    one.MergeFrom(partners.Service(**told_of(msgspec.json.decode(row["document"] or "{}"))))
    return one


QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.GetOrganisation: get_organisation,
    partners.ListOrganisations: list_organisations,
    partners.ListMembers: list_members,
    **room.QUERIES,
    partners.CheckReplyCode: check_reply_code,
}
