"""A place for each referral that asks for one, and the place back when the referral ends (docs/adr/0007).

Both follow the order of the referrals' log: a referral that ends while its question is on its way gives back the place
that it has got by then.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import psycopg

from libs.bus.received import Received
from libs.eventlog import Context, derived_id
from libs.host import clock
from services.partners.room.capacity import CAPACITY, Release, Reserve, stream_of

if TYPE_CHECKING:
    from services.partners.service import Partners

Connection = psycopg.Connection[Any]

ASKED: Final = "referrals.ReferralPlaceAsked.v1"
ENDED: Final = (
    "referrals.ReferralRejected.v1",
    "referrals.ReferralCancelled.v1",
    "referrals.ReferralFailed.v1",
    "referrals.ReferralCompleted.v1",
    "referrals.ReferralMarkedInError.v1",
)
"""Nobody needs its place any more. One that is on hold keeps it."""


def when_referrals_published(service: "Partners", connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        if event.envelope.type == ASKED:
            when_place_asked_reserve_place(service, connection, event)
        elif event.envelope.type in ENDED:
            when_referral_ended_release_place(service, connection, event)


def when_place_asked_reserve_place(service: "Partners", connection: Connection, event: Received) -> None:
    referral, of = event.envelope.subject, event.data["service"]
    connection.execute("INSERT INTO places_asked VALUES (%s, %s) ON CONFLICT DO NOTHING", [referral, of])
    command(service, "when_place_asked_reserve_place", Reserve(of, referral), event)


def when_referral_ended_release_place(service: "Partners", connection: Connection, event: Received) -> None:
    referral = event.envelope.subject
    asked = connection.execute("SELECT service::text FROM places_asked WHERE referral = %s", [referral]).fetchone()
    if asked:
        command(service, "when_referral_ended_release_place", Release(asked[0], referral), event)


def command(service: "Partners", policy: str, what: Reserve | Release, cause: Received) -> None:
    now = clock.now()
    context = Context(
        command_id=derived_id(cause.envelope.id, policy),
        actor=f"policy:{policy}",
        organisation=cause.envelope.organisation,
        role="service",
        now=now,
        occurred=now,
        correlationid=cause.envelope.correlationid,
        traceparent=cause.envelope.traceparent,
    )
    service.log.execute(CAPACITY, stream_of(what.service), what, context)
