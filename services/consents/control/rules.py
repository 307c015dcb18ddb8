"""What is found: each rule looks at one access record and what is known of reader and citizen. Pure.

A rule answers None, or a Hit. The look that a hit is about may be another one than the one examined: of many look-ups
in an hour it is the first, so that whoever examines any of them finds the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from services.consents.control.looks import Burst, Look, Unit, beginning


class Staff(NamedTuple):
    """A member of the organisation, as far as they said who they are as a citizen."""

    citizen: str = ""
    """Empty: no citizen that is known here."""
    address: bytes = b""
    """Keyed digest; empty: not said."""
    until: datetime | None = None
    """When they left."""


class Held(NamedTuple):
    """A time in which the organisation had a basis to know a citizen. `until` is exclusive; None: open."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known about an organisation's people and about the citizens that are looked at."""

    zone: tzinfo = UTC
    staff: Mapping[str, Staff] = field(default_factory=dict)
    """Reader -> who they are."""
    relatives: Mapping[str, Mapping[str, datetime | None]] = field(default_factory=dict)
    """Citizen -> relative -> when the link was ended; None: it was not."""
    residents: Mapping[str, bytes] = field(default_factory=dict)
    """Citizen -> digest of the address, of those who live where somebody of the staff does."""
    bursts: Mapping[tuple[str, Unit, datetime], Burst] = field(default_factory=dict)
    """Reader, unit and its beginning in UTC -> an hour or day of too many citizens."""
    held: Mapping[str, Sequence[Held]] = field(default_factory=dict)
    """Citizen -> when the organisation had a basis."""

    def oneself(self, look: Look) -> str:
        """The reader as a citizen; empty: not known."""
        staff = self.staff.get(look.reader)
        return staff.citizen if staff else ""

    @cached_property
    def colleagues(self) -> Mapping[str, datetime | None]:
        """Citizen -> when they stopped being a member; None: they are one."""
        return {each.citizen: each.until for each in self.staff.values() if each.citizen}


class Hit(NamedTuple):
    look: Look
    """The one that the finding is about."""
    numbers: dict[str, int] = {}  # noqa: RUF012 -- never changed
    """What was counted."""


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a rule that has none."""


class Counts(Parameters, frozen=True, forbid_unknown_fields=True):
    hour: int
    """Different citizens in an hour of the clock that one person may look at without a question."""
    day: int
    times_usual: int
    """And so many times the person's own median."""
    history_days: int
    """How far back the median reaches."""


class Grace(Parameters, frozen=True, forbid_unknown_fields=True):
    days: int
    """A basis that begins so much later makes up for a look: a number is looked up before a case is opened."""


class Hours(Parameters, frozen=True, forbid_unknown_fields=True):
    opens: time
    closes: time
    """Exclusive."""
    weekdays: frozenset[int]
    """1 is Monday (ISO 8601)."""


class Share(Parameters, frozen=True, forbid_unknown_fields=True):
    share: float
    """Of all access records, 0 to 1."""
    organisations: dict[str, float] = {}
    """Organisation -> another share."""
    seed: str = ""
    """No secret: anybody can draw the same sample again."""


Test = Callable[[Look, Facts, Any], Hit | None]


def own_record(look: Look, facts: Facts, _: Parameters) -> Hit | None:
    return Hit(look) if look.citizen == facts.oneself(look) else None


def own_relative(look: Look, facts: Facts, _: Parameters) -> Hit | None:
    """A link that was ended before the look does not count; one that was said afterwards does."""
    relatives = facts.relatives.get(facts.oneself(look), {})
    if look.citizen not in relatives:
        return None
    ended = relatives[look.citizen]
    return Hit(look) if ended is None or look.time < ended else None


def colleague(look: Look, facts: Facts, _: Parameters) -> Hit | None:
    if look.citizen not in facts.colleagues or look.citizen == facts.oneself(look):
        return None
    left = facts.colleagues[look.citizen]
    return Hit(look) if left is None or look.time < left else None


def same_address(look: Look, facts: Facts, _: Parameters) -> Hit | None:
    staff = facts.staff.get(look.reader)
    if staff is None or not staff.address or look.citizen == staff.citizen:
        return None
    return Hit(look) if facts.residents.get(look.citizen) == staff.address else None


def many_lookups(look: Look, facts: Facts, _: Counts) -> Hit | None:
    """About the first look of the hour or day."""
    for unit, minutes in MINUTES.items() if facts.bursts else ():
        burst = facts.bursts.get((look.reader, unit, beginning(look.time, unit, facts.zone)))
        if burst:
            return Hit(burst.first, {"citizens": burst.citizens, "usual": burst.usual, "minutes": minutes})
    return None


def no_case(look: Look, facts: Facts, parameters: Grace) -> Hit | None:
    """Neither case nor consent at the time, and none that came of it."""
    if look.reasons == CONTROLLING:
        return None
    latest = look.time + timedelta(days=parameters.days)
    related = any(
        held.since <= latest and (held.until is None or look.time < held.until)
        for held in facts.held.get(look.citizen, ())
    )
    return None if related else Hit(look)


def outside_hours(look: Look, facts: Facts, parameters: Hours) -> Hit | None:
    local = look.time.astimezone(facts.zone)
    inside = local.isoweekday() in parameters.weekdays and parameters.opens <= local.time() < parameters.closes
    return None if inside else Hit(look)


def sample(look: Look, _: Facts, parameters: Share) -> Hit | None:
    """By the hash of the record's id: nobody chooses, and the same are drawn again."""
    share = parameters.organisations.get(look.organisation, parameters.share)
    drawn = int.from_bytes(sha256(f"{parameters.seed} {look.access}".encode()).digest()[:8])
    return Hit(look) if drawn < share * 2**64 else None


MINUTES: Final[dict[Unit, int]] = {"hour": 60, "day": 24 * 60}
CONTROLLING: Final = ("FINDING_READ",)
"""Reasons of looks by those who assess findings."""

TESTS: Final[Mapping[str, tuple[Test, type[Parameters]]]] = {
    "own_record": (own_record, Parameters),
    "own_relative": (own_relative, Parameters),
    "colleague": (colleague, Parameters),
    "same_address": (same_address, Parameters),
    "many_lookups": (many_lookups, Counts),
    "no_case": (no_case, Grace),
    "outside_hours": (outside_hours, Hours),
    "sample": (sample, Share),
}
"""Rule's code -> what it does, and what it is told in control.toml."""
