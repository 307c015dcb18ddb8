"""Households: a link has two ends, and each of them is told once."""

from typing import Any, Final

import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Event, derived_id
from libs.spec.scenario import CONTEXT, NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.errors import HouseholdLinkedAlready, HouseholdLinkedToItself, HouseholdLinkUnknown
from services.consents.events import HouseholdLinked, HouseholdUnlinked
from services.consents.household import INVERSE, LinkedFrom, UnlinkedFrom
from services.vocabulary import VOCABULARIES, HouseholdRelation
from tests.consents.people import CITIZEN, REGISTERED

OTHER: Final = "01890a5d-ac96-774b-bcce-b302099ac0f1"
LINK: Final = derived_id(CONTEXT.command_id, "link")
LINKED: Final = HouseholdLinked(
    citizen=CITIZEN, category="family", link=LINK, other=OTHER, relation="parent", since=NOW
)
UNLINKED: Final = HouseholdUnlinked(citizen=CITIZEN, category="family", link=LINK, other=OTHER, ended=NOW)


def linking(other: str = OTHER, relation: str = "parent") -> consents.LinkHousehold:
    return consents.LinkHousehold(citizen=CITIZEN, other=other, relation=relation)


def test_two_citizens_are_linked() -> None:
    given(DECIDER, REGISTERED).when(linking()).then(LINKED)


def test_the_same_link_is_made_once_and_another_relation_is_another_link() -> None:
    linked = given(DECIDER, REGISTERED, LINKED)
    linked.when(linking()).refused(HouseholdLinkedAlready)
    assert linked.when(linking(relation="guardian")).events
    given(DECIDER, REGISTERED, LINKED, UNLINKED).when(linking()).then(LINKED)


def test_nobody_is_their_own_relative() -> None:
    given(DECIDER, REGISTERED).when(linking(CITIZEN)).refused(HouseholdLinkedToItself)


@pytest.mark.parametrize("relation", VOCABULARIES["household_relation"])
def test_the_other_end_is_told_the_inverse_relation(relation: HouseholdRelation) -> None:
    told = given(DECIDER, REGISTERED).when(LinkedFrom(LINK, OTHER, relation, NOW))
    (event,) = told.events
    assert isinstance(event, HouseholdLinked)
    assert (event.link, event.other, event.since) == (LINK, OTHER, NOW)
    assert INVERSE[event.relation] == relation


@pytest.mark.parametrize(
    ("history", "command"),
    [
        ((LINKED,), LinkedFrom(LINK, OTHER, "child", NOW)),
        ((), UnlinkedFrom(LINK)),
        ((LINKED, UNLINKED), UnlinkedFrom(LINK)),
    ],
)
def test_who_knows_already_records_nothing(history: tuple[Event, ...], command: Any) -> None:
    given(DECIDER, REGISTERED, *history).when(command).then()


def test_a_link_is_ended_once() -> None:
    unlink = consents.UnlinkHousehold(citizen=CITIZEN, link=LINK)
    linked = given(DECIDER, REGISTERED, LINKED)
    assert linked.when(unlink).then(UNLINKED).state.relatives == ()
    linked.when(UnlinkedFrom(LINK)).then(UNLINKED)
    given(DECIDER, REGISTERED, LINKED, UNLINKED).when(unlink).refused(HouseholdLinkUnknown, link=LINK)
