"""What programs may do with FHIR, as the commands and questions of their user: nothing half done, nothing left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2
from samspor.timeline.v1 import timeline_pb2

from libs.eventlog import Kind, derived_id
from libs.fhir.elements import Element, link
from libs.host.errors import Refused, RequestInvalid
from services.gateway.fhir.directory import (
    HealthcareService,
    Organization,
    organization_of,
    publication_of,
    registration_of,
    service_of,
)
from services.gateway.fhir.reading import read, refused, target
from services.gateway.fhir.request import ELEMENTS, ServiceRequest, draft_of, request_of
from services.gateway.fhir.task import Task, command_of, same, step_of, task_of
from services.gateway.web.forms import RULES

Answer = TypeVar("Answer", bound=Message)
DRAFTED: Final = "referrals.ReferralDrafted.v1"
NEW: Final = ("draft", "requested")


class Asked(Element, frozen=True, kw_only=True):
    method: Literal["POST"]
    url: Literal["ServiceRequest", "Task"]


class Entry(Element, frozen=True, kw_only=True):
    full_url: str = ""
    resource: dict[str, Any]
    request: Asked


class Bundle(Element, frozen=True, kw_only=True):
    resource_type: Literal["Bundle"]
    type: Literal["transaction"]
    entry: list[Entry]


@dataclass(frozen=True, slots=True)
class Desk:
    """Asks the services in the name of whoever's token the program brought."""

    ask: Callable[[Message, type[Any]], Any]
    organisation: str
    command_id: str
    """Of this request; a request that is repeated with it gets its first answer."""
    expected_version: int | None = None

    def command(self, command: Any, part: str) -> common_pb2.Recorded:
        """Raises Refused, and RequestInvalid before anything is asked."""
        found: common_pb2.Recorded = self.ask(self.named(command, part), common_pb2.Recorded)
        return found

    def named(self, command: Any, part: str) -> Any:
        command.command.command_id = derived_id(self.command_id, part)
        RULES.check(command)
        return command

    def referral(self, referral: str) -> referrals_pb2.Referral:
        found: referrals_pb2.Referral = self.ask(referrals_pb2.GetReferral(referral=referral), referrals_pb2.Referral)
        return found


def task(desk: Desk, referral: str) -> Task:
    return task_of(desk.referral(referral))


def request(desk: Desk, referral: str) -> ServiceRequest:
    """With its reason, as far as consents lets the reader see it; the look is recorded there."""
    known = desk.referral(referral)
    if not known.citizen:
        raise Refused(Kind.UNKNOWN, "REFERRAL_UNKNOWN", "Nothing more is told of this referral.")
    return request_of(known, reason_of(desk, known))


def reason_of(desk: Desk, known: referrals_pb2.Referral) -> str:
    question = timeline_pb2.GetTimeline(
        citizen=known.citizen, purpose=known.purpose, sources=["referrals"], categories=["referral"]
    )
    question.page.size = 200
    try:
        found: timeline_pb2.Timeline = desk.ask(question, timeline_pb2.Timeline)
    except Refused as away:
        if away.kind not in (Kind.UNKNOWN, Kind.FORBIDDEN):
            raise
        return ""
    drafted = [each for each in found.entries if each.stream == known.id and each.type == DRAFTED]
    return drafted[0].personal.get("reason", "") if drafted else ""


def change_task(desk: Desk, referral: str, found: Mapping[str, Any]) -> Task:
    """PUT: a step to another status, asked for by whose step it is."""
    known = desk.referral(referral)
    command: Any = step_of(read(found, Task), known)
    if command is not None:
        if desk.expected_version is not None:
            command.command.expected_version = desk.expected_version
        with_elements(desk.command, command, "step", {"reason": "Task.statusReason", "note": "Task.statusReason.text"})
    return task_of(desk.referral(referral))


def create_request(desk: Desk, found: Mapping[str, Any]) -> ServiceRequest:
    """POST ServiceRequest: a draft, which its Task sends."""
    draft = draft_of(read(found, ServiceRequest), desk.organisation)
    made = with_elements(desk.command, draft, "draft", ELEMENTS)
    return request_of(desk.referral(made.id))


def create_task(desk: Desk, found: Mapping[str, Any]) -> Task:
    """POST Task: sends the draft that is its focus."""
    task_ = read(found, Task)
    known = desk.referral(target(task_.focus, "ServiceRequest", "Task.focus"))
    now = task_of(known)
    if now.status != "draft" or task_.id or task_.status not in NEW:
        raise refused("Task.focus" if now.status != "draft" else "Task.status", "only a draft is sent, and once")
    same(task_, now)
    if task_.status == "requested":
        desk.command(command_of(task_, now), "request")
    return task_of(desk.referral(known.id))


def create_organization(desk: Desk, found: Mapping[str, Any]) -> Organization:
    """POST Organization: an operator's."""
    asked = registration_of(read(found, Organization))
    made = with_elements(desk.command, asked, "organization", ORGANIZATION)
    fields = ("kind", "name", "email", "website", "parent")
    return organization_of(
        partners_pb2.Organisation(id=made.id, version=made.version, **{name: getattr(asked, name) for name in fields})
    )


