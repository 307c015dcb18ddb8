"""Households: seen from both ends, and by nobody who may not know both citizens."""

from uuid import uuid4

import pytest
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

from libs.host.errors import Refused
from tests.rpc.office import MARIA, STRANGER, Office, Person, oneself


@pytest.fixture
def pair(office: Office) -> tuple[str, str]:
    """A mother and her child, both known to Maria."""
    return office.citizen(f"mother {uuid4()}"), office.citizen(f"child {uuid4()}")


def link(office: Office, citizen: str, other: str, relation: str = "child") -> str:
    command = consents.LinkHousehold(citizen=citizen, other=other, relation=relation)
    office.send(command, MARIA)
    office.catch_up("consents")
    return next(each.link for each in household(office, citizen) if each.citizen == other)


def household(office: Office, citizen: str, person: Person = MARIA) -> list[consents.Relative]:
    return list(office.ask(consents.ListHousehold(citizen=citizen), consents.Household, person).relatives)


def test_a_household_is_seen_from_both_ends(office: Office, pair: tuple[str, str]) -> None:
    mother, child = pair
    link_id = link(office, mother, child)
    (seen,), (back,) = household(office, mother), household(office, child)
    assert (seen.link, seen.citizen, seen.relation) == (link_id, child, "child")
    assert (back.link, back.citizen, back.relation) == (link_id, mother, "parent")
    assert back.since == seen.since


@pytest.mark.parametrize("end", [0, 1])
def test_a_link_is_ended_at_both_ends_and_stays_ended(office: Office, pair: tuple[str, str], end: int) -> None:
    link_id = link(office, *pair)
    office.send(consents.UnlinkHousehold(citizen=pair[end], link=link_id), MARIA)
    office.catch_up("consents")
    assert [household(office, citizen) for citizen in pair] == [[], []]
    link(office, *pair)
    assert [len(household(office, citizen)) for citizen in pair] == [1, 1]


def test_a_worker_that_begins_anew_links_nothing_again(office: Office, pair: tuple[str, str]) -> None:
    link_id = link(office, *pair)
    office.send(consents.UnlinkHousehold(citizen=pair[0], link=link_id), MARIA)
    office.catch_up("consents")
    before = office.recorded()
    office.begin_anew("consents", "consents", "accesses", "looks")
    office.catch_up("consents")
    assert office.recorded() == before


def test_nobody_learns_of_a_citizen_by_linking_to_them(office: Office, pair: tuple[str, str]) -> None:
    theirs, before = office.citizen(f"theirs {uuid4()}", STRANGER), office.recorded()
    refusals = []
    for other in (theirs, str(uuid4())):
        with pytest.raises(Refused) as no:
            office.send(consents.LinkHousehold(citizen=pair[0], other=other, relation="partner"), MARIA)
        refusals.append((no.value.reason, str(no.value).replace(other, "")))
    assert refusals[0] == refusals[1]
    assert refusals[0][0] == "CITIZEN_UNKNOWN"
    assert office.recorded() == before


def test_a_relative_whom_one_may_not_know_is_not_there(office: Office, pair: tuple[str, str]) -> None:
    mother, child = pair
    link_id = link(office, mother, child)
    basis = consents.EstablishBasis(citizen=mother, organisation=STRANGER.organisation, law="barnets-lov-133")
    office.send(basis, MARIA)
    assert household(office, mother, STRANGER) == []
    for unknown in (link_id, str(uuid4())):
        with pytest.raises(Refused) as no:
            office.send(consents.UnlinkHousehold(citizen=mother, link=unknown), STRANGER)
        assert no.value.reason == "HOUSEHOLD_LINK_UNKNOWN"
    with pytest.raises(Refused) as no:
        household(office, child, STRANGER)
    assert no.value.reason == "CITIZEN_UNKNOWN"
    with pytest.raises(Refused) as no:
        household(office, mother, oneself(mother))
    assert no.value.reason == "ROLE_MISSING"


def test_a_household_is_no_entry_of_a_timeline(office: Office, pair: tuple[str, str]) -> None:
    mother, child = pair
    link(office, mother, child)
    office.catch_up()
    question = timeline.GetTimeline(citizen=mother, purpose="casework")
    page = office.ask(question, timeline.Timeline, MARIA)
    assert page.entries
    assert child not in str(page)


def test_each_of_those_named_was_looked_at(office: Office, pair: tuple[str, str]) -> None:
    link(office, *pair)
    office.catch_up("consents")
    before = [len(looks(office, citizen)) for citizen in pair]
    household(office, pair[0])
    # The question that counted is a look as well.
    assert [len(looks(office, citizen)) for citizen in pair] == [count + 2 for count in before]


def looks(office: Office, citizen: str) -> list[consents.Access]:
    return list(office.ask(consents.ListAccess(citizen=citizen), consents.AccessList, MARIA).accesses)
