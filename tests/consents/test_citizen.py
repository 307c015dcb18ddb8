"""A citizen's legal facts: registration, statutory bases, participations."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.times import period
from libs.spec.scenario import NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.citizen import Registration
from services.consents.errors import (
    BasisUnknown,
    CitizenUnknown,
    LawNotCovering,
    LawUnknown,
    PeriodMalformed,
)
from services.consents.events import BasisEnded, CitizenRegistered
from services.consents.law import LAWS, must_be_for
from services.consents.statutory import Participation, ParticipationEnded
from services.vocabulary import VOCABULARIES
from tests.consents.people import (
    BASIS,
    CASE,
    CITIZEN,
    CONSENT,
    DAY,
    ESTABLISHED,
    FAMILY,
    GIVEN,
    LAW,
    NGO,
    REGISTERED,
    STRANGERS,
    YEAR,
    giving,
    stating,
)
from tests.consents.viewers import viewer

PART: Final = Participation(id=BASIS, case=CASE, organisation=FAMILY, law=LAW, since=NOW)
ENDED: Final = BasisEnded(citizen=CITIZEN, case=CASE, legalbasis=LAW, basis=BASIS, ended=NOW)


def test_a_citizen_is_registered_once() -> None:
    request = consents.RegisterCitizen(
        identifier=consents.Identifier(system="urn:test", value="1"), name="Amalie", phone="12345678"
    )
    command = Registration(CITIZEN, request)
    registered = CitizenRegistered(
        citizen=CITIZEN,
        category="contact",
        registered_by=FAMILY,
        system="urn:test",
        identifier="1",
        name="Amalie",
        phone="12345678",
    )
    given(DECIDER).when(command).then(registered)
    given(DECIDER, registered).when(command, organisation=STRANGERS).then()


@pytest.mark.parametrize(
    "command",
    [stating(), giving(), consents.EndBasis(basis=BASIS), consents.WithdrawConsent(consent=CONSENT), PART],
)
def test_nothing_is_said_of_a_citizen_who_is_not_registered(command: Any) -> None:
    given(DECIDER).when(command).refused(CitizenUnknown)


def test_a_law_gives_all_it_covers_where_nothing_less_is_asked() -> None:
    given(DECIDER, REGISTERED).when(stating()).then(ESTABLISHED)


def test_a_basis_may_be_narrower_than_its_law() -> None:
    command = stating(categories=["family", "family"], purposes=["casework"])
    narrow = msgspec.structs.replace(ESTABLISHED, categories=("family",), purposes=("casework",))
    given(DECIDER, REGISTERED).when(command).then(narrow)


@pytest.mark.parametrize(
    ("field", "asked", "excess"),
    [("categories", ["family", "crime", "health"], "crime, health"), ("purposes", ["mentoring"], "mentoring")],
)
def test_no_basis_is_wider_than_its_law(field: str, asked: list[str], excess: str) -> None:
    command = stating(**{field: asked})
    given(DECIDER, REGISTERED).when(command).refused(LawNotCovering, law=LAW, field=field, words=excess)


def test_a_law_is_one_that_is_in_force() -> None:
    given(DECIDER, REGISTERED).when(stating(law="lex-nova")).refused(LawUnknown, law="lex-nova")
    before = period(datetime(2023, 12, 31, 23, 59, tzinfo=UTC), None)
    given(DECIDER, REGISTERED).when(stating(period=before)).refused(LawUnknown, law=LAW)


@pytest.mark.parametrize(
    ("since", "until"), [(NOW - 2 * DAY, NOW - DAY), (NOW + 2 * DAY, NOW + DAY), (None, NOW), (NOW - DAY, NOW)]
)
def test_a_basis_has_time_before_it(since: datetime | None, until: datetime | None) -> None:
    given(DECIDER, REGISTERED).when(stating(period=period(since, until))).refused(PeriodMalformed)


def test_a_basis_is_ended_once() -> None:
    command = consents.EndBasis(citizen=CITIZEN, basis=BASIS)
    given(DECIDER, REGISTERED, ESTABLISHED).when(command).then(ENDED)
    given(DECIDER, REGISTERED, ESTABLISHED, ENDED).when(command).refused(BasisUnknown, basis=BASIS)
    given(DECIDER, REGISTERED).when(command).refused(BasisUnknown, basis=BASIS)
    expired = msgspec.structs.replace(ESTABLISHED, since=NOW - DAY, until=NOW)
    given(DECIDER, REGISTERED, expired).when(command).refused(BasisUnknown, basis=BASIS)


def test_a_consent_is_withdrawn_not_ended() -> None:
    command = consents.EndBasis(citizen=CITIZEN, basis=CONSENT)
    given(DECIDER, REGISTERED, GIVEN).when(command).refused(BasisUnknown, basis=CONSENT)


def test_who_takes_part_in_a_case_has_its_law_as_basis() -> None:
    outcome = given(DECIDER, REGISTERED).when(PART).then(ESTABLISHED)
    given(DECIDER, REGISTERED, *outcome.events).when(PART).then()


def test_a_part_in_a_protected_case_is_protected() -> None:
    part = msgspec.structs.replace(PART, sensitivity="protected", named_people=("lone",))
    established = msgspec.structs.replace(ESTABLISHED, sensitivity="protected", named_people=("lone",))
    given(DECIDER, REGISTERED).when(part).then(established)
    left = ParticipationEnded(case=CASE, organisation=FAMILY)
    given(DECIDER, REGISTERED, established).when(left).then(msgspec.structs.replace(ENDED, sensitivity="protected"))


@pytest.mark.parametrize("changes", [{"law": "lex-nova"}, {"since": datetime(2020, 1, 1, tzinfo=UTC)}])
def test_a_part_on_no_law_that_was_in_force_gives_no_basis(changes: dict[str, Any]) -> None:
    given(DECIDER, REGISTERED).when(msgspec.structs.replace(PART, **changes)).then()


@pytest.mark.parametrize("since", [NOW - DAY, NOW, NOW + DAY])
def test_who_leaves_a_case_loses_its_basis_also_one_that_has_not_begun(since: datetime) -> None:
    part = msgspec.structs.replace(ESTABLISHED, since=since)
    elsewhere = msgspec.structs.replace(ESTABLISHED, basis=STRANGERS, scope="")
    of_others = msgspec.structs.replace(ESTABLISHED, basis=NGO, holder=NGO)
    left = ParticipationEnded(case=CASE, organisation=FAMILY)
    facts = (REGISTERED, part, elsewhere, of_others, GIVEN)
    outcome = given(DECIDER, *facts).when(left).then(ENDED)
    given(DECIDER, *facts, *outcome.events).when(left).then()


def test_whoever_registered_a_citizen_or_has_a_basis_knows_them() -> None:
    citizen = given(DECIDER, REGISTERED, GIVEN).state
    assert [citizen.is_known_to(viewer(each), NOW) for each in (FAMILY, NGO, STRANGERS)] == [True, True, False]
    assert [citizen.is_known_to(viewer(each), NOW + YEAR) for each in (FAMILY, NGO, STRANGERS)] == [True, False, False]


def test_every_law_of_the_file_speaks_our_words() -> None:
    assert len(LAWS) > 5
    for law in LAWS.values():
        assert set(law.title) == {"da", "sv", "en"}
        assert law.purposes
        assert law.categories
        assert law.kinds or law.ground != "statutory" or law.code == "audit"


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("kind", ["", *VOCABULARIES["organisation_kind"]])
def test_a_law_is_for_its_kinds_of_organisation(law: str, kind: str) -> None:
    if not kind or not LAWS[law].kinds or kind in LAWS[law].kinds:
        must_be_for(law, kind, NOW)
    else:
        with pytest.raises(LawNotCovering) as refused:
            must_be_for(law, kind, NOW)
        assert refused.value.details["words"] == kind
