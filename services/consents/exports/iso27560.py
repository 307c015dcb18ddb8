"""ISO/IEC TS 27560:2023 consent record as JSON-LD with DPV terms; the W3C DPVCG guide to it shapes the document."""

from pathlib import Path
from typing import Any, Final

import msgspec

from libs.fhir.elements import Moment, id_of, urn
from services.consents.exports.record import Change, ConsentRecord, State, Terms
from services.consents.exports.terms import TERMS
from services.vocabulary import Category, ConsentKind, GivenHow, Purpose

CONTEXT: Final[dict[str, Any]] = msgspec.json.decode(Path(__file__).with_name("context.jsonld").read_bytes())
EDITION: Final = "urn:iso:std:iso-iec:ts:27560:ed-1"
"""The document that the record conforms to, as RFC 5141 names it."""
SCHEMA: Final = "samspor-27560-1"
"""Version of this profile of it."""
RENEWAL: Final = "dpv:RenewedConsentGiven"


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A JSON-LD node of which every term is known."""


class Coded(Part, frozen=True, kw_only=True):
    """A DPV concept with our exact code beside it."""

    type: str = msgspec.field(name="@type")


class PurposeNode(Coded, frozen=True, kw_only=True):
    code: Purpose


class DataNode(Coded, frozen=True, kw_only=True):
    code: Category


class Subject(Part, frozen=True, kw_only=True):
    id: str = msgspec.field(name="@id")
    type: str = msgspec.field(name="@type")


class Notice(Part, frozen=True, kw_only=True):
    type: str = msgspec.field(name="@type")
    version: str


class ProcessNode(Part, frozen=True, kw_only=True):
    type: str = msgspec.field(name="@type")
    has_processing: str
    has_purpose: list[PurposeNode]
    has_personal_data: list[DataNode]
    has_data_source: list[str] = msgspec.field(default_factory=list)
    has_recipient: str
    has_legal_basis: list[str]
    code: ConsentKind
    has_scope: str = ""
    valid_from: Moment
    valid_until: Moment


class EventNode(Part, frozen=True, kw_only=True):
    type: str = msgspec.field(name="@type")
    status: State
    is_indicated_at_time: Moment
    has_indication_method: GivenHow | None = None
    is_indicated_by: str = ""


class Document(Part, frozen=True, kw_only=True):
    context: dict[str, Any] = msgspec.field(name="@context")
    id: str = msgspec.field(name="@id")
    type: str = msgspec.field(name="@type")
    conforms_to: str
    version: str
    has_identifier: str
    has_data_subject: Subject
    has_consent_status: str
    status: State
    recorded_by: str
    has_notice: Notice
    has_process: ProcessNode
    has_indication_method: GivenHow | None = None
    is_indicated_by: str = ""
    evidence_digest: str = ""
    replaces: str = ""
    answers: str = ""
    renews: str = ""
    event: list[EventNode] = msgspec.field(default_factory=list)


def document_of(record: ConsentRecord) -> Document:
    terms = record.terms
    return Document(
        context=CONTEXT,
        id=urn(record.id),
        type="dpv:ConsentRecord",
        conforms_to=EDITION,
        version=SCHEMA,
        has_identifier=record.id,
        has_data_subject=Subject(id=urn(record.citizen), type="dpv:DataSubject"),
        has_consent_status=state_term(record.status, terms),
        status=record.status,
        recorded_by=urn(record.recorded_by),
        has_notice=Notice(type="dpv:ConsentNotice", version=terms.notice_version),
        has_process=process_of(terms),
        has_indication_method=terms.given_how,
        is_indicated_by=named(terms.representation),
        evidence_digest=terms.evidence_digest,
        replaces=named(terms.replaces),
        answers=named(terms.request),
        renews=named(terms.renews),
        event=[event_of(change, terms) for change in record.changes],
    )


def process_of(terms: Terms) -> ProcessNode:
    special = any(TERMS.categories[each].special for each in terms.categories)
    kind = TERMS.kinds[terms.kind]
    return ProcessNode(
        type="dpv:Process",
        has_processing="dpv:Consult",
        has_purpose=[PurposeNode(type=TERMS.purposes[each].dpv, code=each) for each in terms.purposes],
        has_personal_data=[DataNode(type=TERMS.categories[each].dpv, code=each) for each in terms.categories],
        has_data_source=[urn(each) for each in terms.sources],
        has_recipient=urn(terms.grantee),
        has_legal_basis=[kind.dpv, *([kind.special] if special and kind.special else [])],
        code=terms.kind,
        has_scope=named(terms.scope),
        valid_from=terms.since,
        valid_until=terms.until,
    )


def event_of(change: Change, terms: Terms) -> EventNode:
    return EventNode(
        type=state_term(change.state, terms),
        status=change.state,
        is_indicated_at_time=change.time,
        has_indication_method=change.how,
        is_indicated_by=named(change.by),
    )


def state_term(state: State, terms: Terms) -> str:
    return RENEWAL if state == "given" and terms.renews else TERMS.states[state].dpv


def named(id_: str) -> str:
    """Empty for what there is not: the term is then left out."""
    return urn(id_) if id_ else ""


def record_in(document: Document) -> ConsentRecord:
    """What the document says, by our own codes; that its other terms agree is for the reader to check."""
    process = document.has_process
    return ConsentRecord(
        id=id_of(document.id),
        citizen=id_of(document.has_data_subject.id),
        status=document.status,
        recorded_by=id_of(document.recorded_by),
        terms=Terms(
            kind=process.code,
            grantee=id_of(process.has_recipient),
            purposes=tuple(each.code for each in process.has_purpose),
            categories=tuple(each.code for each in process.has_personal_data),
            sources=tuple(map(id_of, process.has_data_source)),
            since=process.valid_from,
            until=process.valid_until,
            scope=id_of(process.has_scope),
            given_how=document.has_indication_method,
            notice_version=document.has_notice.version,
            evidence_digest=document.evidence_digest,
            replaces=id_of(document.replaces),
            request=id_of(document.answers),
            renews=id_of(document.renews),
            representation=id_of(document.is_indicated_by),
        ),
        changes=tuple(
            Change(
                state=each.status,
                time=each.is_indicated_at_time,
                how=each.has_indication_method,
                by=id_of(each.is_indicated_by),
            )
            for each in document.event
        ),
    )


ELEMENTS: Final = {
    "citizen": "$.hasDataSubject.@id",
    "status": "$.status",
    "kind": "$.hasProcess.code",
    "grantee": "$.hasProcess.hasRecipient",
    "purposes": "$.hasProcess.hasPurpose",
    "categories": "$.hasProcess.hasPersonalData",
    "sources": "$.hasProcess.hasDataSource",
    "period": "$.hasProcess.validUntil",
    "case": "$.hasProcess.hasScope",
    "given_how": "$.hasIndicationMethod",
    "notice_version": "$.hasNotice.version",
    "evidence_digest": "$.evidenceDigest",
    "replaces": "$.replaces",
    "request": "$.answers",
    "renews": "$.renews",
    "representation": "$.isIndicatedBy",
}
"""Field of GiveConsent (or of a record) -> where the document says it."""
