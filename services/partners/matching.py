"""Which services fit a need, in which order, and why: one function over candidates. Pure.

What is not known of a candidate counts neither for it nor against it; that there may be no room is said.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from services.partners.words import fold
from services.vocabulary import VOCABULARIES, EligibilityVerdict, MatchReason

DEGREES: Final = VOCABULARIES["collaboration_degree"]
NEED, CATEGORY, AREA, ELIGIBLE, ROOM, AGREEMENT, DEGREE = 40, 30, 15, 10, 10, 6, 4
"""What each reason is worth; need: where every word is found; agreement: for each degree that it is closer."""
REGION: Final = 2
"""Digits of a postal code that neighbours share."""
SOFT: Final[frozenset[MatchReason]] = frozenset({"room_unknown", "degree_less", "ask_first"})
"""Obstacles with which a service still fits."""


class Need(NamedTuple):
    words: tuple[str, ...] = ()
    """As words.fold gives them."""
    category: str = ""
    postal_code: str = ""
    age: int = 0
    """Years; 0: not disclosed."""
    degree: str = ""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A service and what is known of it. None: it is not known, or does not apply."""

    service: str
    organisation: str
    text: str
    status: str = "active"
    categories: tuple[str, ...] = ()
    minimum_age: int = 0
    maximum_age: int = 0
    areas: tuple[str, ...] | None = None
    """Postal codes, or their beginnings, that it says it serves."""
    places: tuple[str, ...] = ()
    """Postal codes of where it is. To be near is good, and to be far says nothing of whom it serves."""
    eligible: EligibilityVerdict | Literal[""] = ""
    """As its structured eligibility answers the disclosed facts; empty: it states none."""
    room: int | None = None
    """Places that are free by a number that is fresh."""
    agreement: str = ""
    """Degree of the agreement in force between its organisation and who asks."""
    degree: str = ""
    """The closest collaboration that its organisation is ready for."""


class Judgement(NamedTuple):
    candidate: Candidate
    score: int
    reasons: tuple[MatchReason, ...]
    obstacles: tuple[MatchReason, ...]

    @property
    def fits(self) -> bool:
        return set(self.obstacles) <= SOFT


Verdict = tuple[MatchReason, int]
"""A reason and what it is worth; an obstacle is worth 0."""


VERDICTS: Final[Mapping[EligibilityVerdict, Verdict]] = {
    "eligible": ("eligible", ELIGIBLE),
    "not_eligible": ("not_eligible", 0),
    "to_be_asked": ("ask_first", 0),
}


def match(need: Need, candidates: Sequence[Candidate]) -> list[Judgement]:
    """The best first: those that fit, then those that do not; ties in the order they came."""
    return sorted((judge(need, each) for each in candidates), key=lambda one: (not one.fits, -one.score))


def judge(need: Need, candidate: Candidate) -> Judgement:
    verdicts = [verdict for look in LOOKS for verdict in look(need, candidate)]
    return Judgement(
        candidate,
        sum(worth for _, worth in verdicts),
        tuple(reason for reason, worth in verdicts if worth),
        tuple(reason for reason, worth in verdicts if not worth),
    )


def what_is_needed(need: Need, candidate: Candidate) -> list[Verdict]:
    """Words and category; a service that answers neither of what was asked is not needed."""
    words = fold(candidate.text)
    found = sum(any(word.startswith(wanted) for word in words) for wanted in need.words)
    verdicts: list[Verdict] = []
    if found:
        verdicts.append(("need", max(1, NEED * found // len(need.words))))
    if need.category and need.category in candidate.categories:
        verdicts.append(("category", CATEGORY))
    return verdicts or [("not_needed", 0)]


def where(need: Need, candidate: Candidate) -> list[Verdict]:
    if not need.postal_code:
        return []
    if candidate.areas is None:
        region = need.postal_code[:REGION]
        return [("area", AREA)] if any(place.startswith(region) for place in candidate.places) else []
    serves = any(need.postal_code.startswith(area) for area in candidate.areas)
    return [("area", AREA) if serves else ("other_area", 0)]


def for_whom(need: Need, candidate: Candidate) -> list[Verdict]:
    if need.age and need.age < candidate.minimum_age:
        return [("too_young", 0)]
    if need.age and candidate.maximum_age and need.age > candidate.maximum_age:
        return [("too_old", 0)]
    if candidate.eligible:
        return [VERDICTS[candidate.eligible]]
    has_ages = candidate.minimum_age or candidate.maximum_age
    return [("eligible", ELIGIBLE)] if need.age and has_ages else []


def room(_need: Need, candidate: Candidate) -> list[Verdict]:
    if candidate.status != "active":
        return [("not_active", 0)]
    if candidate.room is None:
        return [("room_unknown", 0)]
    return [("room", ROOM) if candidate.room > 0 else ("no_room", 0)]


def together(need: Need, candidate: Candidate) -> list[Verdict]:
    verdicts: list[Verdict] = []
    if candidate.agreement:
        verdicts.append(("agreement", AGREEMENT * (DEGREES.index(candidate.agreement) + 1)))
    if need.degree and (ready := max(candidate.agreement, candidate.degree, key=closeness)):
        close_enough = closeness(ready) >= closeness(need.degree)
        verdicts.append(("degree", DEGREE) if close_enough else ("degree_less", 0))
    return verdicts


def closeness(degree: str) -> int:
    return DEGREES.index(degree) if degree else -1


LOOKS: Final[tuple[Callable[[Need, Candidate], list[Verdict]], ...]] = (
    what_is_needed,
    where,
    for_whom,
    room,
    together,
)
