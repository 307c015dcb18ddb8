"""Who belongs to a citizen's household: links between two citizens, each said in both streams. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.errors import HouseholdLinkedAlready, HouseholdLinkedToItself, HouseholdLinkUnknown
from services.consents.events import HouseholdLinked, HouseholdUnlinked
from services.consents.state import Citizen, Relative, named
from services.vocabulary import HouseholdRelation, word

INVERSE: Final[dict[HouseholdRelation, HouseholdRelation]] = {
    "parent": "child",
    "child": "parent",
    "partner": "partner",
    "sibling": "sibling",
    "guardian": "ward",
    "ward": "guardian",
}


class LinkedFrom(msgspec.Struct, frozen=True):
    """Another citizen was linked to this one."""

    link: str
    other: str
    relation: HouseholdRelation
    """What this one is to the other."""
    since: datetime


class UnlinkedFrom(msgspec.Struct, frozen=True):
    link: str


def link(citizen: Citizen, command: consents.LinkHousehold, context: Context) -> Sequence[Event]:
    """Raises HouseholdLinkedToItself, HouseholdLinkedAlready."""
    if command.other == citizen.id:
        raise HouseholdLinkedToItself
    if any((each.other, each.relation) == (command.other, command.relation) for each in citizen.relatives):
        raise HouseholdLinkedAlready
    return [
        HouseholdLinked(
            citizen=citizen.id,
            category="family",
            link=derived_id(context.command_id, "link"),
            other=command.other,
            relation=word(command.relation),
            since=context.now,
        )
    ]


def linked_from(citizen: Citizen, command: LinkedFrom, _context: Context) -> Sequence[Event]:
    """The same link from the other end."""
    if named(citizen.relatives, command.link):
        return []
    return [
        HouseholdLinked(
            citizen=citizen.id,
            category="family",
            link=command.link,
            other=command.other,
            relation=INVERSE[command.relation],
            since=command.since,
        )
    ]


def unlink(citizen: Citizen, command: consents.UnlinkHousehold, context: Context) -> Sequence[Event]:
    """Raises HouseholdLinkUnknown."""
    relative = named(citizen.relatives, command.link)
    if relative is None:
        raise HouseholdLinkUnknown(link=command.link)
    return [unlinked(citizen, relative, context.now)]


def unlinked_from(citizen: Citizen, command: UnlinkedFrom, context: Context) -> Sequence[Event]:
    relative = named(citizen.relatives, command.link)
    return [unlinked(citizen, relative, context.occurred)] if relative else []


def unlinked(citizen: Citizen, relative: Relative, at: datetime) -> HouseholdUnlinked:
    return HouseholdUnlinked(citizen=citizen.id, category="family", link=relative.id, other=relative.other, ended=at)


def with_relative(citizen: Citizen, event: HouseholdLinked) -> Citizen:
    relative = Relative(id=event.link, other=event.other, relation=event.relation, since=event.since)
    return msgspec.structs.replace(citizen, relatives=(*citizen.relatives, relative))


def without_relative(citizen: Citizen, event: HouseholdUnlinked) -> Citizen:
    left = tuple(each for each in citizen.relatives if each.id != event.link)
    return msgspec.structs.replace(citizen, relatives=left)
