"""Access records as AuditEvents after BALP, and who has seen what on the ground of a consent."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from fhir.resources.R4B.bundle import Bundle

from libs.eventlog import Recorded
from libs.host.times import timestamp
from libs.spec.sample import sample_record
from libs.spec.scenario import NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.events import AccessRecorded
from services.consents.exports.balp import PROFILE, audit_event, bundle_of
from services.consents.exports.seen import seen_under
from tests.consents.people import BASIS, CITIZEN, CONSENT, FAMILY, GIVEN, NGO, REGISTERED

DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
SLICES: Final = {"who", "type", "requestor"}
"""What BALP allows of an agent; a client and a server have a place in the network beside it."""


def look(minutes: int = 0, organisation: str = NGO, **changes: Any) -> Recorded:
    fields: dict[str, Any] = {
        "citizen": CITIZEN,
        "purpose": "mentoring",
        "via": "timeline",
        "seen": {"family": 2},
        "withheld": {"economy": 1},
        "entries": ("0189aaaa-0000-7000-8000-000000000001/1", "0189aaaa-0000-7000-8000-000000000002/1"),
        "bases": (CONSENT,),
        "reasons": ("CONSENT_GIVEN", "CONSENT_MISSING"),
        "policy_set": "ab" * 32,
    }
    return msgspec.structs.replace(
        sample_record(AccessRecorded),
        event=AccessRecorded(**fields | changes),
        organisation=organisation,
        actor="nadia",
        recordedtime=at(minutes),
    )


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def told(record: Recorded, actor: str = "nadia") -> Any:
    document = json.loads(bundle_of([audit_event(record, actor)]))
    Bundle.model_validate(document)
    (entry,) = document["entry"]
    assert entry["fullUrl"] == f"urn:uuid:{record.subject}"
    AuditEvent.model_validate(entry["resource"])
    return entry["resource"]


def slices(parts: list[Any]) -> dict[str, Any]:
    """By the code of their type, which is what BALP tells slices apart by; each is there once."""
    found = {(part["type"].get("coding") or [part["type"]])[0]["code"]: part for part in parts}
    assert len(found) == len(parts)
    return found


@pytest.mark.parametrize("via", ["timeline", ""])
def test_a_look_is_an_audit_event_after_balp(via: str) -> None:
    event = told(look(via=via))
    assert (event["meta"]["profile"], event["action"], event["outcome"]) == ([PROFILE], "R", "0")
    assert (event["type"]["code"], [each["code"] for each in event["subtype"]]) == ("rest", ["read"])
    assert datetime.fromisoformat(event["recorded"]) == NOW
    agents = slices(event["agent"])
    assert set(agents) == {"110152", "110153", "IRCP", "PRCP"}
    for code in ("110152", "110153"):
        assert agents[code]["type"]["coding"][0]["system"] == DCM
        assert set(agents[code]) == SLICES | {"network"}
        assert agents[code]["network"]["address"]
    assert set(agents["IRCP"]) == SLICES
    assert [code for code, agent in agents.items() if agent["requestor"]] == ["IRCP"]
    assert agents["IRCP"]["who"]["identifier"]["value"] == "nadia"
    assert agents["PRCP"]["who"] == {"reference": f"urn:uuid:{NGO}", "type": "Organization"}
    entities = slices(event["entity"])
    assert set(entities) == {"2", "1", "4"}
    assert set(entities["2"]) == {"what", "type", "role"}
    assert set(entities["1"]) == {"what", "type", "role"}
    assert entities["1"]["role"]["code"] == "1"
    assert entities["1"]["what"] == {"reference": f"urn:uuid:{CITIZEN}", "type": "Patient"}
    assert event["source"]["observer"]["identifier"]["value"] == "consents"


def test_a_look_says_what_for_and_what_was_shown() -> None:
    event = told(look())
    assert [each["coding"][0]["code"] for each in event["purposeOfEvent"]] == ["mentoring", "SUPNWK"]
    details = [(each["type"], each["valueString"]) for each in slices(event["entity"])["4"]["detail"]]
    assert details == [
        ("seen", "family: 2"),
        ("withheld", "economy: 1"),
        ("basis", CONSENT),
        ("policy-set", "ab" * 32),
    ]


def test_who_may_not_be_named_is_not() -> None:
    event = told(look(), actor="")
    assert "nadia" not in json.dumps(event)
    agents = slices(event["agent"])
    assert "IRCP" not in agents
    assert [code for code, agent in agents.items() if agent["requestor"]] == ["PRCP"]


def test_a_page_without_looks_is_a_bundle() -> None:
    document = json.loads(bundle_of([]))
    Bundle.model_validate(document)
    assert document == {"resourceType": "Bundle", "type": "collection"}


def test_who_has_seen_what_on_the_ground_of_a_consent() -> None:
    basis = given(DECIDER, REGISTERED, GIVEN).state.basis(CONSENT)
    assert basis is not None
    looks = [
        look(1, seen={"family": 2}),
        look(2, FAMILY, bases=(BASIS,)),
        look(3, seen={"family": 1, "economy": 4}, bases=(BASIS, CONSENT), entries=("x/1", "x/2")),
        look(4, FAMILY, seen={"housing": 1}, entries=("x/1",)),
        look(5, bases=(), entries=("y/1",)),
    ]
    ngo, family = seen_under(basis, looks)
    assert (ngo.organisation, ngo.readings, dict(ngo.seen)) == (NGO, 2, {"family": 3})
    assert (ngo.first, ngo.last) == (timestamp(at(1)), timestamp(at(3)))
    assert list(ngo.entries) == [*look().event.entries, "x/1", "x/2"]  # type: ignore[attr-defined]
    assert (family.organisation, family.readings, list(family.entries)) == (FAMILY, 1, ["x/1"])
    assert seen_under(basis, []) == []
