"""FHIR over HTTP against services in memory: what a program may read and change, and how it is told no."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals
from samspor.timeline.v1 import timeline_pb2 as timeline

from deploy.local.keys import make_token_keys
from libs.eventlog import Kind
from libs.host.errors import Refused
from libs.host.tokens import Issuer
from tests.gateway.conftest import Browser
from tests.gateway.test_fhir_mapping import REQUEST
from tests.gateway.world import CITIZEN, FAMILY, NGO, REFERRAL, entry

WHY = "Hun mangler en mentor."


class Program:
    """Speaks FHIR with the token of somebody at an organisation."""

    def __init__(self, browser: Browser, folder: Path, organisation: str) -> None:
        make_token_keys(folder / "made", ["login"])
        (folder / "login.pem").write_bytes((folder / "made" / "public" / "login.pem").read_bytes())
        token = Issuer("login", folder / "made" / "private").token(
            "gateway", "p-program", organisation=organisation, role="caseworker"
        )
        self._client, self._headers = browser.client, {"authorization": f"Bearer {token}"}

    def get(self, path: str) -> httpx.Response:
        return self._client.get(f"/api/fhir{path}", headers=self._headers)

    def send(self, method: str, path: str, body: Any, **headers: str) -> httpx.Response:
        kind = {"content-type": "application/fhir+json"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._client.request(method, f"/api/fhir{path}", content=content, headers=self._headers | kind | headers)


@pytest.fixture
def sender(browser: Browser, tmp_path: Path) -> Program:
    return Program(browser, tmp_path, FAMILY)


@pytest.fixture
def recipient(browser: Browser, tmp_path: Path) -> Program:
    return Program(browser, tmp_path, NGO)


def transaction(**task: Any) -> dict[str, Any]:
    asked = {name: value for name, value in REQUEST.items() if name != "supportingInfo"}
    named = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        "focus": {"reference": "urn:uuid:b7d3e5a2-0000-4000-8000-000000000001"},
        "for": {"reference": f"Patient/{CITIZEN}"},
        "requester": {"reference": f"Organization/{FAMILY}"},
        "owner": {"reference": f"Organization/{NGO}"},
        **task,
    }
    entries = [
        {
            "fullUrl": "urn:uuid:b7d3e5a2-0000-4000-8000-000000000001",
            "resource": asked,
            "request": {"method": "POST", "url": "ServiceRequest"},
        },
        {"resource": named, "request": {"method": "POST", "url": "Task"}},
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def refused(answer: httpx.Response, status: int, reason: str, *elements: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    OperationOutcome.model_validate(answer.json())
    (issue,) = answer.json()["issue"]
    assert issue["details"]["coding"][0]["code"] == reason
    assert issue.get("expression", []) == list(elements)
    assert "Sofie" not in answer.text


def test_the_server_says_what_it_does(browser: Browser) -> None:
    CapabilityStatement.model_validate(browser.get("/api/fhir/metadata").json())


def test_a_task_is_read_with_its_version(recipient: Program) -> None:
    answer = recipient.get(f"/Task/{REFERRAL}")
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert answer.json()["for"] == {"reference": f"Patient/{CITIZEN}"}


def test_the_reason_is_read_through_consents_only(sender: Program, browser: Browser) -> None:
    browser.services.entries.append(
        entry("referrals.ReferralDrafted", 23, FAMILY, "referral", personal={"reason": WHY})
    )
    assert sender.get(f"/ServiceRequest/{REFERRAL}").json()["reasonCode"] == [{"text": WHY}]
    asked = browser.services.last(timeline.GetTimeline)
    assert (asked.citizen, asked.purpose, list(asked.sources)) == (CITIZEN, "mentoring", ["referrals"])
    browser.services.refuse["GetTimeline"] = Refused(Kind.UNKNOWN, "CITIZEN_UNKNOWN", "")
    assert "reasonCode" not in sender.get(f"/ServiceRequest/{REFERRAL}").json()
    browser.services.refuse["GetTimeline"] = Refused(Kind.UNAVAILABLE, "ACCESS_LOG_UNAVAILABLE", "")
    refused(sender.get(f"/ServiceRequest/{REFERRAL}"), 503, "ACCESS_LOG_UNAVAILABLE")


def test_searches_answer_bundles(sender: Program, recipient: Program, browser: Browser) -> None:
    for path, total in (
        (f"/Task?requester=Organization/{FAMILY}&status=requested", 1),
        (f"/Task?patient=Patient/{CITIZEN}&_page=outbox.", 1),
        (f"/Task?owner=Organization/{NGO}", 0),
        (f"/ServiceRequest?requester={FAMILY}&status=active", 1),
        (f"/ServiceRequest?requester={FAMILY}&status=draft", 0),
        ("/Organization", 5),
    ):
        found = sender.get(path).json()
        Bundle.model_validate(found)
        assert len(found.get("entry", [])) == total, path
    first = sender.get("/Task").json()
    assert first["link"][0]["url"].endswith("/api/fhir/Task?_page=outbox")
    assert not [one for one in browser.services.asked if isinstance(one, timeline.GetTimeline)]
    refused(recipient.get("/Task?subject=Sofie"), 400, "ELEMENT_REFUSED", "subject")
    refused(recipient.get("/Task?_count=x"), 400, "ELEMENT_REFUSED", "_count")


def test_a_transaction_drafts_and_sends(sender: Program, browser: Browser) -> None:
    key = {"x-request-id": "b7d3e5a2-0000-4000-8000-000000000002"}
    answer = sender.send("POST", "", transaction(), **key)
    assert answer.status_code == 200, answer.text
    Bundle.model_validate(answer.json())
    draft = browser.services.last(referrals.DraftReferral)
    assert (draft.recipient, draft.reason, list(draft.categories)) == (NGO, "Hvorfor", ["family", "housing"])
    sent = browser.services.last(referrals.RequestReferral)
    sender.send("POST", "", transaction(), **key)
    assert browser.services.last(referrals.DraftReferral) == draft
    assert browser.services.last(referrals.RequestReferral) == sent


def test_without_a_basis_nothing_is_made(sender: Program, browser: Browser) -> None:
    bundle = transaction()
    bundle["entry"][0]["resource"]["category"] = [
        {"coding": [{"system": "https://samspor.example/fhir/CodeSystem/category", "code": "economy"}]}
    ]
    refused(sender.send("POST", "", bundle), 409, "BASIS_MISSING")
    assert browser.services.last(consents.CheckBasis).organisation == NGO
    assert not [one for one in browser.services.asked if isinstance(one, referrals.DraftReferral)]


def test_what_cannot_be_sent_is_taken_back(sender: Program, browser: Browser) -> None:
    browser.services.refuse["RequestReferral"] = Refused(Kind.INVALID, "REPLY_BY_PASSED", "")
    refused(sender.send("POST", "", transaction()), 400, "REPLY_BY_PASSED")
    assert browser.services.last(referrals.CancelReferral).reason == "sent_by_mistake"


def test_the_owner_moves_its_task(recipient: Program, browser: Browser) -> None:
    task = recipient.get(f"/Task/{REFERRAL}").json()
    path = f"/Task/{REFERRAL}"
    assert recipient.send("PUT", path, task | {"status": "accepted"}, **{"if-match": 'W/"2"'}).status_code == 200
    accepted = browser.services.last(referrals.AcceptReferral)
    assert (accepted.referral, accepted.command.expected_version) == (REFERRAL, 2)
    reason = {"coding": [{"system": "https://samspor.example/fhir/CodeSystem/reject-reason", "code": "no_capacity"}]}
    recipient.send("PUT", path, task | {"status": "rejected", "statusReason": reason | {"text": "Først til marts."}})
    rejected = browser.services.last(referrals.RejectReferral)
    assert (rejected.reason, rejected.note) == ("no_capacity", "Først til marts.")
    unknown = {"coding": [reason["coding"][0] | {"code": "bored"}]}
    refused(
        recipient.send("PUT", path, task | {"status": "rejected", "statusReason": unknown}),
        400,
        "ELEMENT_REFUSED",
        "Task.statusReason",
    )


def test_what_is_no_fhir_of_ours_is_told_so(sender: Program, browser: Browser) -> None:
    refused(browser.get(f"/api/fhir/Task/{REFERRAL}"), 401, "TOKEN_MISSING")
    refused(sender.send("POST", "/Task", b"{"), 400, "ELEMENT_REFUSED", "Resource")
    refused(sender.send("POST", "/Task", [1]), 400, "ELEMENT_REFUSED", "Resource.resourceType")
    batch = {"resourceType": "Bundle", "type": "batch", "entry": [1]}
    refused(sender.send("POST", "", batch), 400, "ELEMENT_REFUSED", "Bundle.type")
    refused(sender.get("/Task/Sofie"), 404, "NOT_FOUND")
    stale = sender.send("PUT", f"/Task/{REFERRAL}", {"resourceType": "Task"}, **{"if-match": "x"})
    refused(stale, 400, "ELEMENT_REFUSED", "Resource.meta.versionId")
    task = transaction()["entry"][1]["resource"]
    other = transaction(owner={"reference": f"Organization/{FAMILY}"})
    refused(sender.send("POST", "", other), 400, "ELEMENT_REFUSED", "Bundle.entry[1].resource.owner")
    refused(sender.send("POST", "/Task", task), 400, "ELEMENT_REFUSED", "Task.focus.reference")


def test_a_received_referral_is_sent_on(sender: Program, browser: Browser) -> None:
    """The guide's indirect workflow: the request is based on the one received, and its task is part of that one's."""
    bundle = transaction(partOf=[{"reference": f"Task/{REFERRAL}"}])
    refused(sender.send("POST", "", bundle), 400, "ELEMENT_REFUSED", "Bundle.entry[1].resource.partOf")
    bundle["entry"][0]["resource"]["basedOn"] = [{"reference": f"ServiceRequest/{REFERRAL}"}]
    assert sender.send("POST", "", bundle).status_code == 200
    assert browser.services.last(referrals.DraftReferral).part_of == REFERRAL


def test_a_service_is_read_by_its_id(sender: Program) -> None:
    found = sender.get("/HealthcareService").json()["entry"][0]["resource"]
    read = sender.get(f"/HealthcareService/{found['id']}")
    assert (read.status_code, read.json()) == (200, found)
    (again,) = sender.get(f"/HealthcareService?_id={found['id']}").json()["entry"]
    assert again["resource"] == found
    refused(sender.get(f"/HealthcareService/{REFERRAL}"), 404, "SERVICE_UNKNOWN")
    assert "entry" not in sender.get(f"/HealthcareService?_id={REFERRAL}").json()


def test_who_helps_and_with_what_is_registered(sender: Program, browser: Browser) -> None:
    organization = {
        "resourceType": "Organization",
        "name": "Mentors",
        "type": [{"coding": [{"system": "https://samspor.example/fhir/CodeSystem/organisation-kind", "code": "ngo"}]}],
    }
    made = sender.send("POST", "/Organization", organization)
    assert (made.status_code, made.headers["location"]) == (201, f"/api/fhir/Organization/{made.json()['id']}")
    assert browser.services.last(partners.RegisterOrganisation).kind == "ngo"
    offered = {
        "resourceType": "HealthcareService",
        "providedBy": {"reference": f"Organization/{NGO}"},
        "name": "Mentor",
    }
    assert sender.send("POST", "/HealthcareService", offered).status_code == 201
    published = browser.services.last(partners.PublishService)
    assert (published.organisation, published.name, published.status) == (NGO, "Mentor", "active")
    long = offered | {"name": "x" * 201}
    refused(sender.send("POST", "/HealthcareService", long), 400, "ELEMENT_REFUSED", "HealthcareService.name")
