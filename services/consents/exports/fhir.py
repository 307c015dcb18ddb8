"""HL7 FHIR R4 Consent (hl7.org/fhir/R4/consent.html). What R4 has no element for stands in extensions of ours."""

from typing import Any, Final, Literal
from urllib.parse import quote, unquote

import msgspec

from libs.fhir.elements import (
    Coding,
    Concept,
    Element,
    Extension,
    Moment,
    Period,
    Reference,
    coding,
    concept,
    id_of,
    reference,
    urn,
)
from services.consents.exports.record import Change, ConsentRecord, Terms
from services.consents.exports.terms import CANONICAL, TERMS

URI: Final = "urn:ietf:rfc:3986"
"""System of identifiers that are URIs."""
NOTICE: Final = f"{CANONICAL}/notices/"
SYSTEM: Final = f"{CANONICAL}/fhir/CodeSystem"
EXTENSION: Final = f"{CANONICAL}/fhir/StructureDefinition/consent-"
SCOPE: Final = concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy")
DOCUMENT: Final = concept("http://loinc.org", "59284-0")
"""Consent Document, from the value set of Consent.category."""
RECIPIENT: Final = concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")
REASON: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"


class Identifier(Element, frozen=True, kw_only=True):
    system: str
    value: str


class Policy(Element, frozen=True, kw_only=True):
    uri: str


class Attachment(Element, frozen=True, kw_only=True):
    """The evidence; its bytes and type are elsewhere, and Attachment.hash is of SHA-1."""

    extension: list[Extension]


class Actor(Element, frozen=True, kw_only=True):
    role: Concept
    reference: Reference


class Data(Element, frozen=True, kw_only=True):
    meaning: Literal["related"]
    reference: Reference


class Provision(Element, frozen=True, kw_only=True):
    extension: list[Extension] = msgspec.field(default_factory=list)
    type: Literal["permit"]
    period: Period
    actor: list[Actor]
    purpose: list[Coding]
    code: list[Concept]
    data: list[Data] = msgspec.field(default_factory=list)


class Document(Element, frozen=True, kw_only=True):
    resource_type: Literal["Consent"]
    id: str
    extension: list[Extension]
    identifier: list[Identifier]
    status: str
    scope: Concept
    category: list[Concept]
    patient: Reference
    date_time: Moment | None = None
    performer: list[Reference]
    organization: list[Reference]
    source_attachment: Attachment | None = None
    policy: list[Policy]
    provision: Provision


def document_of(record: ConsentRecord) -> Document:
    terms = record.terms
    digest = [Extension(url=f"{EXTENSION}evidence-sha256", value_string=terms.evidence_digest)]
    return Document(
        resource_type="Consent",
        id=record.id,
        extension=extensions_of(record),
        identifier=[Identifier(system=URI, value=urn(record.id))],
        status=TERMS.states[record.status].fhir,
        scope=SCOPE,
        category=[DOCUMENT, concept(f"{SYSTEM}/consent-kind", terms.kind)],
        patient=reference(record.citizen, "Patient"),
        date_time=next((each.time for each in record.changes if each.state == "given"), None),
        performer=[performer_of(record.citizen, terms)],
        organization=[reference(record.recorded_by, "Organization")],
        source_attachment=Attachment(extension=digest) if terms.evidence_digest else None,
        policy=[Policy(uri=NOTICE + quote(terms.notice_version, safe=""))],
        provision=provision_of(terms),
    )


def performer_of(citizen: str, terms: Terms) -> Reference:
    """Who agreed to it: the citizen, or whoever acts for them."""
    return reference(terms.representation, "RelatedPerson") if terms.representation else reference(citizen, "Patient")


def provision_of(terms: Terms) -> Provision:
    ours = [coding(f"{SYSTEM}/purpose", each) for each in terms.purposes]
    theirs = [coding(REASON, each) for each in dict.fromkeys(TERMS.purposes[each].fhir for each in terms.purposes)]
    return Provision(
        extension=[
            Extension(url=f"{EXTENSION}source", value_reference=reference(each, "Organization"))
            for each in terms.sources
        ],
        type="permit",
        period=Period(start=terms.since, end=terms.until),
        actor=[Actor(role=RECIPIENT, reference=reference(terms.grantee, "Organization"))],
        purpose=ours + theirs,
        code=[concept(f"{SYSTEM}/category", each) for each in terms.categories],
        data=[Data(meaning="related", reference=reference(terms.scope, "EpisodeOfCare"))] if terms.scope else [],
    )


