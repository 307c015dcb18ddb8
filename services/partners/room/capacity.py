"""The room that one service has: what is free, and which referrals hold a place. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Decider, Event, derived_id
from services.partners.room.errors import CapacityExceeded, CapacityNotSaid, FreshTooLong, ServiceUnknown
from services.partners.room.events import CapacityDeclared, PlaceRefused, PlaceReleased, PlaceReserved

FRESH_DAYS: Final = 14
"""Where nothing else is said."""
LONGEST_FRESH: Final = 366
MOST: Final = 100_000
"""Places of one service."""


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """`available` and those who hold a place never come to more than `maximum`, where that is said."""

    organisation: str = ""
    """Who declared it; empty: nobody did, and nothing is counted."""
    unit: str = ""
    available: int = 0
    maximum: int = 0
    updated: datetime | None = None
    fresh_days: int = FRESH_DAYS
    held: frozenset[str] = frozenset()
    """Referrals with a place."""

    @property
    def fresh_until(self) -> datetime | None:
        return fresh_until(self.updated, self.fresh_days) if self.updated else None


class Declare(msgspec.Struct, frozen=True):
    request: partners.DeclareCapacity


class Reserve(msgspec.Struct, frozen=True):
    service: str
    referral: str


class Release(msgspec.Struct, frozen=True):
    service: str
    referral: str


def stream_of(service: str) -> str:
    return derived_id(service, "capacity")


def fresh_until(updated: datetime, fresh_days: int) -> datetime:
    return updated + timedelta(days=fresh_days)


def decide(capacity: Capacity, command: Declare | Reserve | Release, context: Context) -> Sequence[Event]:
    """Raises ServiceUnknown, CapacityNotSaid, CapacityExceeded, FreshTooLong."""
    match command:
        case Declare():
            return [declare(capacity, command.request, context)]
        case Reserve():
            return [reserve(capacity, command)]
        case Release():
            return release(capacity, command)


def declare(capacity: Capacity, request: partners.DeclareCapacity, context: Context) -> CapacityDeclared:
    """What the request leaves out stays as it was; a change that says nothing new renews it."""
    if capacity.organisation not in ("", request.organisation):
        raise ServiceUnknown(service=request.service)
    if not (capacity.organisation or request.HasField("available") or request.more):
        raise CapacityNotSaid
    available = request.available if request.HasField("available") else max(0, capacity.available + request.more)
    maximum = request.maximum if request.HasField("maximum") else capacity.maximum
    fresh_days = request.fresh_days or capacity.fresh_days
    if available + len(capacity.held) > (maximum or MOST) or maximum > MOST:
        raise CapacityExceeded(available=available, held=len(capacity.held), maximum=min(maximum or MOST, MOST))
    if fresh_days > LONGEST_FRESH:
        raise FreshTooLong(most=LONGEST_FRESH)
    return CapacityDeclared(
        service=request.service,
        organisation=request.organisation,
        unit=request.unit or capacity.unit,
        available=available,
        maximum=maximum,
        updated=context.occurred,
        fresh_days=fresh_days,
    )


def reserve(capacity: Capacity, command: Reserve) -> Event:
    """Each question is answered; a referral that holds a place keeps the one it has."""
    counted = bool(capacity.organisation) and command.referral not in capacity.held
    if counted and not capacity.available:
        return PlaceRefused(service=command.service, referral=command.referral)
    return PlaceReserved(
        service=command.service, referral=command.referral, available=capacity.available - int(counted)
    )


def release(capacity: Capacity, command: Release) -> Sequence[Event]:
    if command.referral not in capacity.held:
        return []
    available = capacity.available + int(bool(capacity.organisation))
    return [PlaceReleased(service=command.service, referral=command.referral, available=available)]


def evolve(capacity: Capacity, event: Any) -> Capacity:
    change = msgspec.structs.replace
    match event:
        case CapacityDeclared():
            names = ("organisation", "unit", "available", "maximum", "updated", "fresh_days")
            return change(capacity, **{name: getattr(event, name) for name in names})
        case PlaceReserved():
            return change(capacity, available=event.available, held=capacity.held | {event.referral})
        case PlaceReleased():
            return change(capacity, available=event.available, held=capacity.held - {event.referral})
    return capacity


CAPACITY: Final = Decider(state=Capacity, decide=decide, evolve=evolve)
