"""The closed lists of words that commands and events use, each said once.

The words are those of DOMAIN section 3 and of the standards named there: FHIR R4 Task.status, HSDS service.status,
W3C DPV purposes. A field of a request names its list with the option `(rules).vocabulary`; events use the types.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

Category = Literal[
    "contact",
    "family",
    "housing",
    "employment",
    "education",
    "economy",
    "health",
    "mental_health",
    "substance_use",
    "crime",
    "children",
    "plan",
    "referral",
    "administrative",
]
Sensitivity = Literal["open", "normal", "confidential", "protected"]
OrganisationKind = Literal[
    "municipal_department",
    "region",
    "ngo",
    "volunteer_centre",
    "housing_association",
    "social_enterprise",
    "company",
    "treatment",
    "education",
    "other",
]
ParticipantRole = Literal["coordinator", "caseworker", "contributor", "adviser", "observer"]
Role = Literal[
    "caseworker", "coordinator", "ngo_worker", "partner_administrator", "auditor", "citizen", "operator", "integrator"
]
Purpose = Literal["casework", "coordination", "mentoring", "treatment", "housing_support", "audit", "own_access"]
CaseStatus = Literal["open", "suspended", "closed"]
CaseResult = Literal["goal_reached", "partly_reached", "not_reached", "moved", "withdrawn", "transferred"]
CaseRelation = Literal["parent", "child", "related"]
ConsentKind = Literal["procedural_consent", "gdpr_consent"]
LegalGround = Literal[
    "statutory",
    "legal_obligation",
    "public_task",
    "vital_interest",
    "legal_claim",
    "contract",
    "legitimate_interest",
    "made_public",
]
"""Grounds of GDPR articles 6(1) and 9(2) that are no consent; `statutory`: one with a law reference of its own."""
GivenHow = Literal["written", "digital", "oral_with_witness"]
InvalidationGround = Literal["not_freely_given", "not_informed", "no_authority", "recorded_by_mistake"]
Representing = Literal["parent", "guardian", "power_of_attorney", "appointed_by_court"]
ReviewFinding = Literal["justified", "unjustified"]
ConsentFormat = Literal["iso-27560", "fhir-r4"]
Right = Literal["erasure", "restriction"]
RightOutcome = Literal["granted", "refused", "restricted", "legal_hold"]
RightStatus = Literal["requested", "granted", "partly_granted", "refused", "restricted", "lifted", "legal_hold"]
ReferralStatus = Literal[
    "draft",
    "requested",
    "received",
    "accepted",
    "rejected",
    "cancelled",
    "ready",
    "in-progress",
    "on-hold",
    "completed",
    "failed",
    "entered-in-error",
]
ReferralStage = Literal["draft", "awaited", "waitlisted", "under_way", "on_hold", "over"]
"""Of a board: what is to be done next, and by whom."""
ReferralOutcome = Literal["goal_reached", "partly_reached", "not_reached", "citizen_stopped", "referred_onward"]
GoalReached = Literal["yes", "partly", "no"]
WhatNext = Literal["nothing", "goes_on_here", "sender_follows_up", "referred_onward", "other_help"]
Priority = Literal["routine", "urgent", "asap", "stat"]
"""FHIR R4 request-priority, from the least urgent on."""
BusinessStatus = Literal["waitlisted", "offered"]
Deadline = Literal["acknowledge", "answer"]
"""What is to be done by then."""
Country = Literal["DK", "SE"]
"""Whose public holidays are no working days."""
ServiceStatus = Literal["active", "inactive", "defunct", "temporarily closed"]
CapacityAnswer = Literal["yes", "no", "wait"]
"""Whether there is room."""
AgeBand = Literal["0-9", "10-17", "18-24", "25-39", "40-64", "65-"]
"""Years; wide enough that nobody is known by it."""
HsdsListed = Literal["organization", "service", "service_at_location", "taxonomy", "taxonomy_term"]
"""Entities of the directory that have an address of their own."""
Box = Literal["inbox", "outbox"]
WebhookEnd = Literal["by_hand", "gone", "unreachable"]
CalendarWhose = Literal["own", "organisation"]
DeliveryStatus = Literal["arrived", "waiting", "paused", "given_up"]
DeliveryProblem = Literal["unanswered", "blocked"]
"""Why there was no answer; blocked: the address leads into our own network, and was not called."""
Language = Literal["da", "sv", "en"]
ReplyLinkKind = Literal["answer", "report"]
ReplyLinkStatus = Literal["open", "used", "expired", "revoked", "locked"]
RecordedWarning = Literal["IDENTIFIER_MODULUS_11", "PLACE_PENDING"]
"""What a command records and asks to look at again."""
HouseholdRelation = Literal["parent", "child", "partner", "sibling", "guardian", "ward"]
"""What the other citizen is to the one asked about."""
FindingStatus = Literal["open", "assessed", "closed"]
FindingAssessment = Literal["justified", "unjustified", "unclear"]
FindingMeasure = Literal["none", "talked_to", "reported", "access_changed"]
PartnerResource = Literal[
    "volunteers", "staff", "professionals", "premises", "housing", "transport", "goods", "money", "jobs", "network"
]
PartnerRole = Literal[
    "contact_person",
    "mentor",
    "visiting_friend",
    "companion",
    "adviser",
    "debt_adviser",
    "teacher",
    "therapist",
    "family_supporter",
    "host",
    "employer",
    "activity_leader",
    "case_manager",
    "supervisor",
]
"""What an organisation can be for a citizen or a partner. A companion goes along to meetings (bisidder); a case manager
decides as an authority; a supervisor checks on somebody."""
PartnerFrame = Literal[
    "statutory_task",
    "statutory_confidentiality",
    "public_funding",
    "private_funding",
    "own_income",
    "temporary_funding",
    "volunteers_only",
    "volunteers_and_staff",
    "staff_only",
]
"""Which law binds the organisation, who pays, and who does the work."""
SpokenLanguage = Literal["ar", "da", "de", "en", "fa", "pl", "so", "sv", "tr", "uk"]
"""ISO 639: what a search can ask for; services may name others."""
SearchReason = Literal[
    "name",
    "text",
    "alike",
    "category",
    "topic",
    "area",
    "age",
    "language",
    "accessible",
    "open",
    "room",
    "eligible",
    "ask_first",
    "stale",
]
"""Why a search found a service, and stands where it does; the more important ones first."""
Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
"""As HSDS and RFC 5545 write them."""
Gender = Literal["female", "male", "other"]
"""FHIR R4 administrative-gender; not told: left out."""
Situation = Literal[
    "homeless",
    "unemployed",
    "in_education",
    "in_treatment",
    "substance_use",
    "pregnant",
    "parent",
    "violence",
    "debt",
    "released",
    "referred_by_authority",
]
"""What a service can ask that is so, or that is not so. Released: from prison or an institution."""
REFERRED_ONLY: Final[Situation] = "referred_by_authority"
"""What a service asks for where nobody comes by themselves."""
EligibilityKind = Literal["age", "gender", "municipality", "language", "situation", "no_situation"]
EligibilityVerdict = Literal["eligible", "not_eligible", "to_be_asked"]
CollaborationDegree = Literal["ad_hoc", "ongoing", "partnership"]
"""From the loosest to the closest."""
AgreementStatus = Literal["draft", "proposed", "active", "under_review", "renewed", "ended"]
AgreementEnding = Literal["goals_reached", "period_over", "funding_over", "not_working", "other"]
GoalResult = Literal["reached", "partly_reached", "not_reached", "too_early"]
MatchReason = Literal[
    "need",
    "category",
    "area",
    "eligible",
    "room",
    "agreement",
    "degree",
    "not_needed",
    "other_area",
    "too_young",
    "too_old",
    "not_eligible",
    "no_room",
    "room_unknown",
    "not_active",
    "degree_less",
    "ask_first",
]
"""Why a service fits, and from `not_needed` on why it does not, or less."""
OfferDirection = Literal["offer", "need"]
OfferContact = Literal["website", "volunteer_centre"]
IntroductionStatus = Literal["proposed", "introduced", "declined", "closed"]
IntroductionAnswer = Literal["yes", "no"]
IntroductionOutcome = Literal["agreement", "none"]
Source = Literal["cases", "consents", "referrals", "partners"]

StepReasons = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Kind of step -> code -> language -> words."""
STEP_REASONS: Final = msgspec.toml.decode(
    (Path(__file__).parent / "referrals" / "reasons.toml").read_bytes(), type=StepReasons
)

NAMED_OTHERWISE: Final = {
    "Representing": "representation",
    "EligibilityKind": "eligibility_term",
    "RecordedWarning": "warning",
}
"""Types whose list has another name than theirs."""


def listed(name: str) -> str:
    """The name of a type's list: OrganisationKind, organisation_kind."""
    return NAMED_OTHERWISE.get(name) or re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


VOCABULARIES: Final[dict[str, tuple[str, ...]]] = {
    **{listed(name): get_args(kind) for name, kind in list(globals().items()) if get_origin(kind) is Literal},
    **{f"{kind}_reason": tuple(codes) for kind, codes in STEP_REASONS.items()},
}


def word(text: str) -> Any:
    """A request's word as an event's: the host has looked it up in its list (`Rules.vocabulary`) before any handler."""
    return text


def words(texts: Iterable[str]) -> Any:
    """The words of a repeated field, each once, in their order."""
    return tuple(dict.fromkeys(texts))


def takes_self_referral(status: str, situations: Iterable[str]) -> bool:
    """Whether citizens can ask a service of this status for help themselves, when it is for these situations."""
    return status in ("", "active") and REFERRED_ONLY not in situations
