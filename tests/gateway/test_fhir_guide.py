"""What the guide's published examples say (hl7.org/fhir/us/sdoh-clinicalcare): each is valid R4, and is refused at the
element that we do not take; mended element by element as the refusals ask, each is taken.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final, NamedTuple

import pytest
from fhir.resources.R4B.servicerequest import ServiceRequest as R4BServiceRequest
from fhir.resources.R4B.task import Task as R4BTask

from services.gateway.fhir.errors import ElementRefused
from services.gateway.fhir.reading import read
from services.gateway.fhir.request import ServiceRequest, draft_of
from services.gateway.fhir.task import Task, step_of
from services.gateway.fhir.words import CATEGORY, GUIDE_CODES, OUTPUT, PURPOSE, TASK_CODE, system
from tests.gateway.test_fhir_mapping import referral
from tests.gateway.world import CITIZEN, FAMILY, NGO, REFERRAL, uid

SNOMED: Final = "http://snomed.info/sct"
ORIGIN: Final = uid("the referral that this one is part of")

Resource = dict[str, Any]
Mend = Callable[[Resource], None]


def concept(system_: str, code: str, display: str = "An example") -> Resource:
    return {"coding": [{"system": system_, "code": code, "display": display}]}


def pointer(kind: str, slug: str, display: str = "") -> Resource:
    return {"reference": f"{kind}/{slug}"} | ({"display": display} if display else {})


def task(status: str, requester: str = "PractitionerRole", owner: str = "Organization", **more: Any) -> Resource:
    return {
        "resourceType": "Task",
        "status": status,
        "intent": "order",
        "code": concept(TASK_CODE, "fulfill", "Fulfill the focal request"),
        "focus": pointer("ServiceRequest", "example-request"),
        "for": pointer("Patient", "example-patient", "SOMEBODY EXAMPLE"),
        "authoredOn": "2020-09-11T21:56:54.671Z",
        "requester": pointer(requester, "example-requester", "A requester"),
        "owner": pointer(owner, "example-owner", "An owner"),
        **more,
    }


def request(status: str, intent: str, **more: Any) -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "status": status,
        "intent": intent,
        "category": [concept(SNOMED, "410606002"), concept(GUIDE_CODES, "food-insecurity")],
        "code": concept(SNOMED, "467771000124109"),
        "subject": pointer("Patient", "example-patient"),
        "reasonReference": [pointer("Condition", "example-condition")],
        **more,
    }


META: Final = {"versionId": "6", "lastUpdated": "2022-04-22T14:37:03.283+00:00", "source": "#C2AE4q3wrTUNjyOs"}
ACTIVITY: Final = {
    "type": concept(GUIDE_CODES, "resulting-activity", "Resulting Activity"),
    "valueReference": pointer("Procedure", "example-procedure"),
}
CONTENT: Final = {
    "type": concept(GUIDE_CODES, "additional-content"),
    "valueReference": pointer("Observation", "example-observation"),
}
PARENT: Final = [pointer("Task", "example-parent")]
TASKS: Final = {
    "order fulfillment accepted": task("accepted", meta=META),
    "order fulfillment completed": task("completed", output=[ACTIVITY]),
    "order subtask accepted": task("accepted", requester="Organization", meta=META, partOf=PARENT),
    "order subtask completed": task("completed", requester="Organization", meta=META, partOf=PARENT, output=[ACTIVITY]),
    "content rich referral": task("accepted", input=[CONTENT, CONTENT]),
    "referral for further assessment": task("completed", owner="HealthcareService", output=[CONTENT]),
}
REQUESTS: Final = {
    "active food pantry application": request("active", "order", meta=META),
    "subreferral summer food program": request(
        "completed", "original-order", basedOn=[pointer("ServiceRequest", "example-request")]
    ),
    "active WIC referral": request("active", "order"),
}


class Taken(NamedTuple):
    resource: Resource
    refused: list[str]
    """Elements in the order in which they were refused."""


def refusal(resource: Resource, taken: Callable[[Resource], Any]) -> str:
    """The element that is refused; empty where none is. It names nobody."""
    try:
        taken(resource)
    except ElementRefused as no:
        return str(no)
    return ""


def mended(resource: Resource, mends: dict[str, Mend], taken: Callable[[Resource], Any]) -> Taken:
    """Changes what is refused until nothing is. Fails at a refusal that has no mend, or comes twice."""
    resource, refused = deepcopy(resource), list[str]()
    while said := refusal(resource, taken):
        element = said.partition(": ")[0]
        assert element not in refused, f"{element} was mended and is refused again"
        assert "SOMEBODY" not in said
        refused.append(element)
        mends[element](resource)
    return Taken(resource, refused)


def put(name: str, value: Any) -> Mend:
    return lambda resource: resource.__setitem__(name, value)


def drop(name: str, *path: str) -> Mend:
    def drops(resource: Resource) -> None:
        for step in path:
            resource = resource[step]
        del resource[name]

    return drops


OUTCOME: Final = {"type": {"coding": [{"system": OUTPUT, "code": "outcome"}]}}
OUTCOME["valueCodeableConcept"] = {"coding": [{"system": system("referral_outcome"), "code": "goal_reached"}]}
TASK_MENDS: Final[dict[str, Mend]] = {
    "Task.id": put("id", REFERRAL),
    "Task.meta.source": drop("source", "meta"),
    "Task.code.coding[0].display": drop("display", "code"),
    "Task.authoredOn": drop("authoredOn"),
    "Task.input": drop("input"),
    "Task.focus": put("focus", {"reference": f"ServiceRequest/{REFERRAL}"}),
    "Task.for.display": put("for", {"reference": f"Patient/{CITIZEN}"}),
    "Task.requester.display": put("requester", {"reference": f"Organization/{FAMILY}"}),
    "Task.owner.display": put("owner", {"reference": f"Organization/{NGO}"}),
    "Task.partOf": put("partOf", [{"reference": f"Task/{ORIGIN}"}]),
    "Task.output[0].valueReference": put("output", [OUTCOME]),
}


@pytest.mark.parametrize("name", TASKS)
def test_an_example_of_a_task(name: str) -> None:
    R4BTask.model_validate(TASKS[name])
    origin = ORIGIN if "partOf" in TASKS[name] else ""
    known = referral(status="requested" if TASKS[name]["status"] == "accepted" else "in-progress", part_of=origin)
    resource, refused = mended(TASKS[name], TASK_MENDS, lambda each: step_of(read(each, Task), known))
    assert refused
    command = step_of(read(resource, Task), known)
    assert type(command).__name__ == {"accepted": "AcceptReferral", "completed": "CompleteReferral"}[resource["status"]]
    R4BTask.model_validate(resource)


REQUEST_MENDS: Final[dict[str, Mend]] = {
    "ServiceRequest.meta.source": drop("source", "meta"),
    "ServiceRequest.meta": drop("meta"),
    "ServiceRequest.intent": put("intent", "order"),
    "ServiceRequest.status": put("status", "active"),
    "ServiceRequest.requester": put("requester", {"reference": f"Organization/{FAMILY}"}),
    "ServiceRequest.performer": put("performer", [{"reference": f"Organization/{NGO}"}]),
    "ServiceRequest.reasonReference": drop("reasonReference"),
    "ServiceRequest.reasonCode": put("reasonCode", [{"text": "Food"}]),
    "ServiceRequest.basedOn[0].reference": put("basedOn", [{"reference": f"ServiceRequest/{ORIGIN}"}]),
    "ServiceRequest.subject.reference": put("subject", {"reference": f"Patient/{CITIZEN}"}),
    "ServiceRequest.code": put("code", {"coding": [{"system": PURPOSE, "code": "mentoring"}]}),
    "ServiceRequest.category[0]": put("category", [{"coding": [{"system": CATEGORY, "code": "economy"}]}]),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_an_example_of_a_request(name: str) -> None:
    R4BServiceRequest.model_validate(REQUESTS[name])
    resource, refused = mended(REQUESTS[name], REQUEST_MENDS, lambda each: draft_of(read(each, ServiceRequest), FAMILY))
    assert refused
    draft = draft_of(read(resource, ServiceRequest), FAMILY)
    assert (draft.citizen, draft.part_of) == (CITIZEN, ORIGIN if "basedOn" in resource else "")
    R4BServiceRequest.model_validate(resource)
