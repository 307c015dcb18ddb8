"""A referral as FHIR, and back: nothing is lost, nothing is added, and what is not taken is named."""

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest
from fhir.resources.R4B.healthcareservice import HealthcareService as R4BHealthcareService
from fhir.resources.R4B.organization import Organization as R4BOrganization
from fhir.resources.R4B.servicerequest import ServiceRequest as R4BServiceRequest
from fhir.resources.R4B.task import Task as R4BTask
from hypothesis import given, settings
from hypothesis import strategies as st
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.fhir.elements import link
from services.gateway.fhir.directory import organization_of, service_of
from services.gateway.fhir.errors import ElementRefused
from services.gateway.fhir.reading import read
from services.gateway.fhir.request import ServiceRequest, draft_of, request_of
from services.gateway.fhir.task import STEPS, Task, step_of, task_of
from services.gateway.fhir.words import GUIDE_CODES
from services.vocabulary import STEP_REASONS, VOCABULARIES
from tests.gateway.world import CASE, CITIZEN, FAMILY, NGO, REFERRAL, stamp, uid

REASONED = {
    "accepted": "accept",
    "rejected": "reject",
    "cancelled": "cancel",
    "failed": "fail",
    "on-hold": "hold",
    "entered-in-error": "error",
}
ids = st.uuids().map(str)
text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80).filter(lambda one: one.strip())


