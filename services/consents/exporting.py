"""Questions that answer in formats of others, and who has seen what on the ground of a consent."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Recorded, decode
from libs.host.calls import Caller
from services.consents.basis import Basis
from services.consents.errors import ConsentUnknown
from services.consents.events import AccessRecorded
from services.consents.exports.balp import audit_event, bundle_of
from services.consents.exports.formats import MEDIA_TYPES, written
from services.consents.exports.record import record_of
from services.consents.exports.seen import seen_under as told
from services.consents.handlers import known, may_know, relation
from services.consents.queries import page_of_looks, record_list
from services.consents.state import Citizen, named
from services.consents.telling import actor_shown, as_told

if TYPE_CHECKING:
    from services.consents.service import Consents

FHIR_JSON: Final = "application/fhir+json"
RELYING: Final = """
    WITH listed AS (SELECT coalesce(max(position), 0) AS last FROM positions WHERE source = 'consents')
    SELECT position, body FROM accesses
    WHERE citizen = %(citizen)s AND position(convert_to(%(consent)s::text, 'UTF8') IN body) > 0
    UNION ALL
    SELECT position, body FROM events, listed
    WHERE position > last AND type = %(type)s
        AND position(convert_to(%(citizen)s::text, 'UTF8') IN body) > 0
        AND position(convert_to(%(consent)s::text, 'UTF8') IN body) > 0
    ORDER BY position
"""
"""Access records of the citizen in which the consent is named, the oldest first; as queries.ACCESSES, in whole."""


def export_consent(service: "Consents", request: consents.ExportConsent, caller: Caller) -> consents.ConsentExported:
    """A consent, or a request that was not answered with one. Raises ConsentUnknown, AccessLogUnavailable."""
    citizen = known(service, request.citizen, caller)
    verdict = service.authorizer.require(caller, "ExportConsent", relation(citizen, caller))
    asked = named(citizen.requests, request.consent)
    if asked is None or asked.status == "given":
        status = consent_of(citizen, request.consent, caller).status(caller.now)
    else:
        status = asked.status
    record_list(service, citizen, "CONSENT_EXPORTED", verdict, caller)
    record = record_of(citizen.id, request.consent, status, service.log.history(citizen.id))
    return consents.ConsentExported(media_type=MEDIA_TYPES[request.format], document=written(request.format, record))


def export_access(service: "Consents", request: consents.ExportAccess, caller: Caller) -> consents.AccessExported:
    looks, following = page_of_looks(service, request, caller)
    return consents.AccessExported(
        media_type=FHIR_JSON,
        document=bundle_of(audit_event(each, actor_shown(each, caller)) for each in looks),
        page=common.PageAnswer(next=following),
    )


def seen_under(service: "Consents", request: consents.SeenUnder, caller: Caller) -> consents.SeenUnderConsent:
    """Raises ConsentUnknown, AccessLogUnavailable. Who asks it looks at who looked, which is a look."""
    citizen = known(service, request.citizen, caller)
    verdict = service.authorizer.require(caller, "SeenUnder", relation(citizen, caller))
    consent = consent_of(citizen, request.consent, caller)
    record_list(service, citizen, "SEEN_UNDER_LISTED", verdict, caller)
    looks = as_told(relying(service, citizen.id, consent.id), citizen, caller)
    return consents.SeenUnderConsent(organisations=told(consent, looks))


def consent_of(citizen: Citizen, consent: str, caller: Caller) -> Basis:
    """The consent, if the caller may know that there is one. Raises ConsentUnknown."""
    basis = citizen.basis(consent)
    if basis is None or not basis.is_consent or not may_know(basis, citizen, caller):
        raise ConsentUnknown(consent=consent)
    return basis


def relying(service: "Consents", citizen: str, consent: str) -> Iterator[Recorded]:
    """One at a time: a consent of years may have been relied on in many readings."""
    asked = {"citizen": citizen, "consent": consent, "type": AccessRecorded.type}
    with service.pool.connection() as connection, connection.cursor() as cursor:
        for _, body in cursor.stream(RELYING, asked):
            yield decode(bytes(body), service.log.registry)


EXPORTS: Final[Mapping[type[Message], Callable[["Consents", Any, Caller], Message]]] = {
    consents.ExportConsent: export_consent,
    consents.ExportAccess: export_access,
    consents.SeenUnder: seen_under,
}
