"""One agreement between two organisations: draft -> proposed -> active -> under_review -> renewed | ended. Pure.

Terms have numbers, their revisions. Those that both sides signed are in force until both sign others in a review.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Decider, Event
from services.partners.agreements.errors import (
    AgreementNotInStatus,
    AgreementNotProposed,
    AgreementProposedAlready,
    AgreementSignedAlready,
    AgreementUnknown,
    GoalUnknown,
    ReviewMissing,
    TermsRevised,
)
from services.partners.agreements.events import (
    AgreementActivated,
    AgreementChanged,
    AgreementCommented,
    AgreementDeclined,
    AgreementDrafted,
    AgreementEnded,
    AgreementProposed,
    AgreementRenewed,
    AgreementReviewBegun,
    AgreementReviewed,
    AgreementSigned,
    Result,
    Terms,
)
from services.partners.agreements.terms import must_be_signable, read_terms
from services.vocabulary import word


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    status: str = ""
    """Empty: there is no such agreement."""
    parties: tuple[str, ...] = ()
    revision: int = 0
    terms: Terms | None = None
    """The newest."""
    agreed_revision: int = 0
    agreed: Terms | None = None
    """Those in force; none before both sides have signed."""
    signed: tuple[str, ...] = ()
    """Sides that have signed the newest terms since they were proposed; empty: nobody proposes them."""
    reviewed: bool = False
    """Whether the review under way was recorded."""
    answered: datetime | None = None
    """The last review date that a review answered."""

    @property
    def next_review(self) -> datetime | None:
        dates = self.agreed.review_dates if self.agreed else ()
        return next((date for date in dates if self.answered is None or date > self.answered), None)


class Drafting(msgspec.Struct, frozen=True):
    """DraftAgreement, by the first of the parties."""

    parties: tuple[str, str]
    terms: partners.AgreementTerms


class Signing(msgspec.Struct, frozen=True):
    """ProposeAgreement or SignAgreement, with the name under which the organisation knows who signs."""

    request: Any
    name: str

    @property
    def agreement(self) -> str:
        return str(self.request.agreement)

    def SerializeToString(self, *, deterministic: bool) -> bytes:  # noqa: N802 - as protobuf messages have it
        """What the command is known by: what the client said. The name may be another when it is repeated."""
        said: bytes = self.request.SerializeToString(deterministic=deterministic)
        return f"{type(self.request).__name__}\0".encode() + said


def decide(agreement: Agreement, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/partners/agreements/errors.py."""
    if isinstance(command, Drafting):
        return [
            AgreementDrafted(parties=command.parties, terms=read_terms(command.terms, command.parties, context.now))
        ]
    if not agreement.status or context.organisation not in agreement.parties:
        raise AgreementUnknown(agreement=command.agreement)
    kind = type(command.request if isinstance(command, Signing) else command)
    step = STEPS[kind]
    if agreement.status not in step.statuses:
        raise AgreementNotInStatus(status=agreement.status, command=kind.__name__, needed=" or ".join(step.statuses))
    return step.decide(agreement, command, context)


def change(agreement: Agreement, command: partners.ChangeAgreement, context: Context) -> Sequence[Event]:
    terms = read_terms(command.terms, agreement.parties, context.now)
    if terms == agreement.terms:
        return []
    return [AgreementChanged(party=context.organisation, revision=agreement.revision + 1, terms=terms)]


def propose(agreement: Agreement, command: Signing, context: Context) -> Sequence[Event]:
    if agreement.signed:
        raise AgreementSignedAlready if context.organisation in agreement.signed else AgreementProposedAlready
    if agreement.status == "under_review" and not agreement.reviewed:
        raise ReviewMissing
    must_be_what_was_read(agreement, command)
    must_be_signable(terms_of(agreement), agreement.parties, context.now)
    return [AgreementProposed(**signature(agreement, command, context))]


def sign(agreement: Agreement, command: Signing, context: Context) -> Sequence[Event]:
    if not agreement.signed:
        raise AgreementNotProposed
    if context.organisation in agreement.signed:
        raise AgreementSignedAlready
    must_be_what_was_read(agreement, command)
    must_be_signable(terms_of(agreement), agreement.parties, context.now)
    signed = AgreementSigned(**signature(agreement, command, context))
    if agreement.status == "proposed":
        return [signed, AgreementActivated(revision=agreement.revision)]
    return [signed, AgreementRenewed(revision=agreement.revision, supersedes=agreement.agreed_revision)]


