"""Terms as a request brings them, and what they must have. Pure."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from samspor.partners.v1 import partners_pb2 as partners

from services.partners.agreements.errors import (
    AgreementIncomplete,
    AgreementOver,
    AgreementPeriodMalformed,
    CommitmentForeign,
    ReviewDateOutside,
)
from services.partners.agreements.events import Commitment, Contact, Goal, Terms
from services.vocabulary import word

NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "ad_hoc": (),
    "ongoing": ("commitments",),
    "partnership": ("goals", "commitments", "review_dates"),
}
"""What a degree of collaboration asks for before anybody signs; commitments: of both sides."""


def read_terms(request: partners.AgreementTerms, parties: Collection[str], now: datetime) -> Terms:
    """Raises AgreementPeriodMalformed, ReviewDateOutside, CommitmentForeign."""
    period = request.period
    since = getattr(period, "from").ToDatetime(UTC) if period.HasField("from") else now
    if not period.HasField("until"):
        raise AgreementPeriodMalformed(problem="has no end")
    until = period.until.ToDatetime(UTC)
    if until <= since:
        raise AgreementPeriodMalformed(problem="ends before it begins")
    dates = tuple(sorted({date.ToDatetime(UTC) for date in request.review_dates}))
    for date in dates:
        if not since <= date < until:
            raise ReviewDateOutside(date=date.date().isoformat())
    for organisation in [each.organisation for part in (request.commitments, request.contacts) for each in part]:
        if organisation not in parties:
            raise CommitmentForeign(organisation=organisation)
    return Terms(
        title=request.title,
        degree=word(request.degree),
        purpose=request.purpose,
        goals=tuple(Goal(each.title, each.indicator, each.target) for each in request.goals),
        commitments=tuple(Commitment(each.organisation, each.text) for each in request.commitments),
        social_clauses=tuple(request.social_clauses),
        since=since,
        until=until,
        review_dates=dates,
        contacts=tuple(Contact(each.organisation, each.name, each.email, each.phone) for each in request.contacts),
    )


def must_be_signable(terms: Terms, parties: Collection[str], now: datetime) -> None:
    """Raises AgreementIncomplete, AgreementOver."""
    has = {
        "goals": bool(terms.goals),
        "commitments": {each.organisation for each in terms.commitments} == set(parties),
        "review_dates": bool(terms.review_dates),
    }
    if missing := [name for name in NEEDED[terms.degree] if not has[name]]:
        raise AgreementIncomplete(degree=terms.degree, missing=", ".join(missing))
    if terms.until <= now:
        raise AgreementOver(until=terms.until.date().isoformat())
