"""Data types of FHIR R4 (hl7.org/fhir/R4/datatypes.html), as far as our resources use them."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
URN: Final = "urn:uuid:"


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


def urn(id_: str) -> str:
    """A UUID as a URN (RFC 9562 section 4)."""
    return URN + id_


def id_of(name: str) -> str:
    """The way back; what is no such URN stays as it is, and is refused where a UUID is asked for."""
    return name.removeprefix(URN)


class Link(Element, frozen=True, kw_only=True):
    """A Reference to a resource of the same server, for instance `Organization/<id>`. It names nobody (`display`)."""

    reference: str


class Text(Element, frozen=True, kw_only=True):
    """A CodeableConcept that is told in words, with a code or without."""

    coding: list[Coding] = msgspec.field(default_factory=list)
    text: str = ""


class Ending(Element, frozen=True, kw_only=True):
    """A Period that says when it is over."""

    end: Moment


class Meta(Element, frozen=True, kw_only=True):
    version_id: str = ""
    last_updated: Moment | None = None
    profile: list[str] = msgspec.field(default_factory=list)


def link(kind: str, id_: str) -> Link:
    return Link(reference=f"{kind}/{id_}")
