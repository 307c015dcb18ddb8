"""A basis: why an organisation may know some classes of information about a citizen, and for how long."""

from datetime import datetime
from typing import Literal

import msgspec

from services.vocabulary import Category, ConsentKind, GivenHow, Purpose


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """A law reference or a consent, as it stands. Its terms never change; it can only end."""

    id: str
    kind: ConsentKind | Literal["statutory"]
    holder: str
    """The organisation that may know."""
    purposes: tuple[Purpose, ...]
    categories: tuple[Category, ...]
    since: datetime
    until: datetime | None = None
    """Exclusive."""
    law: str = ""
    scope: str = ""
    """The only case it covers; empty: any."""
    sources: tuple[str, ...] = ()
    """Organisations whose entries it covers; empty: any."""
    named_people: tuple[str, ...] = ()
    """Members of the holder who may see protected entries of the case."""
    stated_by: str = ""
    sensitivity: str = "normal"
    """Of a protected one, only the holder and the citizen may know."""
    given_how: GivenHow | None = None
    notice_version: str = ""
    evidence_digest: str = ""
    ended: datetime | None = None

    @property
    def is_consent(self) -> bool:
        return self.kind != "statutory"

    def in_force(self, at: datetime) -> bool:
        """What has ended is in force at no time, whatever the reader's clock says. What was in force at an earlier time
        is asked of the citizen as the log had them then, when the end was not known."""
        return self.ended is None and self.since <= at and (self.until is None or at < self.until)

    def covers(self, category: str, purpose: str, source: str, case: str) -> bool:
        """Whether it reaches entries of this category from this source in this case, for this purpose."""
        return (
            category in self.categories
            and purpose in self.purposes
            and (not self.scope or self.scope == case)
            and (not self.sources or source in self.sources)
        )

    def status(self, at: datetime) -> str:
        """active, given, withdrawn, ended, expired, or awaited (begins later)."""
        if self.ended is not None:
            return "withdrawn" if self.is_consent else "ended"
        if self.until is not None and self.until <= at:
            return "expired"
        if at < self.since:
            return "awaited"
        return "given" if self.is_consent else "active"