def decline(agreement: Agreement, command: partners.DeclineAgreement, context: Context) -> Sequence[Event]:
    if not agreement.signed:
        raise AgreementNotProposed
    return [AgreementDeclined(party=context.organisation, note=command.note)]


def comment(_agreement: Agreement, command: partners.CommentAgreement, context: Context) -> Sequence[Event]:
    return [AgreementCommented(party=context.organisation, note=command.note)]


def begin_review(_agreement: Agreement, _command: partners.BeginReview, context: Context) -> Sequence[Event]:
    return [AgreementReviewBegun(party=context.organisation)]


def record_review(agreement: Agreement, command: partners.RecordReview, context: Context) -> Sequence[Event]:
    """Goals are named by their number in the terms in force, from 0."""
    goals = agreement.agreed.goals if agreement.agreed else ()
    for each in command.results:
        if each.goal >= len(goals):
            raise GoalUnknown(number=each.goal)
    results = tuple(
        Result(goals[each.goal].title, word(each.result), each.note, each.figure) for each in command.results
    )
    due = None if agreement.reviewed else agreement.next_review
    return [AgreementReviewed(party=context.organisation, agreed=command.agreed, results=results, due=due)]


def end(_agreement: Agreement, command: partners.EndAgreement, context: Context) -> Sequence[Event]:
    return [AgreementEnded(party=context.organisation, reason=word(command.reason), note=command.note)]


def must_be_what_was_read(agreement: Agreement, command: Signing) -> None:
    """Nobody signs terms that were changed while they read. Raises TermsRevised."""
    if command.request.revision != agreement.revision:
        raise TermsRevised(actual=agreement.revision, revision=command.request.revision)


def terms_of(agreement: Agreement) -> Terms:
    assert agreement.terms is not None, "whatever has a status has terms"
    return agreement.terms


def signature(agreement: Agreement, command: Signing, context: Context) -> dict[str, Any]:
    return {
        "party": context.organisation,
        "revision": agreement.revision,
        "person": context.actor,
        "name": command.name,
        "title": command.request.title,
    }


class Step(NamedTuple):
    statuses: tuple[str, ...]
    """Those that an agreement has when this may be done."""
    decide: Callable[[Agreement, Any, Context], Sequence[Event]]


STEPS: Final[Mapping[type[Any], Step]] = {
    partners.ChangeAgreement: Step(("draft", "under_review"), change),
    partners.ProposeAgreement: Step(("draft", "under_review"), propose),
    partners.SignAgreement: Step(("proposed", "under_review"), sign),
    partners.DeclineAgreement: Step(("proposed", "under_review"), decline),
    partners.CommentAgreement: Step(("draft", "proposed", "active", "under_review", "renewed"), comment),
    partners.BeginReview: Step(("active", "renewed"), begin_review),
    partners.RecordReview: Step(("under_review",), record_review),
    partners.EndAgreement: Step(("under_review",), end),
}


def evolve(agreement: Agreement, event: Event) -> Agreement:
    change = msgspec.structs.replace
    match event:
        case AgreementDrafted():
            return Agreement(status="draft", parties=event.parties, revision=1, terms=event.terms)
        case AgreementChanged():
            return change(agreement, revision=event.revision, terms=event.terms, signed=())
        case AgreementProposed():
            status = "proposed" if agreement.status == "draft" else agreement.status
            return change(agreement, status=status, signed=(event.party,))
        case AgreementSigned():
            return change(agreement, signed=(*agreement.signed, event.party))
        case AgreementDeclined():
            status = "draft" if agreement.status == "proposed" else agreement.status
            return change(agreement, status=status, signed=())
        case AgreementActivated() | AgreementRenewed():
            status = "active" if isinstance(event, AgreementActivated) else "renewed"
            return change(agreement, status=status, signed=(), agreed=agreement.terms, agreed_revision=event.revision)
        case AgreementReviewBegun():
            return change(agreement, status="under_review", reviewed=False)
        case AgreementReviewed():
            return change(agreement, reviewed=True, answered=event.due or agreement.answered)
        case AgreementEnded():
            return change(agreement, status="ended", signed=())
    return agreement


AGREEMENT: Final = Decider(Agreement, decide, evolve)
