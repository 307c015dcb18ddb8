"""Matching says which service fits, before which other, and why."""

from typing import Any

import msgspec
import pytest

from services.partners.matching import Candidate, Need, judge, match

MENTORS = Candidate(
    service="mentors",
    organisation="ngo",
    text="Mentorer for unge mødre",
    categories=("family",),
    minimum_age=16,
    maximum_age=30,
    areas=("50", "5200"),
    room=2,
    degree="ongoing",
)
NEED = Need(words=("mentor", "moedre"), category="family", postal_code="5000", age=19, degree="ongoing")


def changed(**changes: Any) -> Candidate:
    return msgspec.structs.replace(MENTORS, **changes)


def test_all_that_speaks_for_it_is_said() -> None:
    judged = judge(NEED, changed(agreement="partnership"))
    assert judged.fits
    assert judged.reasons == ("need", "category", "area", "eligible", "room", "agreement", "degree")
    assert judged.obstacles == ()


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"text": "Gæld", "categories": ("economy",)}, "not_needed"),
        ({"areas": ("8000",)}, "other_area"),
        ({"minimum_age": 20}, "too_young"),
        ({"maximum_age": 18}, "too_old"),
        ({"eligible": "not_eligible"}, "not_eligible"),
        ({"room": 0}, "no_room"),
        ({"status": "inactive"}, "not_active"),
    ],
)
def test_what_does_not_fit_says_why_and_comes_last(changes: dict[str, Any], obstacle: str) -> None:
    other, plain = changed(service="other", **changes), Candidate(service="plain", organisation="x", text="Mentorer")
    judged = judge(NEED, other)
    assert judged.obstacles == (obstacle,)
    assert not judged.fits
    assert [each.candidate.service for each in match(NEED, [other, plain])] == ["plain", "other"]


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"room": None}, "room_unknown"),
        ({"degree": "ad_hoc"}, "degree_less"),
        ({"eligible": "to_be_asked"}, "ask_first"),
    ],
)
def test_what_is_less_than_wished_for_fits_and_is_said(changes: dict[str, Any], obstacle: str) -> None:
    judged = judge(NEED, changed(**changes))
    assert (judged.fits, judged.obstacles) == (True, (obstacle,))
    assert judged.score < judge(NEED, MENTORS).score


@pytest.mark.parametrize(
    "better",
    [{"agreement": "ad_hoc"}, {"eligible": "eligible", "minimum_age": 0, "maximum_age": 0}],
)
def test_more_reasons_come_first(better: dict[str, Any]) -> None:
    worse = changed(service="worse", minimum_age=0, maximum_age=0)
    ranked = match(NEED, [worse, msgspec.structs.replace(worse, service="better", **better)])
    assert [each.candidate.service for each in ranked] == ["better", "worse"]


def test_a_closer_agreement_is_worth_more() -> None:
    scores = [judge(NEED, changed(agreement=degree)).score for degree in ("", "ad_hoc", "ongoing", "partnership")]
    assert scores == sorted(set(scores))


def test_what_is_not_disclosed_or_not_known_counts_neither_way() -> None:
    undisclosed = NEED._replace(age=0, postal_code="", degree="")
    judged = judge(undisclosed, changed(areas=None))
    assert judged.reasons == ("need", "category", "room")
    assert judged.obstacles == ()


@pytest.mark.parametrize(
    ("places", "near"), [(("5020",), True), (("8000", "5000"), True), (("8000",), False), ((), False)]
)
def test_to_be_near_is_good_and_to_be_far_is_nothing_bad(places: tuple[str, ...], near: bool) -> None:
    judged = judge(NEED, changed(areas=None, places=places))
    assert ("area" in judged.reasons) is near
    assert judged.fits


def test_every_word_that_is_found_counts() -> None:
    both, one = (
        judge(NEED._replace(words=words, category=""), MENTORS) for words in (("mentor", "unge"), ("mentor", "x"))
    )
    assert both.score > one.score
    assert one.fits
