"""One citizen, a few organisations, and the facts that most tests begin with."""

from datetime import timedelta
from typing import Any, Final

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import derived_id
from libs.host.times import period
from libs.spec.scenario import CONTEXT, NOW
from services.consents.events import BasisEstablished, CitizenRegistered, ConsentGiven
from services.consents.law import LAWS

CITIZEN: Final = "01890a5d-ac96-774b-bcce-b302099ac001"
CASE: Final = "01890a5d-ac96-774b-bcce-b302099ac002"
FAMILY: Final = CONTEXT.organisation
NGO: Final = "01890a5d-ac96-774b-bcce-b302099ac003"
CLINIC: Final = "01890a5d-ac96-774b-bcce-b302099ac004"
STRANGERS: Final = "01890a5d-ac96-774b-bcce-b302099ac005"
LAW: Final = "barnets-lov-stoette"
BASIS: Final = derived_id(CONTEXT.command_id, "basis")
CONSENT: Final = derived_id(CONTEXT.command_id, "consent")
DAY: Final = timedelta(days=1)
YEAR: Final = 365 * DAY

REGISTERED: Final = CitizenRegistered(
    citizen=CITIZEN, category="contact", registered_by=FAMILY, system="urn:test", identifier="1"
)
ESTABLISHED: Final = BasisEstablished(
    citizen=CITIZEN,
    case=CASE,
    legalbasis=LAW,
    basis=BASIS,
    holder=FAMILY,
    law=LAW,
    purposes=LAWS[LAW].purposes,
    categories=LAWS[LAW].categories,
    since=NOW,
    scope=CASE,
    stated_by=FAMILY,
)
GIVEN: Final = ConsentGiven(
    citizen=CITIZEN,
    legalbasis="gdpr_consent",
    consent=CONSENT,
    kind="gdpr_consent",
    grantee=NGO,
    purposes=("mentoring",),
    categories=("family", "housing", "education"),
    since=NOW,
    until=NOW + YEAR,
    given_how="written",
    notice_version="2026-1",
    evidence_digest="ab" * 32,
)


def giving(**changes: Any) -> consents.GiveConsent:
    """The command that GIVEN comes of, but for what is changed."""
    fields: dict[str, Any] = {
        "citizen": CITIZEN,
        "kind": GIVEN.kind,
        "grantee": NGO,
        "purposes": GIVEN.purposes,
        "categories": GIVEN.categories,
        "period": period(None, GIVEN.until),
        "given_how": GIVEN.given_how,
        "notice_version": GIVEN.notice_version,
        "evidence_digest": GIVEN.evidence_digest,
    }
    return consents.GiveConsent(**fields | changes)


def stating(**changes: Any) -> consents.EstablishBasis:
    """The command that ESTABLISHED comes of, but for what is changed."""
    fields: dict[str, Any] = {"citizen": CITIZEN, "organisation": FAMILY, "law": LAW, "case": CASE}
    return consents.EstablishBasis(**fields | changes)