def create_service(desk: Desk, found: Mapping[str, Any]) -> HealthcareService:
    """POST HealthcareService: its organisation's administrator's."""
    asked = publication_of(read(found, HealthcareService))
    asked.service = derived_id(desk.command_id, "service")
    with_elements(desk.command, asked, "publication", SERVICE)
    return service_of(partners_pb2.Service(id=asked.service, **{name: getattr(asked, name) for name in PUBLISHED}))


PUBLISHED: Final = (
    *("organisation", "name", "description", "status", "categories"),
    *("minimum_age", "maximum_age", "eligibility_description"),
)
ORGANIZATION: Final = {
    "name": "Organization.name",
    "email": "Organization.telecom",
    "website": "Organization.telecom",
    "parent": "Organization.partOf",
    "kind": "Organization.type",
}
SERVICE: Final = {
    "name": "HealthcareService.name",
    "description": "HealthcareService.comment",
    "categories": "HealthcareService.category",
    "organisation": "HealthcareService.providedBy",
    "eligibility_description": "HealthcareService.eligibility",
}
"""Fields of the commands -> where the resources say them."""


def create_both(desk: Desk, found: Mapping[str, Any]) -> tuple[ServiceRequest, Task]:
    """POST Bundle of one ServiceRequest and the Task about it: made and sent, or neither."""
    bundle = read(found, Bundle)
    at = {str(each.resource.get("resourceType")): f"Bundle.entry[{n}].resource" for n, each in enumerate(bundle.entry)}
    by_type = {str(each.resource.get("resourceType")): each for each in bundle.entry}
    if set(by_type) != {"ServiceRequest", "Task"} or len(bundle.entry) != 2:
        raise refused("Bundle.entry", "one ServiceRequest and the Task about it")
    for index, each in enumerate(bundle.entry):
        if each.request.url != each.resource["resourceType"]:
            raise refused(f"Bundle.entry[{index}].request.url", "it is the type of the resource")
    request_ = read(by_type["ServiceRequest"].resource, ServiceRequest, at["ServiceRequest"])
    task_ = read(by_type["Task"].resource, Task, at["Task"])
    draft = draft_of(request_, desk.organisation, at["ServiceRequest"])
    drafted = task_as(draft, desk.organisation, by_type["ServiceRequest"].full_url)
    same(task_, drafted, at["Task"], "it says something else than the ServiceRequest")
    if task_.id or task_.status not in NEW:
        raise refused(f"{at['Task']}.status", "a new task is draft or requested")
    command = command_of(task_, drafted) if task_.status == "requested" else None
    with_elements(desk.named, draft, "draft", ELEMENTS)
    if command:
        based(desk, draft)
    made = desk.command(draft, "draft").id
    if command:
        send(desk, made, command)
    known = desk.referral(made)
    return request_of(known), task_of(known)


def task_as(draft: referrals_pb2.DraftReferral, organisation: str, full_url: str) -> Task:
    """The Task that belongs to a draft which is not made yet: its focus is the entry beside it."""
    known = referrals_pb2.Referral(
        citizen=draft.citizen,
        sender=organisation,
        recipient=draft.recipient,
        status="draft",
        priority=draft.priority,
        part_of=draft.part_of,
    )
    made = task_of(known)
    return Task(
        **{name: getattr(made, name) for name in Task.__struct_fields__ if name != "focus"}, focus=at_url(full_url)
    )


def at_url(full_url: str) -> Any:
    return type(link("ServiceRequest", ""))(reference=full_url)


def based(desk: Desk, draft: referrals_pb2.DraftReferral) -> None:
    """Raises Refused before anything is made."""
    question = consents_pb2.CheckBasis(
        citizen=draft.citizen,
        organisation=draft.recipient,
        purpose=draft.purpose,
        categories=draft.categories,
        case=draft.case,
    )
    found: consents_pb2.BasisChecked = desk.ask(question, consents_pb2.BasisChecked)
    if found.missing:
        missing = ", ".join(found.missing)
        raise Refused(Kind.CONFLICT, "BASIS_MISSING", f"There is no basis for {missing}.", {"missing": missing})


def send(desk: Desk, made: str, command: Any) -> None:
    """Raises Refused; the draft is then taken back, so that nothing is half done."""
    command.referral = made
    try:
        desk.command(command, "request")
    except Refused:
        desk.command(referrals_pb2.CancelReferral(referral=made, reason="sent_by_mistake"), "take back")
        raise


def with_elements(ask: Callable[[Any, str], Any], command: Any, part: str, elements: Mapping[str, str]) -> Any:
    """A field that is refused is told as the element it came from."""
    try:
        return ask(command, part)
    except (RequestInvalid, Refused) as invalid:
        for violation in getattr(invalid, "violations", ()):
            field = violation.field.partition("[")[0]
            raise refused(elements.get(field, "Resource"), f"{violation.code.lower().replace('_', ' ')}") from None
        raise
