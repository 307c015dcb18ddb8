"""The question what is to be confirmed: entries that nobody has looked at for too long (confirmed.py)."""

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
from services.partners.handlers import about

if TYPE_CHECKING:
    from services.partners.service import Partners

KEEPER: Final = "operator"
STALE: Final = """
WITH stale AS (
    SELECT e.* FROM (
        SELECT o.id AS organisation, o.id, '' AS service, o.name, o.name AS organisation_name, o.confirmed, o.confirm_by
        FROM organisations o WHERE o.confirm_by <= %(now)s
        UNION ALL SELECT s.organisation, s.id, s.id::text, s.name, o.name, s.confirmed, s.confirm_by
        FROM services s JOIN organisations o ON o.id = s.organisation WHERE s.confirm_by <= %(now)s
    ) e WHERE CASE WHEN %(keeper)s
        THEN NOT EXISTS (
            SELECT FROM members m WHERE m.organisation = e.organisation AND m.role = 'partner_administrator')
        ELSE e.organisation = nullif(%(own)s, '')::uuid END
)
SELECT *, (SELECT count(*) FROM stale) AS total FROM stale
WHERE %(after)s::timestamptz IS NULL OR (confirm_by, id) > (%(after)s, %(id)s)
ORDER BY confirm_by, id LIMIT %(rows)s
"""


class Place(NamedTuple):
    """Where a page ends."""

    confirm_by: datetime
    id: UUID


def list_unconfirmed(
    service: "Partners", question: partners.ListUnconfirmed, caller: Context
) -> partners.UnconfirmedList:
    service.authorizer.require(caller, "ListUnconfirmed", about(caller.organisation))
    size, after = page_size(question.page.size), place_of(question.page.token, Place)
    asked = {
        "now": caller.now,
        "keeper": caller.role == KEEPER,
        "own": caller.organisation,
        "after": after.confirm_by if after else None,
        "id": after.id if after else None,
        "rows": size + 1,
    }
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(STALE, asked).fetchall()
    shown = rows[:size]
    return partners.UnconfirmedList(
        entries=[
            partners.UnconfirmedEntry(
                organisation=str(row["organisation"]),
                organisation_name=row["organisation_name"],
                service=row["service"],
                name=row["name"],
                confirmed=timestamp(row["confirmed"]),
            )
            for row in shown
        ],
        page=common.PageAnswer(
            next=token_of(Place(shown[-1]["confirm_by"], shown[-1]["id"])) if len(rows) > size else ""
        ),
        total=rows[0]["total"] if rows else 0,
    )


UNCONFIRMED_QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.ListUnconfirmed: list_unconfirmed,
}
