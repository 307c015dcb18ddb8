"""Organization and HealthcareService (hl7.org/fhir/R4): who helps, and with what. Nothing about a citizen."""

from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec
from samspor.partners.v1 import partners_pb2

from libs.fhir.elements import Concept, Element, Link, Meta, coding, link
from services.gateway.fhir.words import KIND, SERVICE_PROFILE, categories

ACTIVE: Final = "active"


class Telecom(Element, frozen=True, kw_only=True):
    system: Literal["email", "url"]
    value: str


class Age(Element, frozen=True, kw_only=True):
    """Eligibility in words: R4 has no ages here."""

    comment: str


class Organization(Element, frozen=True, kw_only=True):
    resource_type: Literal["Organization"]
    id: str
    meta: Meta | None = None
    active: bool | None = None
    type: list[Concept] = msgspec.field(default_factory=list)
    name: str = ""
    telecom: list[Telecom] = msgspec.field(default_factory=list)
    part_of: Link | None = None


class HealthcareService(Element, frozen=True, kw_only=True):
    resource_type: Literal["HealthcareService"]
    id: str
    meta: Meta | None = None
    active: bool | None = None
    provided_by: Link
    category: list[Concept] = msgspec.field(default_factory=list)
    name: str = ""
    comment: str = ""
    eligibility: list[Age] = msgspec.field(default_factory=list)


def organization_of(one: partners_pb2.Organisation) -> Organization:
    web = one.website if urlsplit(one.website).scheme in ("http", "https") else ""
    return Organization(
        resource_type="Organization",
        id=one.id,
        meta=Meta(version_id=str(one.version)) if one.version else None,
        active=True,
        type=[Concept(coding=[coding(KIND, one.kind)])] if one.kind else [],
        name=one.name,
        telecom=[
            *([Telecom(system="email", value=one.email)] if one.email else []),
            *([Telecom(system="url", value=web)] if web else []),
        ],
        part_of=link("Organization", one.parent) if one.parent else None,
    )


def service_of(one: partners_pb2.Service) -> HealthcareService:
    return HealthcareService(
        resource_type="HealthcareService",
        id=one.id,
        meta=Meta(profile=[SERVICE_PROFILE]),
        active=one.status == ACTIVE,
        provided_by=link("Organization", one.organisation),
        category=categories(one.categories),
        name=one.name,
        comment=one.description,
        eligibility=[Age(comment=words)] if (words := ages(one)) else [],
    )


def ages(one: partners_pb2.Service) -> str:
    span = f"{one.minimum_age or ''}-{one.maximum_age or ''}" if one.minimum_age or one.maximum_age else ""
    return "; ".join(filter(None, (span, one.eligibility_description)))
