"""A consent as a document of one of the formats, and back to the words of GiveConsent."""

import re
from collections.abc import Mapping
from types import ModuleType
from typing import Final

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.fhir.reading import builtins, difference, hollow, placed
from libs.host.times import period
from services.consents.errors import DocumentUnacceptable
from services.consents.exports import fhir, iso27560
from services.consents.exports.record import ConsentRecord

FORMATS: Final[Mapping[str, ModuleType]] = {"iso-27560": iso27560, "fhir-r4": fhir}
"""Word of the vocabulary consent_format -> the module that knows it."""
MEDIA_TYPES: Final = {"iso-27560": "application/ld+json", "fhir-r4": "application/fhir+json"}
BEGUN: Final = ("given", "awaited")
"""States of a consent that somebody else may record as given."""
ELSEWHERE: Final = ("replaces", "request", "renews", "representation")
"""Terms that name other facts about the citizen, in the log that the document came from."""
LONGEST: Final = 200
"""Characters of an element's path that a refusal tells: the document may call its elements anything."""


def written(format_: str, record: ConsentRecord) -> str:
    """The record as a JSON document."""
    return msgspec.json.encode(FORMATS[format_].document_of(record)).decode()


def read(format_: str, text: str) -> ConsentRecord:
    """The record that the document holds. Raises DocumentUnacceptable, which names the first element to correct."""
    module = FORMATS[format_]
    try:
        if found := hollow(msgspec.json.decode(text), "$"):
            raise unacceptable(found, "it is empty; leave out what there is not")
        document = msgspec.json.decode(text, type=module.Document)
    except msgspec.ValidationError as error:
        problem, path = placed(str(error))
        raise unacceptable(path, problem) from None
    except (msgspec.DecodeError, RecursionError):
        raise unacceptable("$", "the document is not JSON, or nested too deep") from None
    try:
        record: ConsentRecord = module.record_in(document)
    except msgspec.ValidationError as error:
        problem, path = placed(str(error))
        raise unacceptable(element_of(format_, path), problem) from None
    if found := difference(builtins(document), builtins(module.document_of(record)), "$"):
        raise unacceptable(found, "it says something else than the codes and ids beside it")
    return record


def giving(format_: str, text: str, citizen: str) -> consents.GiveConsent:
    """The document as a command to give the consent. Raises DocumentUnacceptable; checks no rule of GiveConsent."""
    record, elements = read(format_, text), FORMATS[format_].ELEMENTS
    if record.citizen != citizen:
        raise unacceptable(elements["citizen"], "it is about another citizen")
    if record.status not in BEGUN:
        raise unacceptable(elements["status"], "only a consent that is given can be recorded")
    terms = record.terms
    # What a command has no word for would be lost.
    linked = {name: id_ for name in ELSEWHERE if (id_ := getattr(terms, name))}
    for name in linked:
        if name not in consents.GiveConsent.DESCRIPTOR.fields_by_name:
            raise unacceptable(elements[name], "a consent that is recorded here begins anew")
    return consents.GiveConsent(
        citizen=citizen,
        kind=terms.kind,
        grantee=terms.grantee,
        purposes=terms.purposes,
        categories=terms.categories,
        sources=terms.sources,
        period=period(terms.since, terms.until),
        case=terms.scope,
        given_how=terms.given_how or "",
        notice_version=terms.notice_version,
        evidence_digest=terms.evidence_digest,
        **linked,
    )


def element_of(format_: str, field: str) -> str:
    """Where the document says what stands in this field of a record or of GiveConsent, for instance `sources[2]`."""
    elements: Mapping[str, str] = FORMATS[format_].ELEMENTS
    return next((elements[name] for name in re.findall(r"[a-z_]+", field) if name in elements), "$")


def unacceptable(element: str, problem: str) -> DocumentUnacceptable:
    return DocumentUnacceptable(element=element[:LONGEST], problem=problem)
