"""Giving and withdrawing consent."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

import msgspec
import pytest
from hypothesis import given as all_of
from hypothesis import strategies
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Event, derived_id
from libs.host.times import period
from libs.spec.scenario import CONTEXT, NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.errors import (
    CategoryNotConsented,
    ConsentBlanket,
    ConsentNotActive,
    ConsentUnknown,
    PeriodMalformed,
)
from services.consents.events import ConsentGiven, ConsentWithdrawn
from services.vocabulary import Category, Purpose
from tests.consents.people import BASIS, CASE, CITIZEN, CONSENT, DAY, ESTABLISHED, GIVEN, NGO, REGISTERED, YEAR, giving
from tests.consents.viewers import viewer

LATER: Final = "00000000-0000-4000-8000-000000000002"
"""Id of a second command."""
WITHDRAWN: Final = ConsentWithdrawn(
    citizen=CITIZEN,
    legalbasis="gdpr_consent",
    consent=CONSENT,
    grantee=NGO,
    categories=GIVEN.categories,
    withdrawn=NOW + DAY,
)


def withdraw(*categories: str, consent: str = CONSENT) -> consents.WithdrawConsent:
    return consents.WithdrawConsent(citizen=CITIZEN, consent=consent, categories=categories)


def test_a_consent_is_given_in_the_words_it_was_asked_in() -> None:
    given(DECIDER, REGISTERED).when(giving()).then(GIVEN)
    twice = giving(categories=[*GIVEN.categories, "family"], purposes=["mentoring", "mentoring"])
    given(DECIDER, REGISTERED).when(twice).then(GIVEN)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"categories": get_args(Category)}, "categories"),
        ({"categories": []}, "categories"),
        ({"purposes": get_args(Purpose)}, "purposes"),
        ({"purposes": []}, "purposes"),
        ({"kind": "procedural_consent"}, "case"),
    ],
)
def test_a_consent_to_everything_is_refused_by_the_name_of_the_field(changes: dict[str, Any], field: str) -> None:
    given(DECIDER, REGISTERED).when(giving(**changes)).refused(ConsentBlanket, field=field)


def test_a_procedural_consent_is_given_in_a_case() -> None:
    changed = {"kind": "procedural_consent", "case": CASE, "scope": CASE, "legalbasis": "procedural_consent"}
    given(DECIDER, REGISTERED).when(giving(kind="procedural_consent", case=CASE)).then(
        msgspec.structs.replace(GIVEN, **changed)
    )


@pytest.mark.parametrize(
    ("since", "until"),
    [(None, None), (NOW, None), (None, NOW), (NOW + 2 * DAY, NOW + DAY), (NOW - 2 * DAY, NOW - DAY)],
)
def test_a_consent_is_given_for_a_time_that_lies_ahead(since: datetime | None, until: datetime | None) -> None:
    given(DECIDER, REGISTERED).when(giving(period=period(since, until))).refused(PeriodMalformed)


def test_a_consent_may_begin_later_and_be_withdrawn_before() -> None:
    awaited = msgspec.structs.replace(GIVEN, since=NOW + 2 * DAY)
    citizen = given(DECIDER, REGISTERED, awaited)
    assert [basis.status(NOW) for basis in citizen.state.bases] == ["awaited"]
    citizen.when(withdraw(), now=NOW + DAY).then(WITHDRAWN)


def test_a_whole_withdrawal_leaves_nothing() -> None:
    outcome = given(DECIDER, REGISTERED, GIVEN).when(withdraw(), now=NOW + DAY).then(WITHDRAWN)
    assert not outcome.state.is_known_to(viewer(NGO), NOW + DAY)
    named_all = given(DECIDER, REGISTERED, GIVEN).when(withdraw(*GIVEN.categories), now=NOW + DAY)
    named_all.then(WITHDRAWN)


def test_a_partial_withdrawal_goes_on_as_a_new_consent_in_the_same_words() -> None:
    command = withdraw("housing")
    successor = derived_id(LATER, "successor")
    terms = {"consent": successor, "categories": ("family", "education"), "since": NOW + DAY, "replaces": CONSENT}
    given(DECIDER, REGISTERED, GIVEN).when(command, command_id=LATER, now=NOW + DAY).then(
        msgspec.structs.replace(WITHDRAWN, categories=("housing",), successor=successor),
        msgspec.structs.replace(GIVEN, **terms),
    )


@pytest.mark.parametrize(
    ("events", "at", "status"),
    [((GIVEN, WITHDRAWN), NOW + DAY, "withdrawn"), ((GIVEN,), GIVEN.until, "expired")],
)
def test_what_is_over_is_not_withdrawn(events: tuple[Event, ...], at: datetime, status: str) -> None:
    given(DECIDER, REGISTERED, *events).when(withdraw(), now=at).refused(
        ConsentNotActive, consent=CONSENT, status=status
    )


def test_only_a_consent_of_the_citizen_is_withdrawn_and_only_what_it_covers() -> None:
    citizen = given(DECIDER, REGISTERED, ESTABLISHED, GIVEN)
    citizen.when(withdraw(consent=BASIS)).refused(ConsentUnknown, consent=BASIS)
    citizen.when(withdraw(consent=LATER)).refused(ConsentUnknown, consent=LATER)
    citizen.when(withdraw("housing", "economy", "crime")).refused(
        CategoryNotConsented, consent=CONSENT, categories="crime, economy"
    )


@pytest.mark.parametrize(
    "until",
    [
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # clocks in Copenhagen go from 02:00 to 03:00 at this instant
        datetime(2026, 10, 25, 1, 0, tzinfo=UTC),  # and from 03:00 back to 02:00 at this one
        datetime(2026, 12, 31, 23, 0, tzinfo=UTC),
    ],
)
def test_a_consent_expires_at_the_instant_and_not_by_the_wall_clock(until: datetime) -> None:
    state = given(DECIDER, REGISTERED).when(giving(period=period(None, until))).state
    (consent,) = state.bases
    for offset in range(-7200, 7201, 600):
        at = until + timedelta(seconds=offset)
        assert consent.in_force(at) is (at < until)
        assert consent.status(at) == ("given" if at < until else "expired")
    assert consent.in_force(until - timedelta(microseconds=1))


def test_what_is_withdrawn_is_in_force_at_no_time_whatever_the_readers_clock_says() -> None:
    citizen = given(DECIDER, REGISTERED, GIVEN, WITHDRAWN).state
    assert [citizen.relations(NGO, WITHDRAWN.withdrawn + timedelta(seconds=n)) for n in (-5, 0, 5)] == [[], [], []]


STEPS: Final = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(["give", "withdraw"]),
        strategies.lists(strategies.sampled_from(["family", "housing", "education", "contact"]), unique=True),
        strategies.integers(0, 5),
    ),
    max_size=12,
)


@all_of(STEPS)
def test_terms_never_change_and_no_category_comes_back_by_withdrawing(steps: list[tuple[str, list[str], int]]) -> None:
    events: tuple[Event, ...] = (REGISTERED,)
    first: dict[str, Any] = {}
    for number, (what, categories, which) in enumerate(steps):
        state = given(DECIDER, *events).state
        held = [basis.id for basis in state.bases] or [CONSENT]
        command: Any = (
            giving(categories=categories, period=period(None, NOW + YEAR))
            if what == "give"
            else withdraw(*categories, consent=held[which % len(held)])
        )
        before = {each for basis in state.relations(NGO, NOW) for each in basis.categories}
        outcome = given(DECIDER, *events).when(command, command_id=derived_id(LATER, str(number)))
        events += outcome.events
        after = {each for basis in outcome.state.relations(NGO, NOW) for each in basis.categories}
        if what == "withdraw":
            assert after <= before
        for basis in outcome.state.bases:
            terms = msgspec.structs.replace(basis, ended=None, ended_as="")
            assert first.setdefault(basis.id, terms) == terms
    for event in events:
        if isinstance(event, ConsentGiven) and event.replaces:
            assert set(event.categories) < set(first[event.replaces].categories)


def test_who_recorded_it_has_no_say_in_the_terms() -> None:
    """The same consent, whoever of its parties writes it down."""
    (by_staff,) = given(DECIDER, REGISTERED).when(giving()).events
    (by_citizen,) = given(DECIDER, REGISTERED).when(giving(), role="citizen", actor=CITIZEN, organisation="").events
    assert by_staff == by_citizen
    assert CONTEXT.role == "caseworker"
