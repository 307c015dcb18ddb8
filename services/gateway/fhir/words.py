"""Our codes beside those of the SDOH Clinical Care guide (hl7.org/fhir/us/sdoh-clinicalcare)."""

from collections.abc import Iterable
from typing import Final

from libs.fhir.elements import Coding, Concept, Text, coding
from services.vocabulary import STEP_REASONS

ROOT: Final = "/api/fhir"
JSON: Final = "application/fhir+json"
GUIDE: Final = "http://hl7.org/fhir/us/sdoh-clinicalcare"
TASK_PROFILE: Final = f"{GUIDE}/StructureDefinition/SDOHCC-TaskForReferralManagement"
REQUEST_PROFILE: Final = f"{GUIDE}/StructureDefinition/SDOHCC-ServiceRequest"
SERVICE_PROFILE: Final = f"{GUIDE}/StructureDefinition/SDOHCC-HealthcareService"
GUIDE_CODES: Final = f"{GUIDE}/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
TASK_CODE: Final = "http://hl7.org/fhir/CodeSystem/task-code"

OURS: Final = "https://samspor.example/fhir"
CATEGORY: Final = f"{OURS}/CodeSystem/category"
PURPOSE: Final = f"{OURS}/CodeSystem/purpose"
OUTPUT: Final = f"{OURS}/CodeSystem/task-output"
KIND: Final = f"{OURS}/CodeSystem/organisation-kind"
REASON: Final = f"{OURS}/CodeSystem/reason"
"""Of refusals."""
ACKNOWLEDGE_BY: Final = f"{OURS}/StructureDefinition/referral-acknowledge-by"

THEIRS: Final = {
    "economy": "financial-insecurity",
    "education": "educational-attainment",
    "employment": "employment-status",
    "housing": "housing-instability",
    "crime": "incarceration-status",
}
"""Our category -> the guide's code, where it has one that is near."""
FULFILL: Final = Concept(coding=[coding(TASK_CODE, "fulfill")])
STEPS: Final = {
    "accepted": "accept",
    "rejected": "reject",
    "cancelled": "cancel",
    "failed": "fail",
    "on-hold": "hold",
    "entered-in-error": "error",
}
"""Task.status -> the kind of step whose reasons it has."""


def system(vocabulary: str) -> str:
    return f"{OURS}/CodeSystem/{vocabulary.replace('_', '-')}"


def categories(codes: Iterable[str]) -> list[Concept]:
    """Ours first, which is exact; the guide's beside it for readers who do not know us."""
    return [
        Concept(
            coding=[
                coding(CATEGORY, code),
                *([coding(GUIDE_CODES, THEIRS[code])] if code in THEIRS else []),
            ]
        )
        for code in codes
    ]


def step_reason(status: str, code: str) -> Text | None:
    """Task.statusReason; the guide wants it in words too."""
    kind = STEPS.get(status, "")
    if not (kind and code):
        return None
    said = STEP_REASONS[kind].get(code, {}).get("en", code)
    return Text(coding=[coding(system(f"{kind}_reason"), code)], text=said)


def own_words(status: str, code: str) -> frozenset[str]:
    """What the code is called in any of our languages: such a text says no more than the code."""
    return frozenset(STEP_REASONS.get(STEPS.get(status, ""), {}).get(code, {}).values())


def code_of(codings: Iterable[Coding], wanted: str) -> str:
    """The first code of the system; empty where there is none."""
    return next((each.code for each in codings if each.system == wanted), "")
