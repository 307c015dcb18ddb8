"""A consent that is withdrawn, or found invalid, holds every referral that rests on it, also through its renewals.

Two sources can arrive in either order: the withdrawal, and the request that rests on what was withdrawn. Each looks for
the other under one lock, so that whichever comes second finds the first (docs/adr/0007 for the effect itself).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import psycopg

from libs.bus.projection import Projection
from libs.bus.received import Received
from libs.eventlog import derived_id
from libs.host import clock
from services.referrals.calendars import note_calendars
from services.referrals.delivering import note_webhooks, when_referral_moved_tell_endpoints
from services.referrals.events import ReferralClaimed, ReferralRequested, ReferralStarted
from services.referrals.exhausting import when_all_declined_reject_referral
from services.referrals.mailing import when_referral_requested_send_link
from services.referrals.policy_context import context_of
from services.referrals.projections import apply
from services.referrals.referral import REFERRAL, Hold

if TYPE_CHECKING:
    from services.referrals.service import Referrals

Connection = psycopg.Connection[Any]

WITHDRAWN: Final = ("consents.ConsentWithdrawn.v1", "consents.ConsentInvalidated.v1")
"""Events after which nobody may rely on a consent; one that was never valid stops what rests on it as well."""
GIVEN: Final = "consents.ConsentGiven.v1"
RESTS: Final = (ReferralRequested.type, ReferralClaimed.type, ReferralStarted.type)
"""Events that say which bases a referral rests on."""
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('withdrawn_bases'))"

RESTING_ON: Final = """
    WITH RECURSIVE origins (basis) AS (
        SELECT %(basis)s::text
        UNION SELECT w.basis FROM withdrawn_bases w JOIN origins ON w.successor = origins.basis
    )
    SELECT id::text FROM referral_lines, origins
    WHERE bases @> ARRAY[origins.basis] AND categories && %(categories)s::text[]
"""
"""Referrals that rest on a consent, or on one that it goes on from, for one of these categories."""

WITHDRAWN_SINCE: Final = """
    WITH RECURSIVE chain AS (
        SELECT * FROM withdrawn_bases WHERE basis = ANY(%(bases)s)
        UNION SELECT withdrawn_bases.* FROM withdrawn_bases JOIN chain ON withdrawn_bases.basis = chain.successor
    )
    SELECT basis FROM chain
    WHERE categories && (SELECT categories FROM referral_lines WHERE id = %(referral)s) LIMIT 1
"""
"""A withdrawal that takes one of the referral's categories from the bases it rests on, or what they went on as."""


class Withdrawal(msgspec.Struct, frozen=True):
    """What matters here of the events of WITHDRAWN."""

    consent: str
    categories: list[str]
    successor: str = ""


def when_consent_withdrawn_hold_referral(
    service: "Referrals", connection: Connection, events: Sequence[Received]
) -> None:
    for event in events:
        if event.envelope.type == GIVEN and event.data.get("renews"):
            note(connection, Withdrawal(event.data["renews"], [], event.data["consent"]))
        if event.envelope.type not in WITHDRAWN:
            continue
        withdrawal = msgspec.json.decode(event.envelope.data, type=Withdrawal)
        note(connection, withdrawal)
        asked = {"basis": withdrawal.consent, "categories": withdrawal.categories}
        for (referral,) in connection.execute(RESTING_ON, asked).fetchall():
            hold(service, referral, withdrawal.consent, event)


def note(connection: Connection, withdrawal: Withdrawal) -> None:
    """A renewal withdraws nothing, and is what the older consent goes on as."""
    connection.execute(LOCK)
    connection.execute(
        "INSERT INTO withdrawn_bases VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [withdrawal.consent, withdrawal.categories, withdrawal.successor],
    )


def when_basis_was_withdrawn_before_hold_referral(
    service: "Referrals", connection: Connection, events: Sequence[Received]
) -> None:
    for event in events:
        if event.envelope.type not in RESTS or not event.data.get("bases"):
            continue
        referral = event.envelope.subject
        connection.execute(LOCK)
        found = connection.execute(WITHDRAWN_SINCE, {"bases": event.data["bases"], "referral": referral}).fetchone()
        if found:
            hold(service, referral, found[0], event)


def hold(service: "Referrals", referral: str, basis: str, cause: Received) -> None:
    """Whichever event finds the other, the command is the same one: the sender's, whose referral it is."""
    context = context_of(
        service.log.load(REFERRAL, referral).state.sender,
        "when_consent_withdrawn_hold_referral",
        derived_id(referral, f"hold for {basis}"),
        clock.now(),
        correlationid=cause.envelope.correlationid,
        traceparent=cause.envelope.traceparent,
    )
    service.log.execute(REFERRAL, referral, Hold(basis), context)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLists(Projection):
    """The lists, and the look for a withdrawal that came first. A rebuild makes the lists only."""

    def __call__(self, service: Any, connection: Connection, events: Sequence[Received]) -> None:
        self.apply(connection, events)
        when_basis_was_withdrawn_before_hold_referral(service, connection, events)
        when_all_declined_reject_referral(service, events)
        when_referral_requested_send_link(service, connection, events)
        note_webhooks(connection, events)
        note_calendars(connection, events)
        when_referral_moved_tell_endpoints(connection, events)


LISTS: Final = ReferralLists(
    name="referrals", apply=apply, bulk=(), keyed=("referral_lines", "referral_candidates", "alarms")
)
