"""A member of an organisation, of whom the organisation said who they are as a citizen. Pure.

The log has that it was said and by whom. Whom it is stands in no log: services/consents/staff.py keeps digests.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Decider, Event, derived_id
from services.consents.events import StaffIdentityRegistered


class Member(msgspec.Struct, frozen=True):
    person: str = ""
    """Empty: nothing was said."""


def member_id(organisation: str, person: str) -> str:
    return derived_id(organisation, f"staff: {person}")


def decide(_member: Member, command: consents.RegisterStaffIdentity, _context: Context) -> Sequence[Event]:
    return [StaffIdentityRegistered(person=command.person)]


def evolve(member: Member, event: Event) -> Member:
    return Member(event.person) if isinstance(event, StaffIdentityRegistered) else member


MEMBER: Final = Decider(Member, decide, evolve)
