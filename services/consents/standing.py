"""What a citizen has arranged, and the emergencies that somebody has to review."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.calls import Caller
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import period, timestamp
from services.consents.handlers import known, relation
from services.consents.messages import block_message, representation_message
from services.consents.state import Emergency

if TYPE_CHECKING:
    from services.consents.service import Consents

REVIEWS: Final = """
    SELECT emergency::text, citizen::text, holder::text, reader, purpose, categories, since, until, review_by, finding
    FROM reviews
    WHERE (%(controller)s = '' OR controller::text = %(controller)s) AND (finding <> '') = %(reviewed)s
        AND (%(after)s::timestamptz IS NULL OR (review_by, emergency) > (%(after)s, %(last)s::uuid))
    ORDER BY review_by, emergency LIMIT %(size)s
"""


class Place(NamedTuple):
    review_by: datetime
    emergency: str


def get_standing(service: "Consents", request: consents.GetStanding, caller: Caller) -> consents.Standing:
    citizen = known(service, request.citizen, caller)
    service.authorizer.require(caller, "GetStanding", relation(citizen, caller))
    return consents.Standing(
        blocks=[block_message(each) for each in reversed(citizen.blocks)],
        representations=[representation_message(each, caller.now) for each in reversed(citizen.representations)],
        emergencies=[emergency_message(citizen.id, each, caller) for each in reversed(citizen.emergencies)],
        registered_by=citizen.registered_by,
    )


def emergency_message(citizen: str, each: Emergency, caller: Caller) -> consents.Emergency:
    return consents.Emergency(
        id=each.id,
        citizen=citizen,
        organisation=each.holder,
        actor=each.reader if may_name(each.holder, caller) else "",
        purpose=each.purpose,
        categories=each.categories,
        period=period(each.since, each.until),
        finding=each.finding,
        review_by=timestamp(each.review_by),
    )


def may_name(organisation: str, caller: Caller) -> bool:
    """A reader is named to their own organisation, and to auditors."""
    return caller.role == "auditor" or (caller.role != "citizen" and caller.organisation == organisation)


def list_reviews(service: "Consents", request: consents.ListReviews, caller: Caller) -> consents.ReviewList:
    service.authorizer.require(caller, "ListReviews", {})
    size, after = page_size(request.page.size), place_of(request.page.token, Place)
    asked: dict[str, Any] = {
        "controller": "" if caller.role == "auditor" else caller.organisation,
        "reviewed": request.reviewed,
        "after": after.review_by if after else None,
        "last": after.emergency if after else None,
        "size": size + 1,
    }
    with service.pool.connection() as connection:
        rows = connection.execute(REVIEWS, asked).fetchall()
    shown = rows[:size]
    return consents.ReviewList(
        emergencies=[review_message(row, caller) for row in shown],
        page=common.PageAnswer(next=token_of(Place(shown[-1][8], shown[-1][0])) if len(rows) > size else ""),
    )


def review_message(row: tuple[Any, ...], caller: Caller) -> consents.Emergency:
    emergency, citizen, holder, reader, purpose, categories, since, until, review_by, finding = row
    found = Emergency(
        id=emergency,
        reader=reader,
        holder=holder,
        purpose=purpose,
        categories=tuple(categories),
        since=since,
        until=until,
        review_by=review_by,
        finding=finding,
    )
    return emergency_message(citizen, found, caller)
