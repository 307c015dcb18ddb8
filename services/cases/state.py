"""A case as its events leave it. Personal text is not part of it: it reads "" after loading."""

from datetime import datetime
from typing import Any

import msgspec


class Participant(msgspec.Struct, frozen=True):
    role: str
    legal_basis: str
    since: datetime
    until: datetime | None = None
    """Exclusive."""
    named_people: tuple[str, ...] = ()

    def is_over(self, at: datetime) -> bool:
        return self.until is not None and self.until <= at


class Action(msgspec.Struct, frozen=True):
    owner: str
    due: datetime
    category: str
    sensitivity: str
    completed: bool = False


class Link(msgspec.Struct, frozen=True):
    relation: str
    sensitivity: str


class Outcome(msgspec.Struct, frozen=True):
    """What became of a referral made in the case."""

    sender: str
    recipient: str
    status: str
    outcome: str
    reason: str
    at: datetime


class Case(msgspec.Struct, frozen=True):
    id: str = ""
    """Empty: there is no such case."""
    citizen: str = ""
    organisation: str = ""
    """The organisation that opened it."""
    subject_code: str = ""
    category: str = ""
    sensitivity: str = "normal"
    legal_basis: str = ""
    status: str = "open"
    opened: datetime | None = None
    until: datetime | None = None
    result: str = ""
    participants: dict[str, Participant] = {}
    actions: dict[str, Action] = {}
    links: dict[str, Link] = {}
    """Other case -> how it is related to this one."""
    referrals: dict[str, Outcome] = {}
    """Of those that were answered, or ended."""

    def takes_part(self, organisation: str, at: datetime) -> Participant | None:
        """The organisation's part in the case, now or later; None when it has none, or its time is over."""
        part = self.participants.get(organisation)
        return None if part is None or part.is_over(at) else part

    def role_of(self, organisation: str, at: datetime) -> str:
        """The organisation's role in the case; empty when it takes no part, not yet or no longer."""
        part = self.takes_part(organisation, at)
        return "" if part is None or at < part.since else part.role

    def coordinates_for_good(self, organisation: str, at: datetime) -> bool:
        """Whether it coordinates without an end. When the last coordinator's time is over, nobody steers the case."""
        return self.role_of(organisation, at) == "coordinator" and self.participants[organisation].until is None

    def names(self, organisation: str, person: str, at: datetime) -> bool:
        """Whether the organisation takes part and named the person for what is protected."""
        return bool(self.role_of(organisation, at)) and person in self.participants[organisation].named_people

    def is_known_to(self, organisation: str, person: str, at: datetime) -> bool:
        """Whether the person may know that there is such a case: of a protected one, only who is named."""
        if not self.role_of(organisation, at):
            return False
        return self.sensitivity != "protected" or self.names(organisation, person, at)


def about(case: Case, of: Any = None) -> dict[str, str]:
    """What an event of the case is about; `of` names a category, or a sensitivity other than the case's."""
    return {
        "citizen": case.citizen,
        "case": case.id,
        "legalbasis": case.legal_basis,
        "category": getattr(of, "category", "") or "administrative",
        "sensitivity": getattr(of, "sensitivity", "") or case.sensitivity,
    }
