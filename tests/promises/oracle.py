"""What may this reader see of this entry? Written from DOMAIN section 3 and docs/adr, not from the policies.

It knows only what a scenario says of itself, the closed lists of words and the text of the law data file; it imports
nothing of services/consents. Where it and the product differ, one of the two is wrong.
"""

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

LAW_FILE: Final = Path(__file__).parents[2] / "services" / "consents" / "law.toml"
LAWS: Final[dict[str, dict[str, Any]]] = {
    law["code"]: law for law in tomllib.loads(LAW_FILE.read_text(encoding="utf-8"))["law"]
}

FULL: Final = "full"
STUB: Final = "stub"
NONE: Final = "none"
STAFF: Final = ("caseworker", "coordinator", "ngo_worker")
CASEWORK: Final = ("caseworker", "coordinator")


@dataclass(frozen=True, slots=True)
class Reader:
    person: str
    organisation: str
    role: str
    kind: str = ""
    """Of the organisation; empty: nobody has said it."""


@dataclass(frozen=True, slots=True)
class Entry:
    organisation: str
    category: str
    sensitivity: str
    case: str = ""


@dataclass(frozen=True, slots=True)
class Lasting:
    """Something with a beginning, an end (exclusive) and perhaps an earlier end that somebody made."""

    since: datetime
    until: datetime | None = None
    ended: bool = False

    def holds(self, at: datetime) -> bool:
        return not self.ended and self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Ground:
    """A law, or a consent (then `law` is empty), by which an organisation may know something."""

    holder: str
    lasts: Lasting
    categories: Collection[str]
    purposes: Collection[str]
    law: str = ""
    case: str = ""
    sources: Collection[str] = ()
    named: Collection[str] = ()

    def holds(self, at: datetime) -> bool:
        return self.lasts.holds(at) and (not self.law or law_holds(self.law, at))

    def is_for(self, reader: Reader) -> bool:
        """An audit's ground is for auditors, who have no other; a law is for the kinds of organisation it names."""
        if self.holder != reader.organisation or (self.law == "audit") != (reader.role == "auditor"):
            return False
        kinds = LAWS[self.law].get("kinds", ()) if self.law else ()
        return not kinds or not reader.kind or reader.kind in kinds

    def reaches(self, entry: Entry, purpose: str) -> bool:
        return (
            entry.category in self.categories
            and purpose in self.purposes
            and self.case in ("", entry.case)
            and (not self.sources or entry.organisation in self.sources)
        )


@dataclass(frozen=True, slots=True)
class Block:
    organisation: str = ""
    categories: Collection[str] = ()
    lifted: bool = False

    def hides(self, entry: Entry, organisation: str) -> bool:
        theirs = self.organisation in ("", organisation)
        return theirs and not self.lifted and (not self.categories or entry.category in self.categories)


@dataclass(frozen=True, slots=True)
class Emergency:
    person: str
    organisation: str
    purpose: str
    categories: Collection[str]
    lasts: Lasting


@dataclass(frozen=True, slots=True)
class Representation:
    person: str
    lasts: Lasting


@dataclass(frozen=True, slots=True)
class Citizen:
    """One citizen as a scenario describes them."""

    id: str
    registered_by: str
    grounds: Sequence[Ground] = ()
    blocks: Sequence[Block] = ()
    emergencies: Sequence[Emergency] = ()
    representations: Sequence[Representation] = ()
    restricted: Collection[str] = ()
    """Organisations that may store what they have, and no more (GDPR art. 18)."""


def law_holds(code: str, at: datetime) -> bool:
    """Whether the law reference is in force: dates of UTC, the end exclusive."""
    law, day = LAWS[code], at.astimezone(UTC).date()
    return bool(law["valid_from"] <= day and ("valid_until" not in law or day < law["valid_until"]))


def outcome(citizen: Citizen, reader: Reader, purpose: str, entry: Entry, at: datetime) -> str:
    """`full`, `stub` or `none`."""
    if reader.role == "citizen":
        return own_access(citizen, reader, purpose, entry, at)
    if not may_ask(reader, purpose):
        return NONE
    grounds = grounds_of(citizen, reader, at)
    emergencies = emergencies_of(citizen, reader, at)
    named = any(entry.case and each.case == entry.case and reader.person in each.named for each in grounds)
    if entry.sensitivity == "protected" and not named:
        return NONE
    own = entry.organisation == reader.organisation and reader.role in STAFF
    blocked = any(each.hides(entry, reader.organisation) for each in citizen.blocks)
    covered = any(each.reaches(entry, purpose) and (each.law or not blocked) for each in grounds)
    broken = any(entry.category in each.categories and purpose == each.purpose for each in emergencies)
    restricted = entry.organisation in citizen.restricted
    open_to = not restricted or reader.role == "auditor" or (own and reader.role == "coordinator")
    told = own or ((covered or broken) and (entry.sensitivity != "confidential" or reader.role != "ngo_worker"))
    if told and open_to:
        return FULL
    return STUB if grounds or emergencies or own else NONE


def may_ask(reader: Reader, purpose: str) -> bool:
    """Whether somebody in this role reads for this purpose at all."""
    if reader.role == "auditor":
        return purpose == "audit"
    return reader.role in STAFF and purpose not in ("audit", "own_access")


def own_access(citizen: Citizen, reader: Reader, purpose: str, entry: Entry, at: datetime) -> str:
    """A citizen about themselves, or for whom they represent. What is protected may be about who is with them."""
    if purpose != "own_access" or entry.sensitivity == "protected":
        return NONE
    if reader.person == citizen.id:
        return FULL
    return FULL if represents(citizen, reader, at) and entry.sensitivity != "confidential" else NONE


def grounds_of(citizen: Citizen, reader: Reader, at: datetime) -> list[Ground]:
    return [each for each in citizen.grounds if each.holds(at) and each.is_for(reader)]


def emergencies_of(citizen: Citizen, reader: Reader, at: datetime) -> list[Emergency]:
    if reader.role not in CASEWORK:
        return []
    mine = (reader.person, reader.organisation)
    return [each for each in citizen.emergencies if (each.person, each.organisation) == mine and each.lasts.holds(at)]


def represents(citizen: Citizen, reader: Reader, at: datetime) -> bool:
    return any(each.person == reader.person and each.lasts.holds(at) for each in citizen.representations)


def is_known(citizen: Citizen, reader: Reader, at: datetime) -> bool:
    """Whether the reader may know that there is such a citizen, before any entry is looked at."""
    if reader.role == "citizen":
        return reader.person == citizen.id or represents(citizen, reader, at)
    related = bool(grounds_of(citizen, reader, at)) or bool(emergencies_of(citizen, reader, at))
    if reader.role == "auditor":
        return related
    return reader.role in STAFF and (related or citizen.registered_by == reader.organisation)


def may_name(citizen: Citizen, reader: Reader, purpose: str, at: datetime) -> bool:
    """Whether the reader may be told the citizen's name: it goes with having to do with them, not with one entry."""
    if reader.role == "citizen":
        return purpose == "own_access" and is_known(citizen, reader, at)
    related = bool(grounds_of(citizen, reader, at))
    registered = reader.role in STAFF and citizen.registered_by == reader.organisation
    restricted = citizen.registered_by in citizen.restricted
    open_to = not restricted or reader.role == "auditor" or (registered and reader.role == "coordinator")
    return may_ask(reader, purpose) and (related or registered) and open_to
