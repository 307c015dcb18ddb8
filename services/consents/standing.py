"""What a citizen has arranged, and the emergencies that somebody has to review."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.authorize import Verdict
from libs.host.calls import Caller
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import period, timestamp
from services.consents.access import Shown, purpose_of, record_access
from services.consents.citizen import CITIZEN
from services.consents.decisions import FULL, AccessClass, Decision
from services.consents.errors import EmergencyUnknown
from services.consents.events import BreakGlassReviewed, GlassBroken
from services.consents.handlers import known, must_know, relation
from services.consents.messages import block_message, representation_message
from services.consents.state import Citizen, Emergency, named
from services.consents.unsealing import texts_in

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
    verdict = service.authorizer.require(caller, "GetStanding", relation(citizen, caller))
    names = names_of_representatives(service, citizen, verdict, caller)
    return consents.Standing(
        blocks=[block_message(each) for each in reversed(citizen.blocks)],
        representations=[
            representation_message(each, caller.now, names.get(each.representative, ""))
            for each in reversed(citizen.representations)
        ],
        emergencies=[emergency_message(citizen.id, each, caller) for each in reversed(citizen.emergencies)],
        registered_by=citizen.registered_by,
    )


def names_of_representatives(service: "Consents", citizen: Citizen, verdict: Verdict, caller: Caller) -> dict[str, str]:
    """Whom the citizen's parties may turn to. That the name was shown is on record with the representative, who is a
    citizen too; one's own needs no record. Raises AccessLogUnavailable."""
    acting = [each for each in citizen.representations if each.status(caller.now) in ("in_force", "awaited")]
    people = dict.fromkeys(each.representative for each in acting)
    registered = [each for each in (service.log.load(CITIZEN, person).state for person in people) if each.id]
    for each in registered:
        if each.id != caller.actor:
            of = AccessClass(each.registered_by, "contact", "normal", "")
            decision = Decision(FULL, "IDENTIFIED", policies=verdict.policies)
            record_access(service, each.id, purpose_of(caller), [Shown(of, decision, f"{each.id}/1")], caller)
    return {citizen: each.name for citizen, each in service.names.of(each.id for each in registered).items()}


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


def get_emergency(service: "Consents", request: consents.GetEmergency, caller: Caller) -> consents.Emergency:
    """With what was written. Whoever reviews it may have nothing else to do with the citizen. Raises EmergencyUnknown,
    AccessLogUnavailable."""
    citizen = service.log.load(CITIZEN, request.citizen).state
    emergency = named(citizen.emergencies, request.emergency)
    if caller.role != "auditor":
        must_know(citizen, request.citizen, caller)
    if emergency is None:
        raise EmergencyUnknown(emergency=request.emergency)
    about = relation(citizen, caller) | {"controller": citizen.registered_by}
    verdict = service.authorizer.require(caller, "GetEmergency", about)
    written = [each for each in service.log.history(citizen.id) if is_about(each.event, emergency.id)]
    of = AccessClass(emergency.holder, "administrative", "normal", "")
    decision = Decision(FULL, "EMERGENCY_READ", policies=verdict.policies)
    shown = [Shown(of, decision, f"{each.subject}/{each.streamversion}") for each in written]
    record_access(service, citizen.id, purpose_of(caller), shown, caller)
    answer = emergency_message(citizen.id, emergency, caller)
    keys = service.keys.private(each.key for each in written if each.key)
    for each in written:
        texts = texts_in(each, keys.get(each.key))
        answer.MergeFrom(consents.Emergency(reason=texts.get("reason", ""), note=texts.get("note", "")))
    return answer


def is_about(event: object, emergency: str) -> bool:
    return isinstance(event, GlassBroken | BreakGlassReviewed) and event.emergency == emergency


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
