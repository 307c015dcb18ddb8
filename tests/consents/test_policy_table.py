"""Every combination of small domains, decided by the policies and by an oracle that does not know them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final

import pytest

from libs.spec.scenario import CONTEXT, NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.decisions import AccessClass, Question, decide_classes
from services.vocabulary import VOCABULARIES
from tests.consents.legal_states import MOTHER, NAMED, READER, STATES
from tests.consents.people import CASE, CITIZEN, CLINIC, FAMILY, NGO, REGISTERED, STRANGERS
from tests.consents.viewers import OTHER_CASE, POLICIES
from tests.promises import oracle

ROLES: Final = (*VOCABULARIES["role"], "service", "")
PURPOSES: Final = ("casework", "audit", "own_access")
CATEGORIES: Final = ("family", "housing", "health")


def readers() -> Iterator[oracle.Reader]:
    """Everybody in every role, and citizens whose tokens bear an organisation."""
    for organisation, person, role in product((NGO,), (READER, NAMED), ROLES):
        yield oracle.Reader(person, organisation, role)
    for organisation, role in product((FAMILY, CLINIC, STRANGERS), VOCABULARIES["role"]):
        yield oracle.Reader(READER, organisation, role)
    for person, organisation in product((CITIZEN, MOTHER), ("", NGO)):
        yield oracle.Reader(person, organisation, "citizen")


CLASSES: Final = [
    AccessClass(*parts)
    for parts in product((NGO, FAMILY, CLINIC), CATEGORIES, VOCABULARIES["sensitivity"], (CASE, OTHER_CASE))
]


@pytest.mark.parametrize("name", STATES)
def test_the_policies_say_what_the_oracle_says(name: str) -> None:
    events, words = STATES[name]
    citizen = given(DECIDER, REGISTERED, *events).state
    described = oracle.Citizen(CITIZEN, FAMILY, **words)
    entries = [oracle.Entry(*each) for each in CLASSES]
    wrong = []
    for reader, purpose in product(readers(), PURPOSES):
        viewer = replace(CONTEXT, actor=reader.person, organisation=reader.organisation, role=reader.role)
        decided = decide_classes(POLICIES, citizen, Question(viewer, purpose, NOW), CLASSES)
        for entry, decision in zip(entries, decided, strict=True):
            expected = oracle.outcome(described, reader, purpose, entry, NOW)
            if decision.outcome != expected:
                wrong.append((reader, purpose, entry, expected, decision.outcome, decision.reason))
    assert not wrong, f"{len(wrong)} of {name}, for instance {wrong[:3]}"


def test_the_table_knows_each_outcome_of_each_role_that_reads() -> None:
    """An oracle that always said no would agree with policies that do."""
    found = {
        (reader.role, oracle.outcome(oracle.Citizen(CITIZEN, FAMILY, **words), reader, purpose, oracle.Entry(*of), NOW))
        for _, words in STATES.values()
        for reader in readers()
        for purpose in PURPOSES
        for of in CLASSES[::5]
    }
    reading = {*oracle.STAFF, "auditor", "citizen"}
    assert {role for role, outcome in found if outcome == "full"} == reading
    assert {role for role, outcome in found if outcome == "stub"} == reading - {"citizen"}


def test_who_knows_of_a_citizen() -> None:
    wrong = []
    for name, (events, words) in STATES.items():
        citizen = given(DECIDER, REGISTERED, *events).state
        described = oracle.Citizen(CITIZEN, FAMILY, **words)
        for reader in readers():
            viewer = replace(CONTEXT, actor=reader.person, organisation=reader.organisation, role=reader.role)
            if citizen.is_known_to(viewer, NOW) != oracle.is_known(described, reader, NOW):
                wrong.append((name, reader))
    assert not wrong, f"{len(wrong)}, for instance {wrong[:3]}"
