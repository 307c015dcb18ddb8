"""Organization and HealthcareService (hl7.org/fhir/R4): who helps, and with what. Nothing about a citizen."""

import re
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec
from samspor.partners.v1 import partners_pb2

from libs.fhir.elements import Concept, Element, Link, Meta, coding, link
from services.gateway.fhir.reading import refused, target
from services.gateway.fhir.request import category_in
from services.gateway.fhir.words import KIND, SERVICE_PROFILE, categories, code_of

ACTIVE: Final = "active"


class Telecom(Element, frozen=True, kw_only=True):
    system: Literal["email", "url"]
    value: str


class Age(Element, frozen=True, kw_only=True):
    """Eligibility in words: R4 has no ages here."""

    comment: str


class Organization(Element, frozen=True, kw_only=True):
    resource_type: Literal["Organization"]
    id: str = ""
    meta: Meta | None = None
    active: bool | None = None
    type: list[Concept] = msgspec.field(default_factory=list)
    name: str = ""
    telecom: list[Telecom] = msgspec.field(default_factory=list)
    part_of: Link | None = None


class HealthcareService(Element, frozen=True, kw_only=True):
    resource_type: Literal["HealthcareService"]
    id: str = ""
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


def registration_of(one: Organization) -> partners_pb2.RegisterOrganisation:
    """The entry that a new Organization amounts to. Raises ElementRefused."""
    new(one, "Organization")
    kinds = [code_of(each.coding, KIND) for each in one.type]
    if len(kinds) != 1 or not kinds[0] or one.type != [Concept(coding=[coding(KIND, kinds[0])])]:
        raise refused("Organization.type", f"one code of {KIND}")
    if one.active is False:
        raise refused("Organization.active", "a new organisation is active")
    told = {each.system: each.value for each in one.telecom}
    if len(told) != len(one.telecom):
        raise refused("Organization.telecom", "one email and one url at most")
    return partners_pb2.RegisterOrganisation(
        kind=kinds[0],
        name=one.name,
        email=told.get("email", ""),
        website=told.get("url", ""),
        parent=target(one.part_of, "Organization", "Organization.partOf") if one.part_of else "",
    )


def publication_of(one: HealthcareService) -> partners_pb2.PublishService:
    """The service that a new HealthcareService amounts to. Raises ElementRefused."""
    new(one, "HealthcareService")
    if len(one.eligibility) > 1:
        raise refused("HealthcareService.eligibility", "one comment at most")
    found = AGES(one.eligibility[0].comment) if one.eligibility else None
    lowest, highest, words = found.groups() if found else ("", "", "".join(each.comment for each in one.eligibility))
    return partners_pb2.PublishService(
        organisation=target(one.provided_by, "Organization", "HealthcareService.providedBy"),
        name=one.name,
        description=one.comment,
        status="inactive" if one.active is False else ACTIVE,
        categories=[category_in(each, f"HealthcareService.category[{n}]") for n, each in enumerate(one.category)],
        minimum_age=int(lowest or 0),
        maximum_age=int(highest or 0),
        eligibility_description=words or "",
    )


AGES: Final = re.compile(r"(?s)(?=[0-9-])([0-9]{0,3})-([0-9]{0,3})(?:; (.*))?").fullmatch
"""As `ages` writes them."""


def new(one: Organization | HealthcareService, name: str) -> None:
    if one.id or (one.meta is not None and (one.meta.version_id or one.meta.last_updated)):
        raise refused(f"{name}.id" if one.id else f"{name}.meta", "a new resource has a profile and no id or version")
