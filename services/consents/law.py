"""The law references in force, from law.toml: codes an operator can change, never code."""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from services.consents.errors import LawNotCovering, LawUnknown
from services.vocabulary import Category, OrganisationKind, Purpose


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """A law reference that lets organisations of some kinds know some categories for some purposes."""

    code: str
    title: dict[str, str]
    """Language -> short title."""
    source: str
    article: str
    """GDPR article that the processing rests on."""
    purposes: tuple[Purpose, ...]
    categories: tuple[Category, ...]
    kinds: tuple[OrganisationKind, ...] = ()
    """Empty: any kind of organisation."""
    valid_from: date
    valid_until: date | None = None
    """Exclusive."""
    check: bool = True
    """A lawyer has yet to confirm this entry."""

    def in_force(self, at: datetime) -> bool:
        """By the UTC date of `at`."""
        day = at.date()
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def is_for(self, kind: str) -> bool:
        """Whether organisations of this kind can rest on it. A kind that is not known is not held against anybody."""
        return not kind or not self.kinds or kind in self.kinds


def load(path: Path) -> dict[str, Law]:
    """Code -> law. Raises msgspec.ValidationError for a file that is not as described above."""
    entries = msgspec.convert(tomllib.loads(path.read_text())["law"], list[Law])
    return {law.code: law for law in entries}


LAWS: Final = load(Path(__file__).with_name("law.toml"))


def law_of(code: str, at: datetime) -> Law:
    """The law reference, if it is in force then. Raises LawUnknown."""
    law = LAWS.get(code)
    if law is None or not law.in_force(at):
        raise LawUnknown(law=code)
    return law


def must_be_for(code: str, kind: str) -> None:
    """Raises LawNotCovering for a law reference that organisations of this kind cannot rest on."""
    law = LAWS.get(code)
    if law is not None and not law.is_for(kind):
        raise LawNotCovering(law=code, field="kinds of organisation", words=kind)


def covered(law: Law, field: str, asked: tuple[str, ...]) -> tuple[Any, ...]:
    """What was asked of `field` (purposes or categories), or all there is. Raises LawNotCovering."""
    allowed: tuple[Any, ...] = getattr(law, field)
    if excess := [word for word in asked if word not in allowed]:
        raise LawNotCovering(law=law.code, field=field, words=", ".join(excess))
    return asked or allowed
