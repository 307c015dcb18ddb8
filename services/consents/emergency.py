"""Break-glass: reading in an emergency, by one person, for hours; and the review that always follows. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.errors import EmergencyUnknown, HoursMalformed, ReviewedAlready, ReviewOfOneself, ReviewOverdue
from services.consents.events import BreakGlassReviewed, GlassBroken
from services.consents.state import Citizen, Emergency, changed, named
from services.vocabulary import word, words

LONGEST: Final = 8
"""Hours: a shift."""
REVIEW: Final = timedelta(days=7)
"""Until when it is to be reviewed."""


def break_glass(citizen: Citizen, command: consents.BreakGlass, context: Context) -> Sequence[Event]:
    """Raises HoursMalformed, ReviewOverdue."""
    if not 1 <= command.hours <= LONGEST:
        raise HoursMalformed(most=LONGEST)
    for each in citizen.emergencies:
        if each.reader == context.actor and not each.finding and each.review_by <= context.now:
            # A review that nobody makes would otherwise make the next emergency as easy as the first.
            raise ReviewOverdue(emergency=each.id)
    return [
        GlassBroken(
            citizen=citizen.id,
            legalbasis="vital_interest",
            emergency=derived_id(context.command_id, "emergency"),
            reader=context.actor,
            holder=context.organisation,
            controller=citizen.registered_by,
            purpose=word(command.purpose),
            categories=words(command.categories),
            since=context.now,
            until=context.now + timedelta(hours=command.hours),
            review_by=context.now + REVIEW,
            reason=command.reason,
        )
    ]


def review(citizen: Citizen, command: consents.ReviewBreakGlass, context: Context) -> Sequence[Event]:
    """Raises EmergencyUnknown, ReviewedAlready, ReviewOfOneself."""
    emergency = named(citizen.emergencies, command.emergency)
    if emergency is None:
        raise EmergencyUnknown(emergency=command.emergency)
    if emergency.finding:
        raise ReviewedAlready(emergency=emergency.id, finding=emergency.finding)
    if emergency.reader == context.actor:
        raise ReviewOfOneself
    return [
        BreakGlassReviewed(citizen=citizen.id, emergency=emergency.id, finding=word(command.finding), note=command.note)
    ]


def with_emergency(citizen: Citizen, event: GlassBroken) -> Citizen:
    same = ("reader", "holder", "purpose", "categories", "since", "until", "review_by")
    emergency = Emergency(id=event.emergency, **{name: getattr(event, name) for name in same})
    return msgspec.structs.replace(citizen, emergencies=(*citizen.emergencies, emergency))


def with_review(citizen: Citizen, event: BreakGlassReviewed) -> Citizen:
    reviewed = changed(citizen.emergencies, event.emergency, finding=event.finding)
    return msgspec.structs.replace(citizen, emergencies=reviewed)
