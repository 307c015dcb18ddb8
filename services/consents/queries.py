"""Questions to consents that open no timeline text: keys, names, bases, and who looked."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Recorded, Result, decode
from libs.host.authorize import Verdict, principal
from libs.host.calls import Caller
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import timestamp
from services.consents.access import Shown, purpose_of, record_access, record_look_up
from services.consents.citizen import CITIZEN
from services.consents.decisions import FULL, AccessClass, Decision
from services.consents.errors import CitizenUnknown
from services.consents.events import AccessRecorded
from services.consents.explaining import explain_access
from services.consents.handlers import as_known_to, is_oneself, known, relation
from services.consents.identity import normal
from services.consents.messages import basis_message, request_message
from services.consents.names import Named
from services.consents.reading import decide, open_texts
from services.consents.standing import get_emergency, get_standing, list_reviews
from services.consents.state import Citizen
from services.consents.telling import actor_shown, as_told

if TYPE_CHECKING:
    from services.consents.service import Consents

ACCESSES: Final = """
    WITH listed AS (SELECT coalesce(max(position), 0) AS last FROM positions WHERE source = 'consents')
    (
        SELECT position, body FROM accesses WHERE citizen = %(citizen)s AND position < %(before)s
        ORDER BY citizen DESC, position DESC LIMIT %(size)s
    )
    UNION ALL
    SELECT position, body FROM events, listed
    WHERE position > last AND position < %(before)s AND type = %(type)s
        AND position(convert_to(%(citizen)s::text, 'UTF8') IN body) > 0
    ORDER BY position DESC LIMIT %(size)s
"""
"""Those in the list, and those that the worker has yet to put there: who looks a moment later finds them."""


UNNAMED: Final = Named("")


class Place(NamedTuple):
    position: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


def find_citizen(service: "Consents", request: consents.FindCitizen, caller: Caller) -> consents.CitizenFound:
    """The look-up itself is recorded: whoever types a number in learns that it belongs to somebody here."""
    service.authorizer.require(caller, "FindCitizen", {})
    identifier = request.identifier
    found = service.identities.find(identifier.system, normal(identifier.system, identifier.value))
    if found is None or not service.log.load(CITIZEN, found).state.id:
        raise CitizenUnknown(citizen="with this number")
    record_look_up(service, found, request.purpose, caller)
    return consents.CitizenFound(citizen=found)


def get_public_key(service: "Consents", request: consents.GetPublicKey, caller: Caller) -> consents.PublicKey:
    service.authorizer.require(caller, "GetPublicKey", {})
    key = service.keys.current(request.citizen, request.organisation)
    if key is None:
        if not service.log.load(CITIZEN, request.citizen).state.id:
            raise CitizenUnknown(citizen=request.citizen)
        key = service.keys.public(request.citizen, request.organisation)
    return consents.PublicKey(id=key[0], key=key[1])


def check_basis(service: "Consents", request: consents.CheckBasis, caller: Caller) -> consents.BasisChecked:
    citizen = known(service, request.citizen, caller)
    service.authorizer.require(caller, "CheckBasis", relation(citizen, caller))
    known_bases = as_known_to(caller, citizen, citizen).relations(request.organisation, caller.now)
    relations = [each for each in known_bases if not each.is_audit]
    source = request.source or caller.organisation
    found: dict[str, str] = {}
    for category in request.categories:
        blocked = citizen.is_blocked(category, request.organisation)
        covering = (
            each.id
            for each in relations
            if each.covers(category, request.purpose, source, request.case) and not (blocked and each.is_consent)
        )
        if basis := next(covering, ""):
            found[category] = basis
    if missing := [category for category in request.categories if category not in found]:
        # That somebody is blocked is told to the citizen who did it, and to nobody else.
        hidden = is_oneself(citizen, caller) and any(
            citizen.is_blocked(category, request.organisation) for category in missing
        )
        return consents.BasisChecked(reason="BLOCKED" if hidden else "CONSENT_MISSING", missing=missing)
    return consents.BasisChecked(bases=dict.fromkeys(found.values()))


def identify(service: "Consents", request: consents.Identify, caller: Caller) -> consents.Identified:
    """A name is empty where the caller has nothing to do with the citizen. Each look is written down first."""
    asked = list(dict.fromkeys(request.citizens))
    citizens = [service.log.load(CITIZEN, each).state for each in asked]
    about = {"purpose": request.purpose, "sensitivity": "normal"}
    facts = [{**relation(citizen, caller), **registration_of(citizen, caller), **about} for citizen in citizens]
    verdicts = service.authorizer.decide_each(principal(caller), "Identify", [(each, {}) for each in facts])
    allowed = [(citizen, verdict) for citizen, verdict in zip(citizens, verdicts, strict=True) if verdict.allowed]

    def record(citizen: Citizen, verdict: Verdict) -> None:
        registration = AccessClass(citizen.registered_by, "contact", "normal", "")
        decision = Decision(FULL, "IDENTIFIED", policies=verdict.policies)
        record_access(service, citizen.id, request.purpose, [Shown(registration, decision, f"{citizen.id}/1")], caller)

    for written in [service.together.submit(record, *each) for each in allowed]:
        written.result()
    erased = frozenset[str]().union(*(citizen.erased for citizen, _ in allowed))
    names = service.names.of((citizen.id for citizen, _ in allowed), erased)
    found = [(each, names.get(each, UNNAMED)) for each in request.citizens]
    return consents.Identified(
        identities=[
            consents.Identity(citizen=each, name=one.name, postal_code=one.postal_code if request.area else "")
            for each, one in found
        ]
    )


def registration_of(citizen: Citizen, caller: Caller) -> dict[str, bool]:
    """A citizen's name is an entry of whoever registered them, and restricted as the others are."""
    controller = citizen.registered_by
    return {"own": caller.organisation == controller, "restricted": citizen.restricts(controller)}


