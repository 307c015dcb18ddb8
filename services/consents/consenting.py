"""A consent's beginning: requested, given or refused, renewed. Pure; its end is in withdrawing.py.

Terms never change once given; a change is a new consent. Expiry is no event: a period says it itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Event, derived_id
from services.consents.basis import Basis, Terms
from services.consents.errors import (
    ConsentBeyondRequest,
    ConsentBlanket,
    ConsentNotActive,
    ConsentOverlapping,
    ConsentUnknown,
    RequestAnswered,
    RequestUnknown,
)
from services.consents.events import ConsentGiven, ConsentRefused, ConsentRequested
from services.consents.period import ends
from services.consents.representing import must_represent
from services.consents.state import Citizen, ConsentRequest, changed, named
from services.vocabulary import Category, Purpose, word, words

STANDING = ("given", "awaited")
"""Statuses of a consent that somebody may rely on, now or later."""


def request(citizen: Citizen, command: consents.RequestConsent, context: Context) -> Sequence[Event]:
    """Raises ConsentBlanket, PeriodMalformed."""
    return [
        ConsentRequested(
            request=derived_id(context.command_id, "request"),
            notice_version=command.notice_version,
            **terms_of(citizen, command, context.now),
        )
    ]


def give(citizen: Citizen, command: consents.GiveConsent, context: Context) -> Sequence[Event]:
    """Raises ConsentBlanket, PeriodMalformed, RequestUnknown, RequestAnswered, ConsentBeyondRequest, ConsentUnknown,
    ConsentNotActive, ConsentOverlapping, RepresentationUnknown, RepresentationNotInForce."""
    must_represent(citizen, command.representation, context.now)
    consent = ConsentGiven(
        consent=derived_id(context.command_id, "consent"),
        given_how=word(command.given_how),
        notice_version=command.notice_version,
        evidence_digest=command.evidence_digest,
        request=command.request,
        renews=command.renews,
        representation=command.representation,
        **terms_of(citizen, command, context.now),
    )
    if command.request:
        must_be_within(open_request(citizen, command.request), consent)
    if command.renews:
        must_be_renewable(citizen, command.renews, consent, context.now)
    must_not_overlap(citizen, consent, context.now)
    return [consent]


def terms_of(
    citizen: Citizen, command: consents.GiveConsent | consents.RequestConsent, now: datetime
) -> dict[str, Any]:
    """What a consent and a request for one have in common. Raises ConsentBlanket, naming what is missing, and
    PeriodMalformed."""
    for field, asked, everything in (
        ("categories", command.categories, get_args(Category)),
        ("purposes", command.purposes, get_args(Purpose)),
    ):
        if not asked or set(asked) >= set(everything):
            raise ConsentBlanket(field=field)
    if command.kind == "procedural_consent" and not command.case:
        # forvaltningsloven 28 and retssikkerhedsloven 11 a (1): it is given in a specific case (check)
        raise ConsentBlanket(field="case")
    since, until = ends(command.period, now, closed=True)
    assert until is not None
    return {
        "citizen": citizen.id,
        "case": command.case,
        "legalbasis": command.kind,
        "kind": word(command.kind),
        "grantee": command.grantee,
        "purposes": words(command.purposes),
        "categories": words(command.categories),
        "sources": words(command.sources),
        "since": since,
        "until": until,
        "scope": command.case,
    }


def open_request(citizen: Citizen, request_id: str) -> ConsentRequest:
    """Raises RequestUnknown, RequestAnswered."""
    asked = named(citizen.requests, request_id)
    if asked is None:
        raise RequestUnknown(request=request_id)
    if asked.status != "requested":
        raise RequestAnswered(request=request_id, status=asked.status)
    return asked


def must_be_within(asked: ConsentRequest, consent: ConsentGiven) -> None:
    """Nobody gives what was not asked for. Raises ConsentBeyondRequest, naming the field."""
    for field in ("categories", "purposes"):
        if excess := set(getattr(consent, field)) - set(getattr(asked, field)):
            raise ConsentBeyondRequest(request=asked.id, field=field, words=", ".join(sorted(excess)))
    if asked.sources and not (consent.sources and set(consent.sources) <= set(asked.sources)):
        raise ConsentBeyondRequest(request=asked.id, field="sources", words="others than those asked for")
    for field, same in (
        ("grantee", consent.grantee == asked.holder),
        ("kind", consent.kind == asked.kind),
        ("case", asked.scope in ("", consent.scope)),
        ("period", asked.until is None or consent.until <= asked.until),
    ):
        if not same:
            raise ConsentBeyondRequest(request=asked.id, field=field, words="another than asked for")


def must_be_renewable(citizen: Citizen, consent_id: str, consent: ConsentGiven, now: datetime) -> None:
    """Given or expired, to the same organisation. Raises ConsentUnknown, ConsentNotActive."""
    old = consent_of(citizen, consent_id)
    if old.holder != consent.grantee:
        raise ConsentUnknown(consent=consent_id)
    if (status := old.status(now)) not in (*STANDING, "expired"):
        raise ConsentNotActive(consent=consent_id, status=status)


def must_not_overlap(citizen: Citizen, consent: ConsentGiven, now: datetime) -> None:
    """Two consents to the same leave open what a withdrawal withdraws. Raises ConsentOverlapping."""
    for basis in citizen.bases:
        if (
            basis.is_consent
            and basis.id != consent.renews
            and basis.status(now) in STANDING
            and overlap(basis, consent)
        ):
            raise ConsentOverlapping(consent=basis.id)


def overlap(basis: Basis, consent: ConsentGiven) -> bool:
    return (
        basis.holder == consent.grantee
        and not set(basis.categories).isdisjoint(consent.categories)
        and not set(basis.purposes).isdisjoint(consent.purposes)
        and (not basis.scope or not consent.scope or basis.scope == consent.scope)
        and (not basis.sources or not consent.sources or not set(basis.sources).isdisjoint(consent.sources))
        and basis.since < consent.until
        and (basis.until is None or consent.since < basis.until)
    )


def refuse(citizen: Citizen, command: consents.RefuseConsent, _context: Context) -> Sequence[Event]:
    """Raises RequestUnknown, RequestAnswered."""
    asked = open_request(citizen, command.request)
    return [ConsentRefused(**about(citizen, asked), request=asked.id, grantee=asked.holder)]


def consent_of(citizen: Citizen, consent_id: str) -> Basis:
    """Raises ConsentUnknown."""
    consent = citizen.basis(consent_id)
    if consent is None or not consent.is_consent:
        raise ConsentUnknown(consent=consent_id)
    return consent


def about(citizen: Citizen, terms: Terms) -> dict[str, Any]:
    """What every event of a consent says it is about."""
    return {"citizen": citizen.id, "case": terms.scope, "legalbasis": terms.kind}


def with_request(citizen: Citizen, event: ConsentRequested) -> Citizen:
    asked = ConsentRequest(id=event.request, notice_version=event.notice_version, **terms_in(event))
    return msgspec.structs.replace(citizen, requests=(*citizen.requests, asked))


def with_answer(citizen: Citizen, request_id: str, status: str) -> Citizen:
    answered = changed(citizen.requests, request_id, status=status)
    return msgspec.structs.replace(citizen, requests=answered)


def with_consent(citizen: Citizen, event: ConsentGiven) -> Citizen:
    consent = Basis(
        id=event.consent,
        given_how=event.given_how,
        notice_version=event.notice_version,
        evidence_digest=event.evidence_digest,
        request=event.request,
        goes_on_from=event.replaces or event.renews,
        representation=event.representation,
        **terms_in(event),
    )
    if event.request:
        citizen = with_answer(citizen, event.request, "given")
    bases = tuple(renewed(each, event) if each.id == event.renews else each for each in citizen.bases)
    return msgspec.structs.replace(citizen, bases=(*bases, consent))


def renewed(old: Basis, event: ConsentGiven) -> Basis:
    assert old.until is not None
    return msgspec.structs.replace(old, renewed=True, until=min(old.until, event.since))


def terms_in(event: ConsentGiven | ConsentRequested) -> dict[str, Any]:
    same = ("kind", "purposes", "categories", "sources", "since", "until", "scope")
    return {"holder": event.grantee} | {name: getattr(event, name) for name in same}
