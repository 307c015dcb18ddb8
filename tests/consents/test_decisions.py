"""Who may see what: the whole entry, that there is one, or nothing. As a table."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec
import pytest

from libs.eventlog import Context, Event
from libs.spec.scenario import NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.decisions import AccessClass, Question, decide_classes
from tests.consents.people import (
    BASIS,
    CLINIC,
    CONSENT,
    DAY,
    ESTABLISHED,
    FAMILY,
    GIVEN,
    NGO,
    REGISTERED,
    YEAR,
)
from tests.consents.viewers import (
    AUDITED,
    AUDITOR,
    CASEWORKER,
    ENDED,
    FACTS,
    LONE,
    MENTOR,
    ONESELF,
    OTHER_CASE,
    POLICIES,
    SOMEBODY_ELSE,
    STRANGER,
    WITHDRAWN,
    decide,
    entry,
    viewer,
)


class Row(NamedTuple):
    of: AccessClass
    viewer: Context
    purpose: str
    outcome: str
    reason: str
    facts: tuple[Event, ...] = FACTS
    at: datetime = NOW + DAY


TABLE: Final[dict[str, Row]] = {
    "own": Row(entry(FAMILY, "crime"), CASEWORKER, "casework", "full", "OWN_RECORD"),
    "statutory": Row(entry(NGO), CASEWORKER, "casework", "full", "BASIS_STATUTORY"),
    "statutory, another purpose": Row(entry(NGO), CASEWORKER, "treatment", "stub", "BASIS_MISSING"),
    "statutory, another category": Row(entry(NGO, "health"), CASEWORKER, "casework", "stub", "BASIS_MISSING"),
    "statutory, another case": Row(entry(NGO, case=OTHER_CASE), CASEWORKER, "casework", "stub", "BASIS_MISSING"),
    "statutory, no case": Row(entry(NGO, case=""), CASEWORKER, "casework", "stub", "BASIS_MISSING"),
    "statutory, ended": Row(
        entry(NGO), CASEWORKER, "casework", "none", "RELATION_MISSING", (REGISTERED, ESTABLISHED, ENDED)
    ),
    "statutory, not begun": Row(
        entry(NGO), CASEWORKER, "casework", "none", "RELATION_MISSING", at=NOW - timedelta(microseconds=1)
    ),
    "own, when no basis is left": Row(
        entry(FAMILY), CASEWORKER, "casework", "full", "OWN_RECORD", (REGISTERED, ESTABLISHED, ENDED)
    ),
    "consent": Row(entry(FAMILY), MENTOR, "mentoring", "full", "CONSENT_GIVEN"),
    "consent, another category": Row(entry(FAMILY, "economy"), MENTOR, "mentoring", "stub", "CONSENT_MISSING"),
    "consent, another purpose": Row(entry(FAMILY), MENTOR, "coordination", "stub", "CONSENT_MISSING"),
    "consent, last instant": Row(
        entry(FAMILY), MENTOR, "mentoring", "full", "CONSENT_GIVEN", at=NOW + YEAR - timedelta(microseconds=1)
    ),
    "consent, expired": Row(entry(FAMILY), MENTOR, "mentoring", "none", "RELATION_MISSING", at=NOW + YEAR),
    "consent, withdrawn": Row(entry(FAMILY), MENTOR, "mentoring", "none", "RELATION_MISSING", (*FACTS, WITHDRAWN)),
    "consent, withdrawn in part": Row(
        entry(FAMILY, "housing"),
        MENTOR,
        "mentoring",
        "stub",
        "CONSENT_WITHDRAWN",
        (
            *FACTS,
            msgspec.structs.replace(WITHDRAWN, categories=("housing",), successor="s"),
            msgspec.structs.replace(GIVEN, consent="s", categories=("family", "education"), replaces=CONSENT),
        ),
    ),
    "consent, expired in part": Row(
        entry(FAMILY, "housing"),
        MENTOR,
        "mentoring",
        "stub",
        "CONSENT_EXPIRED",
        (*FACTS, msgspec.structs.replace(GIVEN, consent="s", categories=("family",), until=NOW + 2 * YEAR)),
        NOW + YEAR,
    ),
    "consent, from other sources": Row(
        entry(FAMILY),
        MENTOR,
        "mentoring",
        "stub",
        "CONSENT_MISSING",
        (REGISTERED, msgspec.structs.replace(GIVEN, sources=(CLINIC,))),
    ),
    "consent, from this source": Row(
        entry(CLINIC),
        MENTOR,
        "mentoring",
        "full",
        "CONSENT_GIVEN",
        (REGISTERED, msgspec.structs.replace(GIVEN, sources=(CLINIC,))),
    ),
    "stranger": Row(entry(FAMILY), STRANGER, "casework", "none", "RELATION_MISSING"),
    "confidential, caseworker": Row(
        entry(NGO, "family", "confidential"), CASEWORKER, "casework", "full", "BASIS_STATUTORY"
    ),
    "confidential, ngo worker": Row(
        entry(FAMILY, "family", "confidential"), MENTOR, "mentoring", "stub", "SENSITIVITY_CONFIDENTIAL"
    ),
    "confidential, one's own": Row(entry(NGO, "family", "confidential"), MENTOR, "mentoring", "full", "OWN_RECORD"),
    "protected, named": Row(entry(CLINIC, "mental_health", "protected"), LONE, "treatment", "full", "OWN_RECORD"),
    "protected, a colleague": Row(
        entry(CLINIC, "mental_health", "protected"), viewer(CLINIC), "treatment", "none", "SENSITIVITY_PROTECTED"
    ),
    "protected, named in another case": Row(
        entry(CLINIC, "mental_health", "protected", OTHER_CASE), LONE, "treatment", "none", "SENSITIVITY_PROTECTED"
    ),
    "protected, in no case": Row(
        entry(CLINIC, "mental_health", "protected", ""), LONE, "treatment", "none", "SENSITIVITY_PROTECTED"
    ),
    "protected, on a basis": Row(
        entry(CLINIC, "family", "protected"), CASEWORKER, "casework", "none", "SENSITIVITY_PROTECTED"
    ),
    "protected, named without a basis for it": Row(
        entry(FAMILY, "family", "protected"), LONE, "treatment", "stub", "BASIS_MISSING"
    ),
    "protected, oneself": Row(
        entry(CLINIC, "family", "protected"), ONESELF, "own_access", "none", "SENSITIVITY_PROTECTED"
    ),
    "protected, auditor": Row(
        entry(CLINIC, "family", "protected"), AUDITOR, "audit", "none", "SENSITIVITY_PROTECTED", (*FACTS, AUDITED)
    ),
    "oneself": Row(entry(FAMILY, "crime"), ONESELF, "own_access", "full", "ABOUT_ONESELF"),
    "oneself, confidential": Row(
        entry(FAMILY, "crime", "confidential"), ONESELF, "own_access", "full", "ABOUT_ONESELF"
    ),
    "oneself, another purpose": Row(entry(FAMILY), ONESELF, "casework", "none", "ROLE_MISSING"),
    "somebody else": Row(entry(FAMILY), SOMEBODY_ELSE, "own_access", "none", "RELATION_MISSING"),
    "a citizen whose token bears an organisation": Row(
        entry(FAMILY), replace(SOMEBODY_ELSE, organisation=FAMILY), "own_access", "none", "RELATION_MISSING"
    ),
    "auditor": Row(entry(FAMILY, "crime"), AUDITOR, "audit", "full", "BASIS_STATUTORY", (*FACTS, AUDITED)),
    "auditor without ground": Row(entry(FAMILY), AUDITOR, "audit", "none", "RELATION_MISSING"),
    "auditor, another purpose": Row(entry(FAMILY), AUDITOR, "casework", "none", "BASIS_MISSING", (*FACTS, AUDITED)),
    "an audit by who is no auditor": Row(
        entry(FAMILY), STRANGER, "audit", "none", "RELATION_MISSING", (*FACTS, AUDITED)
    ),
    "own, as an audit": Row(entry(FAMILY), CASEWORKER, "audit", "none", "ROLE_MISSING"),
    **{
        f"{role} of an organisation with a basis": Row(
            entry(NGO), viewer(FAMILY, role), "casework", "none", "RELATION_MISSING"
        )
        for role in ("partner_administrator", "operator", "integrator", "service", "")
    },
}


@pytest.mark.parametrize("name", TABLE)
def test_who_sees_what(name: str) -> None:
    row = TABLE[name]
    decision = decide(row.of, row.viewer, row.purpose, row.facts, row.at)
    assert (decision.outcome, decision.reason) == (row.outcome, row.reason)
    assert (decision.outcome == "full") == bool({*decision.policies} & READS)


READS: Final = {"read_own_record", "read_on_statutory_basis", "read_on_consent", "read_about_oneself"}


def test_a_yes_names_the_basis_and_its_law() -> None:
    statutory = decide(entry(NGO), CASEWORKER, "casework", FACTS, NOW)
    assert (statutory.basis, statutory.law, statutory.policies) == (
        BASIS,
        ESTABLISHED.law,
        ("read_on_statutory_basis",),
    )
    consent = decide(entry(FAMILY), MENTOR, "mentoring", FACTS, NOW)
    assert (consent.basis, consent.law, consent.policies) == (CONSENT, "", ("read_on_consent",))


def test_classes_are_answered_in_their_order() -> None:
    classes = [entry(FAMILY, "economy"), entry(FAMILY), entry(CLINIC, "family", "protected"), entry(FAMILY, "housing")]
    citizen = given(DECIDER, *FACTS).state
    answers = decide_classes(POLICIES, citizen, Question(MENTOR, "mentoring", NOW), classes)
    assert [answer.outcome for answer in answers] == ["stub", "full", "none", "full"]
    assert decide_classes(POLICIES, citizen, Question(MENTOR, "mentoring", NOW), []) == []
