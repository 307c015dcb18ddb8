"""Data types of FHIR R4 (hl7.org/fhir/R4/datatypes.html), as far as our resources use them."""

import msgspec

from services.consents.exports.record import Moment
from services.consents.exports.terms import urn


class Element(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"
):
    """What FHIR forbids to be empty is left out."""


class Coding(Element, frozen=True, kw_only=True):
    system: str
    code: str
    display: str = ""


class Concept(Element, frozen=True, kw_only=True):
    """CodeableConcept."""

    coding: list[Coding]


class Reference(Element, frozen=True, kw_only=True):
    reference: str
    type: str


class Period(Element, frozen=True, kw_only=True):
    start: Moment
    end: Moment


class Extension(Element, frozen=True, kw_only=True):
    """With one value, or with extensions inside."""

    url: str
    extension: list["Extension"] = msgspec.field(default_factory=list)
    value_code: str = ""
    value_string: str = ""
    value_uri: str = ""
    value_date_time: Moment | None = None
    value_reference: Reference | None = None


def coding(system: str, code: str, display: str = "") -> Coding:
    return Coding(system=system, code=code, display=display)


def concept(system: str, code: str, display: str = "") -> Concept:
    return Concept(coding=[coding(system, code, display)])


def reference(id_: str, type_: str) -> Reference:
    """To what has this UUID (hl7.org/fhir/R4/references.html: a URN is absolute)."""
    return Reference(reference=urn(id_), type=type_)