def words(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(VOCABULARIES[name])


@st.composite
def drafts(draw: st.DrawFn) -> referrals.DraftReferral:
    return referrals.DraftReferral(
        citizen=draw(ids),
        case=draw(st.one_of(st.just(""), ids)),
        recipient=draw(ids),
        service=draw(st.one_of(st.just(""), ids)),
        purpose=draw(words("purpose")),
        categories=draw(st.lists(words("category"), min_size=1, unique=True)),
        reason=draw(text),
        priority=draw(words("priority")),
        part_of=draw(st.one_of(st.just(""), ids)),
        replaces=draw(st.one_of(st.just(""), ids)),
    )


@st.composite
def steps(draw: st.DrawFn) -> tuple[referrals.Referral, Any]:
    """A referral after a step, and what the step said."""
    status = draw(st.sampled_from(sorted(STEPS)))
    command: Any = STEPS[status](referral=REFERRAL)
    known = referral(status=status)
    if status in REASONED:
        command.reason = known.reason = draw(st.sampled_from(sorted(STEP_REASONS[REASONED[status]])))
    if status == "completed":
        command.outcome = known.outcome = draw(words("referral_outcome"))
        command.contacts = known.contacts = draw(st.integers(0, 1000))
        command.goal = known.goal = draw(words("goal_reached"))
        command.next = known.next = draw(words("what_next"))
    if status == "requested":
        for name in ("reply_by", "acknowledge_by"):
            at = stamp(draw(st.integers(-300, -1)))
            getattr(command, name).CopyFrom(at)
            getattr(known, name).CopyFrom(at)
    return known, command


def referral(**more: Any) -> referrals.Referral:
    return referrals.Referral(
        **{
            "id": REFERRAL,
            "version": 3,
            "citizen": CITIZEN,
            "case": CASE,
            "sender": FAMILY,
            "recipient": NGO,
            "purpose": "mentoring",
            "categories": ["family", "housing"],
            "status": "requested",
            "priority": "routine",
            "changed": stamp(1),
            **more,
        }
    )


def as_json(found: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(msgspec.json.encode(found))
    return made


@settings(deadline=None)
@given(drafts())
def test_what_is_asked_for_comes_back_whole(draft: referrals.DraftReferral) -> None:
    names = ("citizen", "case", "recipient", "service", "purpose", "categories", "priority", "part_of", "replaces")
    known = referrals.Referral(
        id=REFERRAL, version=1, sender=FAMILY, status="draft", **{name: getattr(draft, name) for name in names}
    )
    written = as_json(request_of(known, draft.reason))
    R4BServiceRequest.model_validate(written)
    del written["id"], written["meta"]["versionId"]
    assert draft_of(read(written, ServiceRequest), FAMILY) == draft


@settings(deadline=None)
@given(steps())
def test_a_step_comes_back_whole(step: tuple[referrals.Referral, Any]) -> None:
    known, command = step
    written = as_json(task_of(known))
    R4BTask.model_validate(written)
    before = referrals.Referral()
    before.CopyFrom(referral(status="draft"))
    if known.status != "requested":
        before.reply_by.CopyFrom(known.reply_by) if known.HasField("reply_by") else None
    assert step_of(read(written, Task), known) is None
    assert step_of(read(written, Task), before) == command


@pytest.mark.parametrize("status", VOCABULARIES["referral_status"])
def test_every_status_is_one_of_fhir(status: str) -> None:
    R4BTask.model_validate(as_json(task_of(referral(status=status, reason="other", outcome="goal_reached"))))
    R4BServiceRequest.model_validate(as_json(request_of(referral(status=status), "Hun mangler en mentor.")))


def test_the_directory_is_fhir() -> None:
    one = partners.Organisation(
        id=NGO,
        version=2,
        kind="ngo",
        name="Netværket",
        email="a@example.org",
        website="https://a.example",
        parent=uid("x"),
    )
    R4BOrganization.model_validate(as_json(organization_of(one)))
    offered = partners.Service(
        id=uid("s"), organisation=NGO, name="Mentor", status="active", categories=["housing"], minimum_age=18
    )
    written = as_json(service_of(offered))
    R4BHealthcareService.model_validate(written)
    assert written["eligibility"] == [{"comment": "18-"}]


TASK = as_json(task_of(referral()))
REQUEST = as_json(request_of(referral(), "Hvorfor"))
del REQUEST["id"], REQUEST["meta"]
TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"modifierExtension": [{"url": "https://x.example", "valueBoolean": True}]}, "Task.modifierExtension"),
        ({"status": "dreaming"}, "Task.status"),
        ({"contained": [{"resourceType": "Patient", "name": [{"text": "Sofie"}]}]}, "Task.contained"),
        ({"requester": None}, "Task.requester"),
        ({"intent": "plan"}, "Task.intent"),
        ({"for": {"reference": f"Patient/{CITIZEN}", "display": "Sofie"}}, "Task.for.display"),
        ({"for": {"reference": f"Patient/{uid('another')}"}}, "Task.for"),
        ({"owner": {"reference": f"Organization/{FAMILY}"}}, "Task.owner"),
        ({"partOf": [{"reference": f"Task/{REFERRAL}"}]}, "Task.partOf"),
        (
            {"code": {"coding": [{"system": TASK_CODE, "code": "approve"}]}},
            "Task.code",
        ),
        ({"description": "Sofie"}, "Task.description"),
        ({"note": [{"text": "Sofie"}]}, "Task.note"),
        ({"input": []}, "Task.input"),
        ({"status": "rejected"}, "Task.statusReason"),
        ({"status": "rejected", "statusReason": {"text": "Nej"}}, "Task.statusReason.coding"),
        ({"status": "completed"}, "Task.output"),
        ({"status": "accepted", "output": [{"type": {"coding": [{"system": "x", "code": "y"}]}}]}, "Task.output"),
        ({"status": "draft"}, "Task.status"),
        ({"priority": "stat"}, "Task.priority"),
        ({"authoredOn": "2026-01-01T00:00:00Z"}, "Task.authoredOn"),
    ],
)
def test_what_a_task_may_not_say_is_named(change: dict[str, Any], element: str) -> None:
    said = {name: value for name, value in (TASK | change).items() if value is not None}
    with pytest.raises(ElementRefused) as no:
        step_of(read(said, Task), referral())
    assert no.value.details["element"] == element
    assert "Sofie" not in str(no.value)


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"doNotPerform": True}, "ServiceRequest.doNotPerform"),
        ({"intent": "plan"}, "ServiceRequest.intent"),
        ({"requester": None}, "ServiceRequest.requester"),
        ({"requester": {"reference": f"Organization/{NGO}"}}, "ServiceRequest.requester"),
        ({"requester": {"reference": f"PractitionerRole/{NGO}"}}, "ServiceRequest.requester.reference"),
        ({"status": "completed"}, "ServiceRequest.status"),
        ({"subject": {"reference": "Patient/pat-53234"}}, "ServiceRequest.subject.reference"),
        ({"reasonReference": [{"reference": "Condition/1"}]}, "ServiceRequest.reasonReference"),
        (
            {"category": [{"coding": [{"system": GUIDE_CODES, "code": "food-insecurity"}]}]},
            "ServiceRequest.category[0]",
        ),
        (
            {"code": {"coding": [{"system": "http://snomed.info/sct", "code": "46777100"}]}},
            "ServiceRequest.code",
        ),
        ({"performer": None}, "ServiceRequest.performer"),
        ({"reasonCode": []}, "ServiceRequest.reasonCode"),
        ({"occurrenceDateTime": "2026-01-01"}, "ServiceRequest.occurrenceDateTime"),
        ({"Sofie Prøvesen": 1}, "ServiceRequest"),
    ],
)
def test_what_a_request_may_not_say_is_named(change: dict[str, Any], element: str) -> None:
    said = {name: value for name, value in (REQUEST | change).items() if value is not None}
    with pytest.raises(ElementRefused) as no:
        draft_of(read(said, ServiceRequest), FAMILY)
    assert no.value.details["element"] == element
    assert "Sofie" not in str(no.value)


def test_the_guide_s_category_stands_for_ours() -> None:
    said = REQUEST | {"category": [{"coding": [{"system": GUIDE_CODES, "code": "housing-instability"}]}]}
    assert list(draft_of(read(said, ServiceRequest), FAMILY).categories) == ["housing"]
    assert UUID(draft_of(read(said, ServiceRequest), FAMILY).citizen) == UUID(CITIZEN)


def test_a_task_that_several_are_asked_has_no_owner() -> None:
    asked = referrals.Referral(id=REFERRAL, sender=FAMILY, citizen=CITIZEN, status="requested")
    assert task_of(asked).owner is None
    assert "performer" not in as_json(request_of(asked))


def test_the_requester_of_a_self_referral_is_the_patient() -> None:
    known = referral(self_referral=True)
    for resource in (task_of(known), request_of(known)):
        assert resource.requester == link("Patient", known.citizen)
    R4BTask.model_validate(as_json(task_of(known)))
    R4BServiceRequest.model_validate(as_json(request_of(known)))
    told_no_more = referral(self_referral=True, citizen="")
    assert task_of(told_no_more).requester == link("Organization", known.sender)
