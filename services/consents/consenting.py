"""Giving and withdrawing consent. Terms never change once given; what is left of a consent is a new one."""

from collections.abc import Sequence
from typing import get_args

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.basis import Basis
from services.consents.errors import (
    CategoryNotConsented,
    ConsentBlanket,
    ConsentNotActive,
    ConsentUnknown,
)
from services.consents.events import ConsentGiven, ConsentWithdrawn
from services.consents.period import ends
from services.vocabulary import Category, Purpose, word, words


def give(citizen: str, command: consents.GiveConsent, context: Context) -> ConsentGiven:
    """Raises ConsentBlanket, naming what is missing, and PeriodMalformed."""
    for field, asked, everything in (
        ("categories", command.categories, get_args(Category)),
        ("purposes", command.purposes, get_args(Purpose)),
    ):
        if not asked or set(asked) >= set(everything):
            raise ConsentBlanket(field=field)
    if command.kind == "procedural_consent" and not command.case:
        # forvaltningsloven 28 and retssikkerhedsloven 11 a (1): it is given in a specific case (check)
        raise ConsentBlanket(field="case")
    since, until = ends(command.period, context.now, closed=True)
    assert until is not None
    return ConsentGiven(
        citizen=citizen,
        case=command.case,
        legalbasis=command.kind,
        consent=derived_id(context.command_id, "consent"),
        kind=word(command.kind),
        grantee=command.grantee,
        purposes=words(command.purposes),
        categories=words(command.categories),
        sources=words(command.sources),
        since=since,
        until=until,
        scope=command.case,
        given_how=word(command.given_how),
        notice_version=command.notice_version,
        evidence_digest=command.evidence_digest,
    )


def withdraw(
    citizen: str, bases: Sequence[Basis], command: consents.WithdrawConsent, context: Context
) -> Sequence[Event]:
    """Raises ConsentUnknown, ConsentNotActive, CategoryNotConsented."""
    consent = next((basis for basis in bases if basis.id == command.consent and basis.is_consent), None)
    if consent is None:
        raise ConsentUnknown(consent=command.consent)
    if (status := consent.status(context.now)) in ("withdrawn", "expired"):
        raise ConsentNotActive(consent=consent.id, status=status)
    if excess := set(command.categories) - set(consent.categories):
        raise CategoryNotConsented(consent=consent.id, categories=", ".join(sorted(excess)))
    kept = tuple(each for each in consent.categories if command.categories and each not in command.categories)
    successor = derived_id(context.command_id, "successor") if kept else ""
    withdrawn = ConsentWithdrawn(
        citizen=citizen,
        case=consent.scope,
        legalbasis=consent.kind,
        consent=consent.id,
        grantee=consent.holder,
        categories=tuple(each for each in consent.categories if each not in kept),
        successor=successor,
        withdrawn=context.now,
    )
    if not kept:
        return [withdrawn]
    assert consent.kind != "statutory"
    assert consent.given_how is not None
    assert consent.until is not None
    return [
        withdrawn,
        ConsentGiven(
            citizen=citizen,
            case=consent.scope,
            legalbasis=consent.kind,
            consent=successor,
            kind=consent.kind,
            grantee=consent.holder,
            purposes=consent.purposes,
            categories=kept,
            sources=consent.sources,
            since=max(context.now, consent.since),
            until=consent.until,
            scope=consent.scope,
            given_how=consent.given_how,
            notice_version=consent.notice_version,
            evidence_digest=consent.evidence_digest,
            replaces=consent.id,
        ),
    ]