def extensions_of(record: ConsentRecord) -> list[Extension]:
    terms = record.terms
    linked = {"replaces": terms.replaces, "answers": terms.request, "renews": terms.renews}
    return [
        Extension(url=f"{EXTENSION}status", value_code=record.status),
        *([Extension(url=f"{EXTENSION}given-how", value_code=terms.given_how)] if terms.given_how else []),
        *(Extension(url=EXTENSION + name, value_uri=urn(id_)) for name, id_ in linked.items() if id_),
        *(Extension(url=f"{EXTENSION}change", extension=change_parts(change)) for change in record.changes),
    ]


def change_parts(change: Change) -> list[Extension]:
    parts = [Extension(url="state", value_code=change.state), Extension(url="time", value_date_time=change.time)]
    if change.how:
        parts.append(Extension(url="how", value_code=change.how))
    if change.by:
        parts.append(Extension(url="by", value_uri=urn(change.by)))
    return parts


def record_in(document: Document) -> ConsentRecord:
    """What the document says, by our own codes. Raises msgspec.ValidationError for a code that is none of ours."""
    provision, extensions = document.provision, document.extension
    performer = id_of(document.performer[0].reference) if document.performer else ""
    citizen = id_of(document.patient.reference)
    attachment = document.source_attachment
    said: dict[str, Any] = {
        "kind": code_in(document.category, f"{SYSTEM}/consent-kind"),
        "grantee": id_of(provision.actor[0].reference.reference) if provision.actor else "",
        "purposes": [each.code for each in provision.purpose if each.system == f"{SYSTEM}/purpose"],
        "categories": [code for each in provision.code if (code := code_in([each], f"{SYSTEM}/category"))],
        "sources": [
            id_of(each.value_reference.reference) for each in provision.extension if each.value_reference is not None
        ],
        "since": provision.period.start,
        "until": provision.period.end,
        "scope": id_of(provision.data[0].reference.reference) if provision.data else "",
        "given_how": value_in(extensions, "given-how") or None,
        "notice_version": unquote(document.policy[0].uri.removeprefix(NOTICE)) if document.policy else "",
        "evidence_digest": value_in(attachment.extension, "evidence-sha256") if attachment else "",
        "replaces": id_of(value_in(extensions, "replaces")),
        "request": id_of(value_in(extensions, "answers")),
        "renews": id_of(value_in(extensions, "renews")),
        "representation": performer if performer != citizen else "",
    }
    whole = {
        "id": document.id,
        "citizen": citizen,
        "status": value_in(extensions, "status"),
        "recorded_by": id_of(document.organization[0].reference) if document.organization else "",
        "terms": said,
        "changes": [change_in(each.extension) for each in extensions if each.url == f"{EXTENSION}change"],
    }
    return msgspec.convert(whole, ConsentRecord)


def code_in(concepts: list[Concept], system: str) -> str:
    """The first code of this system; empty when there is none."""
    return next((each.code for concept_ in concepts for each in concept_.coding if each.system == system), "")


def value_in(extensions: list[Extension], name: str) -> str:
    """The code, URI or text of our extension of this name; empty when there is none."""
    found = next((each for each in extensions if each.url == EXTENSION + name), None)
    return (found.value_code or found.value_uri or found.value_string) if found else ""


def change_in(parts: list[Extension]) -> dict[str, Any]:
    by_url = {each.url: each for each in parts}
    state, time, how, by = (by_url.get(url) for url in ("state", "time", "how", "by"))
    return {
        "state": state.value_code if state else "",
        "time": time.value_date_time if time else None,
        "how": (how.value_code or None) if how else None,
        "by": id_of(by.value_uri) if by else "",
    }


ELEMENTS: Final = {
    "citizen": "$.patient.reference",
    "status": f"$.extension({EXTENSION}status)",
    "kind": "$.category",
    "grantee": "$.provision.actor[0].reference",
    "purposes": "$.provision.purpose",
    "categories": "$.provision.code",
    "sources": f"$.provision.extension({EXTENSION}source)",
    "since": "$.provision.period.start",
    "until": "$.provision.period.end",
    "period": "$.provision.period.end",
    "case": "$.provision.data[0].reference",
    "given_how": f"$.extension({EXTENSION}given-how)",
    "notice_version": "$.policy[0].uri",
    "evidence_digest": f"$.sourceAttachment.extension({EXTENSION}evidence-sha256)",
    "replaces": f"$.extension({EXTENSION}replaces)",
    "request": f"$.extension({EXTENSION}answers)",
    "renews": f"$.extension({EXTENSION}renews)",
    "representation": "$.performer[0].reference",
    "changes": f"$.extension({EXTENSION}change)",
}
"""Field of GiveConsent (or of a record) -> where the document says it."""
