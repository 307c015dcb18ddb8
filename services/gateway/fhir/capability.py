"""CapabilityStatement (hl7.org/fhir/R4/capabilitystatement.html): what this server does, at /api/fhir/metadata."""

from typing import Any, Final

from services.gateway.fhir.words import GUIDE, REQUEST_PROFILE, SERVICE_PROFILE, TASK_PROFILE

REFERENCE: Final = ("owner", "requester", "performer", "patient", "organization")


def does(kind: str, interactions: str, search: str, profile: str = "") -> dict[str, Any]:
    return {
        "type": kind,
        **({"supportedProfile": [profile]} if profile else {}),
        "interaction": [{"code": each} for each in interactions.split()],
        "versioning": "versioned",
        "searchParam": [
            {"name": each, "type": "reference" if each in REFERENCE else "string" if each == "name" else "token"}
            for each in search.split()
        ],
    }


STATEMENT: Final[dict[str, Any]] = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "date": "2026-11-24",
    "kind": "instance",
    "software": {"name": "Samspor"},
    "implementation": {"description": "Referrals and the directory of partners"},
    "fhirVersion": "4.0.1",
    "format": ["json"],
    "implementationGuide": [f"{GUIDE}/ImplementationGuide/hl7.fhir.us.sdoh-clinicalcare"],
    "rest": [
        {
            "mode": "server",
            "security": {"description": "A bearer token that this installation's services accept."},
            "resource": [
                does("Task", "read search-type create update", "owner requester status patient", TASK_PROFILE),
                does(
                    "ServiceRequest", "read search-type create", "performer requester status patient", REQUEST_PROFILE
                ),
                does("Organization", "read search-type create", "name _id"),
                does("HealthcareService", "read search-type create", "organization name _id", SERVICE_PROFILE),
            ],
            "interaction": [{"code": "transaction"}],
        }
    ],
}
