"""The law references in force, from law.toml: codes an operator can change, never code."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import msgspec

from services.consents.errors import LawNotCovering, LawRepealed, LawUnknown
from services.vocabulary import Category, LegalGround, OrganisationKind, Purpose


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """A law reference that lets organisations of some kinds know some categories for some purposes."""

    code: str
    title: dict[str, str]
    """Language -> short title."""
    source: str
    ground: LegalGround = "statutory"
    article: str
    """GDPR article that the processing rests on."""
    purposes: tuple[Purpose, ...]
    categories: tuple[Category, ...]
    kinds: tuple[OrganisationKind, ...] = ()
    """Empty: any kind of organisation."""
    valid_from: date
    valid_until: date | None = None
    """Exclusive."""
    replaced_by: str = ""
    """Code of the reference to use since it was repealed."""
    check: bool = True
    """A lawyer has yet to confirm this entry."""

    @property
    def ends(self) -> datetime | None:
        """When it was, or will be, repealed."""
        return datetime.combine(self.valid_until, time(), UTC) if self.valid_until else None

    def in_force(self, at: datetime) -> bool:
        """By the UTC date of `at`."""
        day = at.date()
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def is_for(self, kind: str) -> bool:
        """Whether organisations of this kind can rest on it. A kind that is not known is not held against anybody."""
        return not kind or not self.kinds or kind in self.kinds


class Alias(msgspec.Struct, frozen=True, kw_only=True):
    """An older code that a reference was known by, and may be stated by while it is dated so."""

    code: str
    law: str
    valid_from: date
    valid_until: date
    """Exclusive."""


class Book(msgspec.Struct, frozen=True):
    """law.toml"""

    law: list[Law]
    alias: list[Alias] = []


def load(path: Path) -> Book:
    """Raises msgspec.ValidationError for a file that is not as described above."""
    return msgspec.toml.decode(path.read_bytes(), type=Book)


BOOK: Final = load(Path(__file__).with_name("law.toml"))
LAWS: Final = {law.code: law for law in BOOK.law}


def find_law(code: str, at: datetime) -> Law | None:
    """The law reference that the code means then, in force or not; None for a code that means none."""
    day = at.date()
    aliases = (each.law for each in BOOK.alias if each.code == code and each.valid_from <= day < each.valid_until)
    return LAWS.get(next(aliases, code))


def law_of(code: str, at: datetime) -> Law:
    """The law reference, if it is in force then. Raises LawRepealed, naming what came in its place, and LawUnknown."""
    law = find_law(code, at)
    if law is None:
        raise LawUnknown(law=code)
    if law.in_force(at):
        return law
    if law.replaced_by and law.valid_until is not None and law.valid_until <= at.date():
        raise LawRepealed(law=code, until=law.valid_until.isoformat(), replaced_by=law.replaced_by)
    raise LawUnknown(law=code)


def must_be_for(code: str, kind: str, at: datetime) -> None:
    """Raises LawNotCovering for a law reference that organisations of this kind cannot rest on."""
    law = find_law(code, at)
    if law is not None and not law.is_for(kind):
        raise LawNotCovering(law=code, field="kinds of organisation", words=kind)


def covered(law: Law, field: str, asked: tuple[str, ...]) -> tuple[Any, ...]:
    """What was asked of `field` (purposes or categories), or all there is. Raises LawNotCovering."""
    allowed: tuple[Any, ...] = getattr(law, field)
    if excess := [word for word in asked if word not in allowed]:
        raise LawNotCovering(law=law.code, field=field, words=", ".join(excess))
    return asked or allowed
