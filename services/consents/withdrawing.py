"""A consent's end: withdrawn whole or in part, found invalid, and acknowledged by whom it was given to. Pure."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.basis import Basis
from services.consents.consenting import STANDING, about, consent_of
from services.consents.errors import AcknowledgementNotDue, CategoryNotConsented, ConsentNotActive, ConsentUnknown
from services.consents.events import ConsentGiven, ConsentInvalidated, ConsentWithdrawn, WithdrawalAcknowledged
from services.consents.state import Citizen, changed
from services.vocabulary import Category, word


def withdraw(citizen: Citizen, command: consents.WithdrawConsent, context: Context) -> Sequence[Event]:
    """Raises ConsentUnknown, ConsentNotActive, CategoryNotConsented."""
    consent = standing_consent(citizen, command.consent, context.now)
    if excess := set(command.categories) - set(consent.categories):
        raise CategoryNotConsented(consent=consent.id, categories=", ".join(sorted(excess)))
    kept = tuple(each for each in consent.categories if command.categories and each not in command.categories)
    successor = derived_id(context.command_id, "successor") if kept else ""
    withdrawn = ConsentWithdrawn(
        **about(citizen, consent),
        consent=consent.id,
        grantee=consent.holder,
        categories=tuple(each for each in consent.categories if each not in kept),
        successor=successor,
        withdrawn=context.now,
    )
    return [withdrawn, remainder(citizen, consent, successor, kept, context.now)] if kept else [withdrawn]


def remainder(
    citizen: Citizen, consent: Basis, successor: str, kept: tuple[Category, ...], now: datetime
) -> ConsentGiven:
    """What is left of a consent: a new one in the same words."""
    assert consent.given_how is not None
    assert consent.until is not None
    return ConsentGiven(
        **about(citizen, consent),
        consent=successor,
        kind=word(consent.kind),
        grantee=consent.holder,
        purposes=consent.purposes,
        categories=kept,
        sources=consent.sources,
        since=max(now, consent.since),
        until=consent.until,
        scope=consent.scope,
        given_how=consent.given_how,
        notice_version=consent.notice_version,
        evidence_digest=consent.evidence_digest,
        replaces=consent.id,
        representation=consent.representation,
    )


def invalidate(citizen: Citizen, command: consents.InvalidateConsent, context: Context) -> Sequence[Event]:
    """Raises ConsentUnknown, ConsentNotActive."""
    consent = standing_consent(citizen, command.consent, context.now)
    return [
        ConsentInvalidated(
            **about(citizen, consent),
            consent=consent.id,
            grantee=consent.holder,
            categories=consent.categories,
            ground=word(command.ground),
            invalidated=context.now,
        )
    ]


def acknowledge(citizen: Citizen, command: consents.AcknowledgeWithdrawal, context: Context) -> Sequence[Event]:
    """Said twice, it is recorded once. Raises ConsentUnknown, AcknowledgementNotDue."""
    consent = consent_of(citizen, command.consent)
    if consent.holder != context.organisation:
        raise ConsentUnknown(consent=consent.id)
    if consent.ended is None:
        raise AcknowledgementNotDue(consent=consent.id)
    if consent.acknowledged is not None:
        return []
    return [
        WithdrawalAcknowledged(
            **about(citizen, consent), consent=consent.id, grantee=consent.holder, acknowledged=context.now
        )
    ]


def standing_consent(citizen: Citizen, consent_id: str, now: datetime) -> Basis:
    """Raises ConsentUnknown, ConsentNotActive."""
    consent = consent_of(citizen, consent_id)
    if (status := consent.status(now)) not in STANDING:
        raise ConsentNotActive(consent=consent_id, status=status)
    return consent


def with_acknowledgement(citizen: Citizen, event: WithdrawalAcknowledged) -> Citizen:
    bases = changed(citizen.bases, event.consent, acknowledged=event.acknowledged)
    return msgspec.structs.replace(citizen, bases=bases)
