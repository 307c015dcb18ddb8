"""ServiceRequest (hl7.org/fhir/R4/servicerequest.html): who asks whom for what, about which citizen, and why."""

from typing import Final, Literal

import msgspec
from samspor.referrals.v1 import referrals_pb2

from libs.fhir.elements import Concept, Element, Link, Meta, Moment, Text, coding, link
from services.gateway.fhir.reading import refused, target
from services.gateway.fhir.words import CATEGORY, GUIDE_CODES, PURPOSE, REQUEST_PROFILE, THEIRS, categories, code_of
from services.gateway.web.dates import moment

Status = Literal["draft", "active", "on-hold", "revoked", "completed", "entered-in-error"]
STATUSES: Final[dict[str, Status]] = {
    "draft": "draft",
    "on-hold": "on-hold",
    "completed": "completed",
    "rejected": "revoked",
    "cancelled": "revoked",
    "failed": "revoked",
    "entered-in-error": "entered-in-error",
}
"""A referral's status -> its request's; any other is active."""
NEW: Final = ("draft", "active")
OURS_OF: Final = {theirs: ours for ours, theirs in THEIRS.items()}


class ServiceRequest(Element, frozen=True, kw_only=True):
    """The elements that are taken; `contained`, `modifierExtension`, `doNotPerform` and others are refused by name."""

    resource_type: Literal["ServiceRequest"]
    id: str = ""
    meta: Meta | None = None
    based_on: list[Link] = msgspec.field(default_factory=list)
    """The request that its requester received and sends on (the guide's indirect workflow)."""
    replaces: list[Link] = msgspec.field(default_factory=list)
    """The rejected request that this one is sent for again."""
    status: Status
    intent: Literal["order"]
    category: list[Concept]
    priority: Literal["routine", "urgent", "asap", "stat"] = "routine"
    code: Concept
    """What for: one of our purposes."""
    subject: Link
    authored_on: Moment | None = None
    requester: Link
    performer: list[Link] = msgspec.field(default_factory=list)
    """The recipient, and where it is one of its services, that."""
    reason_code: list[Text] = msgspec.field(default_factory=list)
    """Why help is asked for, in words; read through consents only."""
    supporting_info: list[Link] = msgspec.field(default_factory=list)
    """The case, an EpisodeOfCare."""


def request_of(referral: referrals_pb2.Referral, reason: str = "") -> ServiceRequest:
    performer = [link("Organization", referral.recipient)] if referral.recipient else []
    if referral.service:
        performer.append(link("HealthcareService", referral.service))
    return ServiceRequest(
        resource_type="ServiceRequest",
        id=referral.id,
        meta=Meta(version_id=str(referral.version), last_updated=moment(referral.changed), profile=[REQUEST_PROFILE]),
        status=STATUSES.get(referral.status, "active"),
        based_on=[link("ServiceRequest", referral.part_of)] if referral.part_of else [],
        replaces=[link("ServiceRequest", referral.replaces)] if referral.replaces else [],
        intent="order",
        category=categories(referral.categories),
        priority=referral.priority or "routine",  # type: ignore[arg-type]  # of the vocabulary
        code=Concept(coding=[coding(PURPOSE, referral.purpose)] if referral.purpose else []),
        subject=link("Patient", referral.citizen),
        requester=requester_of(referral),
        performer=performer,
        reason_code=[Text(text=reason)] if reason else [],
        supporting_info=[link("EpisodeOfCare", referral.case)] if referral.case else [],
    )


def requester_of(referral: referrals_pb2.Referral) -> Link:
    """The citizen who asked, while it may be told who that is; else whoever sent it."""
    if referral.self_referral and referral.citizen:
        return link("Patient", referral.citizen)
    return link("Organization", referral.sender)


def draft_of(request: ServiceRequest, organisation: str, at: str = "ServiceRequest") -> referrals_pb2.DraftReferral:
    """The draft that a new request amounts to. Raises ElementRefused."""
    if request.status not in NEW:
        raise refused(f"{at}.status", "a new request is draft or active")
    if target(request.requester, "Organization", f"{at}.requester") != organisation:
        raise refused(f"{at}.requester", "an organisation asks for itself only")
    if request.authored_on is not None:
        raise refused(f"{at}.authoredOn", "the time is that of its arrival")
    if request.meta is not None and (request.meta.version_id or request.meta.last_updated):
        raise refused(f"{at}.meta", "a new resource has a profile and no version")
    if len(request.reason_code) != 1 or request.reason_code[0].coding or not request.reason_code[0].text:
        raise refused(f"{at}.reasonCode", "one reason is asked for, as text")
    if not 1 <= len(request.performer) <= 2:
        raise refused(f"{at}.performer", "one organisation is asked, and one service of it at most")
    for name, found in (("basedOn", request.based_on), ("replaces", request.replaces)):
        if len(found) > 1:
            raise refused(f"{at}.{name}", "one request at most")
    if len(request.supporting_info) > 1:
        raise refused(f"{at}.supportingInfo", "one case at most")
    return referrals_pb2.DraftReferral(
        citizen=target(request.subject, "Patient", f"{at}.subject"),
        case="".join(target(each, "EpisodeOfCare", f"{at}.supportingInfo[0]") for each in request.supporting_info),
        recipient=target(request.performer[0], "Organization", f"{at}.performer[0]"),
        service="".join(target(each, "HealthcareService", f"{at}.performer[1]") for each in request.performer[1:]),
        purpose=purpose_in(request.code, f"{at}.code"),
        categories=[category_in(each, f"{at}.category[{n}]") for n, each in enumerate(request.category)],
        part_of="".join(target(each, "ServiceRequest", f"{at}.basedOn[0]") for each in request.based_on),
        replaces="".join(target(each, "ServiceRequest", f"{at}.replaces[0]") for each in request.replaces),
        reason=request.reason_code[0].text,
        priority=request.priority,
    )


def purpose_in(code: Concept, at: str) -> str:
    found = code_of(code.coding, PURPOSE)
    if not found or len(code.coding) > 1:
        raise refused(at, f"one code of {PURPOSE} says what for")
    return found


def category_in(concept: Concept, at: str) -> str:
    """Ours, or the guide's that stands for one of ours; both, if they say the same."""
    ours, theirs = code_of(concept.coding, CATEGORY), code_of(concept.coding, GUIDE_CODES)
    found = ours or OURS_OF.get(theirs, "")
    if not found or concept not in accepted(found):
        raise refused(at, f"it is no code of {CATEGORY}, nor one of the guide's that stands for one")
    return found


def accepted(ours: str) -> list[Concept]:
    """How a category may be said."""
    both = categories([ours])[0]
    return [both, *(Concept(coding=[each]) for each in both.coding)]


ELEMENTS: Final = {
    "citizen": "ServiceRequest.subject",
    "case": "ServiceRequest.supportingInfo[0]",
    "recipient": "ServiceRequest.performer[0]",
    "service": "ServiceRequest.performer[1]",
    "purpose": "ServiceRequest.code",
    "categories": "ServiceRequest.category",
    "reason": "ServiceRequest.reasonCode[0].text",
    "priority": "ServiceRequest.priority",
    "part_of": "ServiceRequest.basedOn[0]",
    "replaces": "ServiceRequest.replaces[0]",
}
"""Field of DraftReferral -> where the resource says it."""
