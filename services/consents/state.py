"""A citizen as their legal facts say: on which bases others may know what, and what the citizen arranged. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

import msgspec

from libs.eventlog import Context
from services.consents.basis import Basis, Terms
from services.vocabulary import Category, HouseholdRelation, Purpose, Right, RightOutcome, RightStatus, Role

CASEWORK: Final[tuple[Role, ...]] = ("caseworker", "coordinator")
STAFF: Final[tuple[Role, ...]] = (*CASEWORK, "ngo_worker")
"""Who works with citizens. Of the others an auditor reads on a ground of their own, a citizen about themselves."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Fact = TypeVar("Fact", bound=_Named)
replaced: Final[Any] = msgspec.structs.replace
"""Of any fact: each is a Struct."""


class ConsentRequest(Terms, frozen=True, kw_only=True):
    """A consent that was asked for. Its terms are those that may be given, or less."""

    status: str = "requested"
    """requested, given, refused."""


class Representation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may act for the citizen."""

    id: str
    representative: str
    relation: str
    since: datetime
    until: datetime
    """Exclusive."""
    evidence_digest: str
    ended: datetime | None = None

    def status(self, at: datetime) -> str:
        """in_force, awaited, expired, ended."""
        if self.ended is not None:
            return "ended"
        if self.until <= at:
            return "expired"
        return "awaited" if at < self.since else "in_force"


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """What the citizen hides."""

    id: str
    organisation: str
    """Empty: from every organisation."""
    categories: tuple[Category, ...]
    """Empty: of every category."""
    since: datetime
    lifted: datetime | None = None

    def hides(self, category: str, organisation: str) -> bool:
        return (
            self.lifted is None
            and self.organisation in ("", organisation)
            and (not self.categories or category in self.categories)
        )


class Emergency(msgspec.Struct, frozen=True, kw_only=True):
    """A reader who broke the glass."""

    id: str
    reader: str
    holder: str
    purpose: Purpose
    categories: tuple[Category, ...]
    since: datetime
    until: datetime
    """Exclusive."""
    review_by: datetime
    finding: str = ""
    """Empty: the review is due."""

    def is_of(self, person: str, organisation: str, at: datetime) -> bool:
        """Whether this very person reads on it then."""
        return (self.reader, self.holder) == (person, organisation) and self.since <= at < self.until


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one controller was asked, and answered."""

    controller: str
    outcome: RightOutcome | None = None
    ground: str = ""
    keys: tuple[str, ...] = ()
    decided: datetime | None = None
    lifted: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome in (None, "legal_hold")

    @property
    def is_restricted(self) -> bool:
        return self.outcome == "restricted" and self.lifted is None

    @property
    def status(self) -> RightStatus:
        if self.lifted is not None:
            return "lifted"
        return self.outcome or "requested"


class RightRequest(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    right: Right
    invoked: datetime
    parts: tuple[Part, ...]

    def part(self, controller: str) -> Part | None:
        return next((part for part in self.parts if part.controller == controller), None)


class Relative(msgspec.Struct, frozen=True, kw_only=True):
    """Another citizen of the household."""

    id: str
    """Of the link, in both streams."""
    other: str
    relation: HouseholdRelation
    """What the other is to this one."""
    since: datetime


class Citizen(msgspec.Struct, frozen=True):
    id: str = ""
    """Empty: there is no such citizen."""
    registered_by: str = ""
    bases: tuple[Basis, ...] = ()
    requests: tuple[ConsentRequest, ...] = ()
    representations: tuple[Representation, ...] = ()
    blocks: tuple[Block, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    rights: tuple[RightRequest, ...] = ()
    relatives: tuple[Relative, ...] = ()

    def relations(self, organisation: str, at: datetime) -> list[Basis]:
        """The bases in force by which the organisation has to do with the citizen."""
        return [basis for basis in self.bases if basis.holder == organisation and basis.in_force(at)]

    def relations_of(self, reader: Context, at: datetime) -> list[Basis]:
        """Those of them that a person in this role has: the ground of an audit is for auditors, who have no other."""
        if reader.role not in (*STAFF, "auditor"):
            return []
        return [each for each in self.relations(reader.organisation, at) if each.is_audit == (reader.role == "auditor")]

    def is_named(self, reader: Context, case: str, at: datetime) -> bool:
        """Whether a basis of the reader's organisation names them for the case."""
        return any(each.names(reader.actor, case) for each in self.relations_of(reader, at))

    def basis(self, basis_id: str) -> Basis | None:
        return named(self.bases, basis_id)

    def has_to_do_with(self, reader: Context, at: datetime) -> bool:
        """Whether the reader's organisation has to do with the citizen, and they for it."""
        registered = bool(self.id) and self.registered_by == reader.organisation and reader.role in STAFF
        return registered or bool(self.relations_of(reader, at))

    def is_known_to(self, reader: Context, at: datetime) -> bool:
        """Whether the reader may know that there is such a citizen. Who reads about nobody knows of nobody."""
        if reader.role == "citizen":
            return bool(self.id) and (reader.actor == self.id or self.is_represented_by(reader.actor, at))
        return self.has_to_do_with(reader, at) or bool(self.emergencies_of(reader, at))

    def is_represented_by(self, person: str, at: datetime) -> bool:
        return any(each.representative == person and each.status(at) == "in_force" for each in self.representations)

    def emergencies_of(self, reader: Context, at: datetime) -> list[Emergency]:
        """Those that this person reads on now, in a role that may break the glass."""
        if reader.role not in CASEWORK:
            return []
        return [each for each in self.emergencies if each.is_of(reader.actor, reader.organisation, at)]

    def is_blocked(self, category: str, organisation: str) -> bool:
        return any(block.hides(category, organisation) for block in self.blocks)

    def restricts(self, organisation: str) -> bool:
        """Whether what the organisation controls may be stored and no more (GDPR art. 18)."""
        return any(part.is_restricted for each in self.rights if (part := each.part(organisation)))

    @property
    def erased(self) -> frozenset[str]:
        """Keys that nothing is opened with any more, from the decision on."""
        return frozenset(key for each in self.rights for part in each.parts for key in part.keys)

    @property
    def hidden(self) -> frozenset[str]:
        """Organisations that help in a protected case."""
        return frozenset(basis.holder for basis in self.bases if basis.sensitivity == "protected")


def named(facts: Iterable[Fact], id_: str) -> Fact | None:
    return next((fact for fact in facts if fact.id == id_), None)


def changed(facts: Iterable[Fact], id_: str, **changes: Any) -> tuple[Fact, ...]:
    """The facts, the one of that id with other values."""
    return tuple(replaced(fact, **changes) if fact.id == id_ else fact for fact in facts)
