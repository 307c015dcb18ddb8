"""Each rule of control with what it finds and what it lets through."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from services.consents.control import rules
from services.consents.control.looks import Burst, Count, Look, beginning, bursts_of
from services.consents.control.rulebook import RULEBOOK, hits, read
from services.consents.control.rules import (
    TESTS,
    Counts,
    Facts,
    Grace,
    Held,
    Hit,
    Hours,
    Parameters,
    Share,
    Staff,
)

HERE: Final = ZoneInfo("Europe/Copenhagen")
THEN: Final = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
"""A Wednesday, half past eleven in Denmark."""
DAY: Final = timedelta(days=1)
ONESELF, RELATIVE, COLLEAGUE, NEIGHBOUR, STRANGER = (str(UUID(int=n)) for n in range(1, 6))
LOOK: Final = Look(str(UUID(int=99)), 1, THEN, str(UUID(int=50)), "reader", STRANGER, "casework", ("LOOKED_UP",))
FACTS: Final = Facts(
    zone=HERE,
    staff={"reader": Staff(ONESELF, b"home"), "colleague": Staff(COLLEAGUE, b"elsewhere")},
    relatives={ONESELF: {RELATIVE: None}},
    residents={NEIGHBOUR: b"home", ONESELF: b"home", COLLEAGUE: b"elsewhere"},
)
NONE: Final = Parameters()
WORK: Final = Hours(opens=time(6), closes=time(20), weekdays=frozenset(range(1, 6)))
GRACE: Final = Grace(days=14)


def at(citizen: str, **changes: Any) -> Look:
    return LOOK._replace(citizen=citizen, **changes)


def test_the_own_record() -> None:
    assert rules.own_record(at(ONESELF), FACTS, NONE) == Hit(at(ONESELF))
    assert rules.own_record(at(RELATIVE), FACTS, NONE) is None
    assert rules.own_record(at(ONESELF, reader="colleague"), FACTS, NONE) is None
    assert rules.own_record(at(ONESELF, reader="nobody knows"), FACTS, NONE) is None


def test_a_relative() -> None:
    ended = replace(FACTS, relatives={ONESELF: {RELATIVE: THEN}})
    assert rules.own_relative(at(RELATIVE), FACTS, NONE)
    assert rules.own_relative(at(STRANGER), FACTS, NONE) is None
    assert rules.own_relative(at(RELATIVE, reader="colleague"), FACTS, NONE) is None
    assert rules.own_relative(at(RELATIVE, time=THEN - DAY), ended, NONE), "ended after the look"
    assert rules.own_relative(at(RELATIVE), ended, NONE) is None


def test_a_colleague() -> None:
    left = replace(FACTS, staff={**FACTS.staff, "colleague": Staff(COLLEAGUE, until=THEN)})
    assert rules.colleague(at(COLLEAGUE), FACTS, NONE)
    assert rules.colleague(at(STRANGER), FACTS, NONE) is None
    assert rules.colleague(at(ONESELF), FACTS, NONE) is None, "own_record finds that"
    assert rules.colleague(at(COLLEAGUE, time=THEN - DAY), left, NONE)
    assert rules.colleague(at(COLLEAGUE), left, NONE) is None


def test_the_same_address() -> None:
    homeless = replace(FACTS, staff={"reader": Staff(ONESELF)}, residents={NEIGHBOUR: b""})
    assert rules.same_address(at(NEIGHBOUR), FACTS, NONE)
    assert rules.same_address(at(ONESELF), FACTS, NONE) is None
    assert rules.same_address(at(COLLEAGUE), FACTS, NONE) is None
    assert rules.same_address(at(STRANGER), FACTS, NONE) is None
    assert rules.same_address(at(NEIGHBOUR), homeless, NONE) is None, "no address is nobody's address"


def test_many_lookups() -> None:
    first = at(RELATIVE, access=str(UUID(int=98)))
    counts = Counts(hour=3, day=9, times_usual=3, history_days=90)
    hour = beginning(THEN, "hour", HERE)
    facts = replace(FACTS, bursts={("reader", "hour", hour): Burst(first, 4, 1)})
    assert rules.many_lookups(LOOK, facts, counts) == Hit(first, {"citizens": 4, "usual": 1, "minutes": 60})
    assert rules.many_lookups(LOOK._replace(time=THEN + DAY), facts, counts) is None
    assert rules.many_lookups(LOOK._replace(reader="colleague"), facts, counts) is None
    day = replace(FACTS, bursts={("reader", "day", beginning(THEN, "day", HERE)): Burst(first, 10, 2)})
    assert rules.many_lookups(LOOK, day, counts) == Hit(first, {"citizens": 10, "usual": 2, "minutes": 1440})


@pytest.mark.parametrize(
    ("citizens", "others", "found"),
    [
        (4, (), True),
        (3, (), False),
        (4, (1, 1, 2), True),
        (6, (2, 2, 9), False),
        (7, (2, 2, 9), True),
        (100, (40, 50, 60), False),
    ],
)
def test_many_is_more_than_a_number_and_than_what_is_usual(citizens: int, others: tuple[int, ...], found: bool) -> None:
    busy = Count("reader", THEN, citizens, THEN, 1)
    quiet = [Count("reader", THEN + n * DAY, count, THEN, n) for n, count in enumerate(others, 2)]
    colleagues = Count("colleague", THEN, 3, THEN, 9)
    bursts = [count for count, _ in bursts_of([*quiet, busy, colleagues], 3, 3) if count.began == THEN]
    assert bursts == ([busy] if found else [])


def test_no_case() -> None:
    def found(*held: Held, **changes: Any) -> bool:
        facts = replace(FACTS, held={STRANGER: held})
        return rules.no_case(LOOK._replace(**changes), facts, GRACE) is not None

    assert found()
    assert found(Held(THEN - 9 * DAY, THEN)), "over by then"
    assert found(Held(THEN + 15 * DAY, None)), "too late"
    assert not found(Held(THEN - DAY, None))
    assert not found(Held(THEN - DAY, THEN + DAY))
    assert not found(Held(THEN + 14 * DAY, None)), "what was looked up became a case"
    assert found(Held(THEN - 9 * DAY, THEN - DAY), Held(THEN + 20 * DAY, None))
    assert not found(reasons=("FINDING_READ",)), "who assesses a finding needs no case"


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (datetime(2026, 3, 4, 5, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 4, 4, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 4, 18, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 4, 19, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 4, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 18, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 7, 10, 0, tzinfo=UTC), True),
    ],
    ids=["opens", "before", "last minute", "closes", "summer opens", "summer closes", "Saturday"],
)
def test_outside_hours(moment: datetime, found: bool) -> None:
    assert (rules.outside_hours(LOOK._replace(time=moment), FACTS, WORK) is not None) == found


def test_a_sample_is_drawn_by_the_record_and_the_same_is_drawn_again() -> None:
    looks = [LOOK._replace(access=str(UUID(int=n))) for n in range(4000)]

    def drawn(share: Share) -> list[Look]:
        return [look for look in looks if rules.sample(look, FACTS, share)]

    tenth = Share(share=0.1, seed="1")
    assert 300 < len(drawn(tenth)) < 500
    assert drawn(tenth) == drawn(tenth)
    assert drawn(Share(share=0.1, seed="2")) != drawn(tenth)
    assert drawn(Share(share=0.0)) == []
    assert drawn(Share(share=1.0)) == looks
    assert drawn(Share(share=0.0, organisations={LOOK.organisation: 1.0})) == looks
    assert drawn(Share(share=1.0, organisations={LOOK.organisation: 0.0})) == []


def test_citizens_who_look_at_themselves_are_nobodys_staff() -> None:
    assert hits(RULEBOOK.rules, at(STRANGER, reader=STRANGER, time=THEN - 10 * DAY), FACTS) == []
    assert [rule for rule, _ in hits(RULEBOOK.rules, at(STRANGER), FACTS) if rule != "sample"] == ["no_case"]


def test_the_file_has_every_rule_in_every_language() -> None:
    assert set(RULEBOOK.known) == set(TESTS)
    for entry in RULEBOOK.known.values():
        assert set(entry.title) == {"da", "sv", "en"}
        assert entry.source.strip()


def test_a_rule_that_is_off_finds_nothing() -> None:
    text = Path(rules.__file__).parents[1].joinpath("control.toml").read_text()
    book = read(text.replace("on = true", "on = false"))
    assert book.known.keys() == set(TESTS)
    assert hits(book.rules, at(ONESELF), FACTS) == []
    assert book.counts is None
    assert book.digest != RULEBOOK.digest


@pytest.mark.parametrize("wrong", ["days = -", "weeks = 14", 'days = "14"'])
def test_a_file_with_wrong_parameters_is_refused(wrong: str) -> None:
    text = Path(rules.__file__).parents[1].joinpath("control.toml").read_text()
    with pytest.raises((ValueError, msgspec.ValidationError)):
        read(text.replace("parameters = { days = 14 }", f"parameters = {{ {wrong} }}"))


@pytest.mark.parametrize(
    ("moment", "hour", "day"),
    [
        (
            datetime(2026, 3, 4, 23, 30, tzinfo=UTC),
            datetime(2026, 3, 4, 23, tzinfo=UTC),
            THEN.replace(hour=23, minute=0),
        ),
        (
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 1, tzinfo=UTC),
            datetime(2026, 10, 24, 22, tzinfo=UTC),
        ),
    ],
    ids=["past midnight", "the hour that comes twice"],
)
def test_hours_and_days_are_those_of_the_place(moment: datetime, hour: datetime, day: datetime) -> None:
    assert beginning(moment, "hour", HERE) == hour
    assert beginning(moment, "day", HERE) == day
