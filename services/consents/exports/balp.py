"""An access record as FHIR R4 AuditEvent, after IHE ITI Basic Audit Log Patterns (BALP) 1.1, profile PatientRead."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal

import msgspec

from libs.eventlog import Recorded
from libs.fhir.elements import Coding, Concept, Element, Reference, coding, concept, reference, urn
from services.consents.events import AccessRecorded
from services.consents.exports.terms import CANONICAL, TERMS

PROFILE: Final = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"
SYSTEM: Final = f"{CANONICAL}/fhir/CodeSystem"
NAMING: Final = f"{CANONICAL}/fhir/NamingSystem"
HL7: Final = "http://terminology.hl7.org/CodeSystem"
REST: Final = coding(f"{HL7}/audit-event-type", "rest", "Restful Operation")
READ: Final = coding("http://hl7.org/fhir/restful-interaction", "read", "read")
CLIENT: Final = concept("http://dicom.nema.org/resources/ontology/DCM", "110152", "Destination Role ID")
SERVER: Final = concept("http://dicom.nema.org/resources/ontology/DCM", "110153", "Source Role ID")
USER: Final = concept(f"{HL7}/v3-ParticipationType", "IRCP", "information recipient")
CONTROLLER: Final = concept(f"{HL7}/v3-ParticipationType", "PRCP", "primary information recipient")
LOGIN: Final = "login"
"""Client of a reader who asked directly: an application that people sign in to."""
ITSELF: Final = "consents"


class Meta(Element, frozen=True, kw_only=True):
    profile: list[str]


class Named(Element, frozen=True, kw_only=True):
    """Identifier."""

    system: str
    value: str


class Who(Element, frozen=True, kw_only=True):
    """A Reference to what has no resource here: by identifier."""

    identifier: Named


class Network(Element, frozen=True, kw_only=True):
    address: str
    type: Literal["1"]
    """Machine name."""


class Agent(Element, frozen=True, kw_only=True):
    type: Concept
    who: Who | Reference
    requestor: bool
    network: Network | None = None


class Source(Element, frozen=True, kw_only=True):
    observer: Who
    type: list[Coding]


class Detail(Element, frozen=True, kw_only=True):
    type: str
    value_string: str


class Entity(Element, frozen=True, kw_only=True):
    what: Who | Reference | None = None
    type: Coding
    role: Coding | None = None
    description: str = ""
    detail: list[Detail] = msgspec.field(default_factory=list)


class AuditEvent(Element, frozen=True, kw_only=True):
    resource_type: Literal["AuditEvent"]
    id: str
    meta: Meta
    type: Coding
    subtype: list[Coding]
    action: Literal["R"]
    recorded: datetime
    outcome: Literal["0"]
    purpose_of_event: list[Concept]
    agent: list[Agent]
    source: Source
    entity: list[Entity]


class Entry(Element, frozen=True, kw_only=True):
    full_url: str
    resource: AuditEvent


class Bundle(Element, frozen=True, kw_only=True):
    resource_type: Literal["Bundle"]
    type: Literal["collection"]
    entry: list[Entry] = msgspec.field(default_factory=list)


def bundle_of(events: Iterable[AuditEvent]) -> str:
    """One page of a list of looks, as JSON."""
    entries = [Entry(full_url=urn(each.id), resource=each) for each in events]
    return msgspec.json.encode(Bundle(resource_type="Bundle", type="collection", entry=entries)).decode()


def audit_event(record: Recorded, actor: str) -> AuditEvent:
    """`actor`: the person who looked, where the viewer of the list may know; empty: only the organisation is named."""
    event = record.event
    assert isinstance(event, AccessRecorded)
    return AuditEvent(
        resource_type="AuditEvent",
        id=record.subject,
        meta=Meta(profile=[PROFILE]),
        type=REST,
        subtype=[READ],
        action="R",
        recorded=record.recordedtime,
        outcome="0",
        purpose_of_event=[
            concept(f"{SYSTEM}/purpose", event.purpose),
            concept(f"{HL7}/v3-ActReason", TERMS.purposes[event.purpose].fhir),
        ],
        agent=agents_of(record.organisation, actor, event.via or LOGIN),
        source=Source(observer=part(ITSELF), type=[coding(f"{HL7}/security-source-type", "4", "Application Server")]),
        entity=entities_of(event),
    )


def agents_of(organisation: str, actor: str, client: str) -> list[Agent]:
    """BALP asks for a client and a server, each with its place in the network, and for the user if there is one."""
    controller = [Agent(type=CONTROLLER, who=reference(organisation, "Organization"), requestor=not actor)]
    user = [Agent(type=USER, who=Who(identifier=Named(system=f"{NAMING}/person", value=actor)), requestor=True)]
    return [
        Agent(type=CLIENT, who=part(client), requestor=False, network=Network(address=client, type="1")),
        Agent(type=SERVER, who=part(ITSELF), requestor=False, network=Network(address=ITSELF, type="1")),
        *(user if actor else []),
        *(controller if organisation else []),
    ]


def part(name: str) -> Who:
    """A process of this installation."""
    return Who(identifier=Named(system=f"{NAMING}/process", value=name))


def entities_of(event: AccessRecorded) -> list[Entity]:
    """The timeline, the citizen, and in an entity of our own what the profile has no room for."""
    timeline = Who(identifier=Named(system=f"{NAMING}/timeline", value=event.citizen))
    return [
        Entity(
            what=timeline,
            type=coding(f"{HL7}/audit-entity-type", "2", "System Object"),
            role=coding(f"{HL7}/object-role", "4", "Domain Resource"),
        ),
        Entity(
            what=reference(event.citizen, "Patient"),
            type=coding(f"{HL7}/audit-entity-type", "1", "Person"),
            role=coding(f"{HL7}/object-role", "1", "Patient"),
        ),
        Entity(
            type=coding(f"{HL7}/audit-entity-type", "4", "Other"),
            description="What was shown, and by which decision",
            detail=[Detail(type=name, value_string=value) for name, value in details_of(event)],
        ),
    ]


def details_of(event: AccessRecorded) -> list[tuple[str, str]]:
    """Categories with their numbers of entries, bases, and the policies that decided: what a list of looks tells."""
    counted = {"seen": event.seen, "withheld": event.withheld}
    return [
        *((name, f"{category}: {count}") for name, counts in counted.items() for category, count in counts.items()),
        *(("basis", basis) for basis in event.bases),
        ("policy-set", event.policy_set),
    ]
