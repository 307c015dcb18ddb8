"""A basis: why an organisation may know some classes of information about a citizen, and for how long."""

from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from services.vocabulary import Category, ConsentKind, GivenHow, LegalGround, Purpose

EndedAs = Literal["", "ended", "withdrawn", "invalidated"]
CONSENT_KINDS: Final = get_args(ConsentKind)
AUDIT: Final = "audit"
"""Code of the law reference that supervision and audit rest on (law.toml)."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Who may know what, for what and for how long."""

    id: str
    kind: ConsentKind | LegalGround
    holder: str
    """The organisation that may know."""
    purposes: tuple[Purpose, ...]
    categories: tuple[Category, ...]
    since: datetime
    until: datetime | None = None
    """Exclusive."""
    scope: str = ""
    """The only case it covers; empty: any."""
    sources: tuple[str, ...] = ()
    """Organisations whose entries it covers; empty: any."""
    notice_version: str = ""


class Basis(Terms, frozen=True, kw_only=True):
    """A law reference or a consent, as it stands. Its terms never change; it can only end."""

    law: str = ""
    named_people: tuple[str, ...] = ()
    """Members of the holder who may see protected entries of the case."""
    stated_by: str = ""
    sensitivity: str = "normal"
    """Of a protected one, only the holder and the citizen may know."""
    given_how: GivenHow | None = None
    evidence_digest: str = ""
    request: str = ""
    """The request that a consent answers."""
    goes_on_from: str = ""
    """The consent that it renewed, or is left of."""
    representation: str = ""
    """By which authority it was given; empty: by the citizen."""
    ended: datetime | None = None
    ended_as: EndedAs = ""
    renewed: bool = False
    """Another consent goes on from it where it ends."""
    acknowledged: datetime | None = None
    """When the holder said that it knows of the end."""

    @property
    def is_consent(self) -> bool:
        return self.kind in CONSENT_KINDS

    @property
    def is_audit(self) -> bool:
        return self.law == AUDIT

    def names(self, person: str, case: str) -> bool:
        """Whether the person may see protected entries of the case."""
        return bool(case) and self.scope == case and person in self.named_people

    def in_force(self, at: datetime) -> bool:
        """What has ended is in force at no time, whatever the reader's clock says. What was in force at an earlier time
        is asked of the citizen as the log had them then, when the end was not known."""
        return self.ended is None and self.since <= at and (self.until is None or at < self.until)

    def covers(self, category: str, purpose: str, source: str, case: str) -> bool:
        """Whether it reaches entries of this category from this source in this case, for this purpose."""
        return not self.lacks(category, purpose, source, case)

    def lacks(self, category: str, purpose: str, source: str, case: str) -> list[str]:
        """What of these it does not reach: category, purpose, case, source."""
        reached = {
            "category": category in self.categories,
            "purpose": purpose in self.purposes,
            "case": not self.scope or self.scope == case,
            "source": not self.sources or source in self.sources,
        }
        return [name for name, holds in reached.items() if not holds]

    def status(self, at: datetime) -> str:
        """active, given, withdrawn, invalidated, renewed, ended, expired, or awaited (begins later)."""
        if self.ended is not None:
            return self.ended_as
        if self.until is not None and self.until <= at:
            return "renewed" if self.renewed else "expired"
        if at < self.since:
            return "awaited"
        return "given" if self.is_consent else "active"
