"""What may this reader see of these classes? Facts are computed here; Cedar decides; anything missing is a no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from libs.eventlog import Context
from libs.host.authorize import Authorizer, principal
from services.consents.basis import Basis
from services.consents.state import STAFF, Citizen

FULL: Final = "full"
STUB: Final = "stub"
NONE: Final = "none"
PAST: Final = {
    "withdrawn": "CONSENT_WITHDRAWN",
    "invalidated": "CONSENT_INVALIDATED",
    "expired": "CONSENT_EXPIRED",
}
"""What became of a consent that covered it -> why it is withheld now."""


class AccessClass(NamedTuple):
    """Entries that are decided alike."""

    organisation: str
    category: str
    sensitivity: str
    case: str


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: str
    reason: str
    basis: str = ""
    law: str = ""
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, what for, and as things stood when."""

    viewer: Context
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What Cedar is told of one class, and the basis that a yes would rest on."""

    attributes: dict[str, Any]
    reason: str
    basis: Basis | None


def decide_classes(
    authorizer: Authorizer, citizen: Citizen, question: Question, classes: Sequence[AccessClass]
) -> list[Decision]:
    """One decision for each class, in their order."""
    relations = citizen.relations_of(question.viewer, question.at)
    facts = [facts_of(citizen, relations, question, each) for each in classes]
    person = principal(question.viewer)
    reads = authorizer.decide_each(person, "Read", [(each.attributes, {}) for each in facts])
    denied = [index for index, verdict in enumerate(reads) if not verdict.allowed]
    known = authorizer.decide_each(person, "Know", [(facts[index].attributes, {}) for index in denied])
    answers = [
        Decision(FULL, fact.reason, *(fact.basis.id, fact.basis.law) if fact.basis else ("", ""), verdict.policies)
        for fact, verdict in zip(facts, reads, strict=True)
    ]
    for index, verdict in zip(denied, known, strict=True):
        reason = why_not(citizen, question, classes[index], facts[index])
        answers[index] = Decision(STUB if verdict.allowed else NONE, reason, policies=verdict.policies)
    return answers


def facts_of(citizen: Citizen, relations: Sequence[Basis], question: Question, of: AccessClass) -> Facts:
    """A basis counts when it is one of the viewer's `relations`, in force then, and covers the class."""
    viewer, purpose, at = question.viewer, question.purpose, question.at
    covering = [each for each in relations if each.covers(of.category, purpose, of.organisation, of.case)]
    lawful = next((each for each in covering if not each.is_consent), None)
    consent = next((each for each in covering if each.is_consent), None)
    is_citizen = viewer.role == "citizen"
    own = viewer.organisation == of.organisation and viewer.role in STAFF
    oneself = is_citizen and viewer.actor == citizen.id
    represents = is_citizen and citizen.is_represented_by(viewer.actor, at)
    emergencies = citizen.emergencies_of(viewer, at)
    emergency = any(of.category in each.categories and purpose == each.purpose for each in emergencies)
    blocked = citizen.is_blocked(of.category, viewer.organisation)
    grounds: tuple[tuple[object, str, Basis | None], ...] = (
        (oneself, "ABOUT_ONESELF", None),
        (represents, "REPRESENTED", None),
        (own, "OWN_RECORD", None),
        (lawful, "BASIS_DESPITE_BLOCK" if blocked else f"BASIS_{lawful.kind.upper()}" if lawful else "", lawful),
        (consent and not blocked, "CONSENT_GIVEN", consent),
        (emergency, "EMERGENCY", None),
    )
    reason, basis = next(((reason, basis) for holds, reason, basis in grounds if holds), ("", None))
    attributes = {
        "own": own,
        "self": oneself,
        "represents": represents,
        "statutory": lawful is not None,
        "consent": consent is not None,
        "emergency": emergency,
        "blocked": blocked,
        "named": any(each.names(viewer.actor, of.case) for each in relations),
        "related": bool(relations) or bool(emergencies),
        "restricted": citizen.restricts(of.organisation),
        "sensitivity": of.sensitivity,
        "purpose": purpose,
    }
    return Facts(attributes, reason, basis)


def why_not(citizen: Citizen, question: Question, of: AccessClass, facts: Facts) -> str:
    """The reason code of a refusal: what is missing, or what was there once."""
    viewer, purpose, at = question.viewer, question.purpose, question.at
    attributes = facts.attributes
    if of.sensitivity == "protected" and not attributes["named"]:
        return "SENSITIVITY_PROTECTED"
    if facts.reason:
        if attributes["restricted"]:
            return "RESTRICTED"
        return "SENSITIVITY_CONFIDENTIAL" if of.sensitivity == "confidential" else "ROLE_MISSING"
    if attributes["consent"]:
        return "BLOCKED"
    if not attributes["related"]:
        return "RELATION_MISSING"
    asked = (of.category, purpose, of.organisation, of.case)
    held = [each for each in citizen.bases if each.is_consent and each.holder == viewer.organisation]
    past = {basis.status(at) for basis in held if basis.covers(*asked)}
    return next(
        (reason for status, reason in PAST.items() if status in past),
        "CONSENT_MISSING" if viewer.role == "ngo_worker" else "BASIS_MISSING",
    )
