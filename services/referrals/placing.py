"""The process of a place across referrals and partners: asked for here, reserved or refused there, taken note of here.

A referral asks with its acceptance (ReferralPlaceAsked); partners answers with PlaceReserved or PlaceRefused, and gets
the place back from the events that end a referral (services/partners/room/policies.py). Each side's effect is a command
with a derived id (docs/adr/0007): a worker that dies between any two steps repeats what it did, and nothing else.
"""

from collections.abc import Sequence
from contextlib import suppress
from threading import BoundedSemaphore
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

import psycopg
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.bus.received import Received
from libs.eventlog import Kind, derived_id
from libs.host import clock
from libs.host.calls import Caller
from libs.host.errors import Refused
from services.referrals.errors import NoRoom, NotWaiting
from services.referrals.mailing import ADDRESSES
from services.referrals.place import ASKED, NO_ROOM, Placed
from services.referrals.policy_context import context_of
from services.referrals.referral import REFERRAL, Referral
from services.referrals.waiting import RANK

if TYPE_CHECKING:
    from services.referrals.service import Referrals

RESERVED: Final = "partners.PlaceReserved.v1"
REFUSED: Final = "partners.PlaceRefused.v1"
FREE: Final = ("partners.PlaceReleased.v1", "partners.CapacityDeclared.v1")
"""Events after which there may be a place for one that waits."""
FIRST: Final = f"""
    SELECT id::text, recipient::text FROM referral_lines WHERE business_status = 'waitlisted' AND service = %s
        AND waiting_since <= %s
    ORDER BY {RANK} DESC, waiting_since, id LIMIT 1
"""  # noqa: S608 -- constants only
QUESTION: Final = 0.5
"""Seconds that partners may take to say whether a service counts its places; after that it is asked for one."""
PATIENCE: Final = 3.0
"""Seconds that who accepts waits for the place, if the call itself lasts so long."""
LOOK: Final = 0.02
WAITING: Final = BoundedSemaphore(8)
"""Calls that wait at once: half of the threads of a server stay free for others."""
PENDING: Final = "PLACE_PENDING"


def when_partners_published(
    service: "Referrals", connection: psycopg.Connection[Any], events: Sequence[Received]
) -> None:
    """No projection, so that a rebuild, which goes to the head at once, passes over no answer."""
    ADDRESSES.apply(connection, events)
    for event in events:
        if event.envelope.type == RESERVED:
            answer(service, "when_place_reserved_accept_referral", Placed(room=True), event)
        elif event.envelope.type == REFUSED:
            answer(service, "when_place_refused_offer_wait_list", Placed(room=False), event)
        elif event.envelope.type in FREE and event.data["available"]:
            when_place_free_offer_it(service, connection, event)


def when_place_free_offer_it(service: "Referrals", connection: psycopg.Connection[Any], event: Received) -> None:
    """To the first that waited for it then. A repetition offers it to nobody else."""
    command_id = derived_id(event.envelope.id, "when_place_free_offer_it")
    first = connection.execute(FIRST, [event.data["service"], event.envelope.recordedtime]).fetchone()
    if not first or service.log.result_of(command_id):
        return
    context = context_of(first[1], "when_place_free_offer_it", command_id, clock.now())
    with suppress(NotWaiting):
        service.log.execute(REFERRAL, first[0], referrals.OfferPlace(referral=first[0]), context)


def answer(service: "Referrals", policy: str, command: Placed, cause: Received) -> None:
    referral = cause.data["referral"]
    recipient = service.log.load(REFERRAL, referral).state.recipient
    context = context_of(
        recipient,
        policy,
        derived_id(cause.envelope.id, policy),
        clock.now(),
        correlationid=cause.envelope.correlationid,
        traceparent=cause.envelope.traceparent,
    )
    service.log.execute(REFERRAL, referral, command, context)


def places_counted(service: "Referrals", referral: Referral, caller: Caller) -> bool:
    """Whether its service has said how much room it has. While partners is away a place is asked for: the answer comes
    when it is back, and it is yes where nothing is counted."""
    if not referral.service:
        return False
    question = partners.GetCapacity(service=referral.service)
    try:
        return service.clients.ask(question, partners.Capacity, caller, QUESTION).declared
    except Refused as refused:
        if refused.kind is not Kind.UNAVAILABLE:
            raise
        return True


def with_place(service: "Referrals", recorded: common.Recorded, caller: Caller) -> common.Recorded:
    """The answer to an acceptance: what became of the place, or a warning that nobody knows yet. Raises NoRoom."""
    loaded = service.log.load(REFERRAL, recorded.id)
    if loaded.state.place == ASKED and WAITING.acquire(blocking=False):
        try:
            until = min(monotonic() + PATIENCE, caller.until)
            while loaded.state.place == ASKED and monotonic() < until:
                sleep(LOOK)
                loaded = service.log.load(REFERRAL, recorded.id)
        finally:
            WAITING.release()
    if loaded.state.place == NO_ROOM:
        raise NoRoom(referral=recorded.id)
    if loaded.state.place == ASKED:
        recorded.warnings.append(PENDING)
    elif loaded.state.place:
        recorded.version = loaded.version
    return recorded
