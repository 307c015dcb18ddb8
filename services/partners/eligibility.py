"""Whom a service is for, against what may be told of a citizen: eligible, not, or what is to be asked. Pure.

What is not told is not known, and speaks neither for nor against.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from samspor.partners.v1 import partners_pb2 as partners

from services.partners.words import fold
from services.vocabulary import EligibilityKind, EligibilityVerdict

STATED: Final = ("genders", "municipalities", "languages", "situations", "excluded_situations")
COLUMNS: Final = "e.genders, e.municipalities, e.languages, e.situations, e.excluded_situations"
OF_NAMES: Final = frozenset({"kommune", "kommun", "stad", "municipality"})
"""Words that a municipality's name may have and may leave out."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    minimum_age: int = 0
    maximum_age: int = 0
    genders: Sequence[str] = ()
    municipalities: Sequence[str] = ()
    languages: Sequence[str] = ()
    situations: Sequence[str] = ()
    excluded_situations: Sequence[str] = ()


class Facts(NamedTuple):
    age: int = 0
    """Years; 0: not told."""
    gender: str = ""
    municipality: str = ""
    languages: Collection[str] = ()
    situations: Collection[str] = ()
    other_situations: Collection[str] = ()
    """That are not so."""


class Term(NamedTuple):
    kind: EligibilityKind
    situation: str = ""


class Verdict(NamedTuple):
    verdict: EligibilityVerdict
    terms: tuple[Term, ...] = ()
    """Those that are not met, or else those that nobody can tell."""


def judge(terms: Terms, facts: Facts) -> Verdict | None:
    """None: the service is for everybody."""
    looks = list(looked_at(terms, facts))
    if unmet := tuple(term for term, met in looks if met is False):
        return Verdict("not_eligible", unmet)
    if unknown := tuple(term for term, met in looks if met is None):
        return Verdict("to_be_asked", unknown)
    return Verdict("eligible") if looks else None


def looked_at(terms: Terms, facts: Facts) -> Iterator[tuple[Term, bool | None]]:
    """Each term, and whether it is met; None: it cannot be told."""
    if terms.minimum_age or terms.maximum_age:
        oldest = terms.maximum_age or facts.age
        yield Term("age"), terms.minimum_age <= facts.age <= oldest if facts.age else None
    yield from one_of("gender", terms.genders, [facts.gender])
    yield from one_of("municipality", keys(terms.municipalities), keys([facts.municipality]))
    yield from one_of("language", terms.languages, facts.languages)
    for situation in terms.situations:
        yield Term("situation", situation), so(situation, facts)
    for situation in terms.excluded_situations:
        known = so(situation, facts)
        yield Term("no_situation", situation), None if known is None else not known


def one_of(kind: EligibilityKind, wanted: Collection[str], told: Collection[str]) -> Iterator[tuple[Term, bool | None]]:
    known = set(filter(None, told))
    if wanted:
        yield Term(kind), not known.isdisjoint(wanted) if known else None


def so(situation: str, facts: Facts) -> bool | None:
    if situation in facts.situations:
        return True
    return False if situation in facts.other_situations else None


def keys(municipalities: Collection[str]) -> list[str]:
    """Names as they are compared: `Københavns Kommune` is `København`."""
    named = (" ".join(word for word in fold(name) if word not in OF_NAMES) for name in municipalities)
    return [name.removesuffix("s") for name in named if name]


def facts_of(told: partners.Facts, age: int) -> Facts:
    """What is told both ways is so."""
    situations = frozenset(told.situations)
    others = frozenset(told.other_situations) - situations
    return Facts(age, told.gender, told.municipality, frozenset(told.languages), situations, others)


def terms_of(row: Mapping[str, Any]) -> Terms:
    """Of a row of `services` with that of `eligibilities` (COLUMNS), which are NULL where nothing is stated."""
    return Terms(minimum_age=row["minimum_age"], maximum_age=row["maximum_age"], **stated_of(row))


def stated_of(row: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: list(row[name] or ()) for name in STATED}


def answer_of(verdict: Verdict) -> partners.EligibilityAnswer:
    terms = [partners.EligibilityTerm(kind=term.kind, situation=term.situation) for term in verdict.terms]
    return partners.EligibilityAnswer(verdict=verdict.verdict, terms=terms)