def list_bases(service: "Consents", request: consents.ListBases, caller: Caller) -> consents.BasisList:
    citizen = known(service, request.citizen, caller)
    service.authorizer.require(caller, "ListBases", relation(citizen, caller))
    known_bases = as_known_to(caller, citizen, citizen).bases
    bases = [basis_message(each, caller.now) for each in reversed(known_bases)]
    unanswered = [request_message(each) for each in reversed(citizen.requests) if each.status != "given"]
    return consents.BasisList(bases=[*bases, *unanswered])


def list_access(service: "Consents", request: consents.ListAccess, caller: Caller) -> consents.AccessList:
    """Looking at who looked is a look as well."""
    looks, following = page_of_looks(service, request, caller)
    return consents.AccessList(
        accesses=[access_message(each, caller) for each in looks], page=common.PageAnswer(next=following)
    )


def page_of_looks(
    service: "Consents", request: consents.ListAccess | consents.ExportAccess, caller: Caller
) -> tuple[list[Recorded], str]:
    """(access records, the newest first; token of the next page), once this look is on record as well."""
    citizen = known(service, request.citizen, caller)
    verdict = service.authorizer.require(caller, request.DESCRIPTOR.name, relation(citizen, caller))
    size, before = page_size(request.page.size), place_of(request.page.token, Place)
    own = record_list(service, citizen, "ACCESS_LISTED", verdict, caller)
    last = before.position if before else own.position
    with service.pool.connection() as connection:
        asked = {"citizen": citizen.id, "before": last, "size": size + 1, "type": AccessRecorded.type}
        rows = connection.execute(ACCESSES, asked).fetchall()
    shown = rows[:size]
    looks = (decode(bytes(body), service.log.registry) for _, body in shown)
    return list(as_told(looks, citizen, caller)), token_of(Place(shown[-1][0])) if len(rows) > size else ""


def record_list(service: "Consents", citizen: Citizen, reason: str, verdict: Verdict, caller: Caller) -> Result:
    """That a caller is shown a list about a citizen. Raises AccessLogUnavailable."""
    of = AccessClass(citizen.registered_by, "administrative", "normal", "")
    shown = Shown(of, Decision(FULL, reason, policies=verdict.policies), "")
    return record_access(service, citizen.id, purpose_of(caller), [shown], caller)


def access_message(record: Recorded, caller: Caller) -> consents.Access:
    event = record.event
    assert isinstance(event, AccessRecorded)
    return consents.Access(
        id=record.subject,
        time=timestamp(record.recordedtime),
        organisation=record.organisation,
        actor=actor_shown(record, caller),
        purpose=event.purpose,
        seen=event.seen,
        withheld=event.withheld,
        bases=event.bases,
        policy_set=event.policy_set,
    )


QUERIES: Final[Mapping[type[Message], Callable[["Consents", Any, Caller], Message]]] = {
    consents.FindCitizen: find_citizen,
    consents.GetPublicKey: get_public_key,
    consents.CheckBasis: check_basis,
    consents.Decide: decide,
    consents.Open: open_texts,
    consents.Identify: identify,
    consents.ListBases: list_bases,
    consents.ListAccess: list_access,
    consents.GetStanding: get_standing,
    consents.ListReviews: list_reviews,
    consents.GetEmergency: get_emergency,
    consents.ExplainAccess: explain_access,
}
