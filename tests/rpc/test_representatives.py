"""Who acts for a citizen: named to the citizen's parties, which is on record with the representative."""

from datetime import timedelta
from uuid import uuid4

import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.errors import Refused
from libs.host.times import period
from tests.rpc.office import MARIA, STRANGER, Office, Person, oneself
from tests.rpc.steps import NOW


@pytest.fixture
def pair(office: Office) -> tuple[str, str]:
    """A citizen, and another one who acts for them."""
    citizen, other = (office.citizen(str(uuid4())) for _ in range(2))
    command = consents.AppointRepresentative(
        citizen=citizen,
        representative=other,
        relation="power_of_attorney",
        period=period(None, NOW + timedelta(days=100)),
        evidence_digest="ab" * 32,
    )
    office.send(command, MARIA)
    return citizen, other


def representatives(office: Office, citizen: str, person: Person) -> list[consents.Representation]:
    question = consents.GetStanding(citizen=citizen)
    return list(office.ask(question, consents.Standing, person).representations)


def looks(office: Office, citizen: str) -> list[consents.Access]:
    """The newest first, but for the look that is this one."""
    answer = office.ask(consents.ListAccess(citizen=citizen), consents.AccessList, oneself(citizen))
    return list(answer.accesses)


def test_the_citizens_parties_learn_the_name_and_the_representative_that_they_did(
    office: Office, pair: tuple[str, str]
) -> None:
    citizen, other = pair
    for person, purpose in ((MARIA, "casework"), (oneself(citizen), "own_access")):
        (found,) = representatives(office, citizen, person)
        assert found.name.startswith("Name ")
        assert found.representative == other
        latest = looks(office, other)[0]
        assert (latest.purpose, dict(latest.seen)) == (purpose, {"contact": 1})
    before = len(looks(office, other))
    assert representatives(office, citizen, oneself(other))[0].name
    assert len(looks(office, other)) == before + 1, "one's own name is no look; asking who looked is"


def test_one_who_acts_no_more_is_not_named(office: Office, pair: tuple[str, str]) -> None:
    citizen, _ = pair
    (found,) = representatives(office, citizen, MARIA)
    office.send(consents.EndRepresentation(citizen=citizen, representation=found.id), MARIA)
    (ended,) = representatives(office, citizen, MARIA)
    assert (ended.status, ended.name) == ("ended", "")


def test_nobody_else_learns_it(office: Office, pair: tuple[str, str]) -> None:
    citizen, other = pair
    before = len(looks(office, other))
    with pytest.raises(Refused) as no:
        representatives(office, citizen, STRANGER)
    assert no.value.reason == "CITIZEN_UNKNOWN"
    assert len(looks(office, other)) == before + 1
