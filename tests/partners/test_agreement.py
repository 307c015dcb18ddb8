"""An agreement: which step is allowed when, by whom, and what both sides have signed."""

from datetime import timedelta
from itertools import product
from typing import Any, Final

import msgspec
import pytest
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Refusal
from libs.host.times import period, timestamp
from libs.spec.scenario import NOW, given
from services.partners.agreements.agreement import AGREEMENT, STEPS, Signing
from services.partners.agreements.errors import (
    AgreementIncomplete,
    AgreementNotInStatus,
    AgreementNotProposed,
    AgreementOver,
    AgreementPeriodMalformed,
    AgreementProposedAlready,
    AgreementSignedAlready,
    AgreementUnknown,
    CommitmentForeign,
    GoalUnknown,
    ReviewDateOutside,
    ReviewMissing,
    TermsRevised,
)
from services.partners.agreements.events import (
    AgreementActivated,
    AgreementChanged,
    AgreementRenewed,
    AgreementReviewed,
    Result,
)
from services.vocabulary import VOCABULARIES
from tests.partners.agreed import (
    BEGUN,
    DRAFTED,
    HISTORIES,
    ID,
    LATER,
    OTHERS,
    OURS,
    PROPOSED,
    REVIEW,
    REVIEWED,
    SIGNED,
    SINCE,
    TERMS,
    THEIRS,
    UNTIL,
    commands,
    drafting,
    open_ended,
    terms,
)

NEXT: Final[dict[tuple[str, type[Any]], str]] = {
    ("draft", partners.ChangeAgreement): "draft",
    ("draft", partners.ProposeAgreement): "proposed",
    **{(status, partners.CommentAgreement): status for status in HISTORIES if status not in ("", "ended")},
    ("proposed", partners.SignAgreement): "active",
    ("proposed", partners.DeclineAgreement): "draft",
    ("active", partners.BeginReview): "under_review",
    ("renewed", partners.BeginReview): "under_review",
    ("under_review", partners.ChangeAgreement): "under_review",
    ("under_review", partners.SignAgreement): "renewed",
    ("under_review", partners.DeclineAgreement): "under_review",
    ("under_review", partners.RecordReview): "under_review",
    ("under_review", partners.EndAgreement): "ended",
}
"""Every step of the side that has yet to sign (THEIRS) that is allowed, and where it leads."""
PAIRS: Final = [(status, command) for status, command in product(VOCABULARIES["agreement_status"], STEPS)]


@pytest.mark.parametrize(("status", "command"), PAIRS, ids=lambda each: getattr(each, "__name__", each))
def test_every_pair_of_status_and_command(status: str, command: type[Any]) -> None:
    outcome = given(AGREEMENT, *HISTORIES[status]).when(commands()[command], organisation=THEIRS)
    if after := NEXT.get((status, command)):
        assert outcome.refusal is None
        assert outcome.events
        assert outcome.state.status == after
    elif (status, command) == ("under_review", partners.ProposeAgreement):
        outcome.refused(AgreementProposedAlready)
    else:
        outcome.refused(AgreementNotInStatus, status=status)


@pytest.mark.parametrize("status", VOCABULARIES["agreement_status"])
def test_a_history_leads_to_its_status(status: str) -> None:
    assert given(AGREEMENT, *HISTORIES[status]).state.status == status


@pytest.mark.parametrize("command", STEPS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("history", ["", "draft", "active"])
def test_nobody_else_has_anything_to_say(command: type[Any], history: str) -> None:
    given(AGREEMENT, *HISTORIES[history]).when(commands()[command], organisation=OTHERS).refused(
        AgreementUnknown, agreement=ID
    )


def test_both_sides_sign_before_it_is_in_force() -> None:
    proposed = given(AGREEMENT, DRAFTED).when(commands()[partners.ProposeAgreement], organisation=OURS, actor="mette")
    assert proposed.then(PROPOSED).state.agreed is None
    signed = given(AGREEMENT, DRAFTED, PROPOSED).when(
        commands()[partners.SignAgreement], organisation=THEIRS, actor="karen"
    )
    assert signed.then(SIGNED, AgreementActivated(revision=1)).state.agreed == TERMS


def test_one_side_does_not_sign_for_both() -> None:
    for status in ("proposed", "under_review"):
        given(AGREEMENT, *HISTORIES[status]).when(commands()[partners.SignAgreement], organisation=OURS).refused(
            AgreementSignedAlready
        )


def test_what_nobody_proposed_is_neither_signed_nor_declined() -> None:
    for command in (partners.SignAgreement, partners.DeclineAgreement):
        given(AGREEMENT, *HISTORIES["active"], BEGUN).when(commands()[command], organisation=OURS).refused(
            AgreementNotProposed
        )


@pytest.mark.parametrize("command", [partners.ProposeAgreement, partners.SignAgreement])
def test_nobody_signs_what_was_changed_while_they_read(command: type[Any]) -> None:
    changed = AgreementChanged(party=THEIRS, revision=2, terms=TERMS)
    again = msgspec.structs.replace(PROPOSED, revision=2)
    events = (DRAFTED, changed) if command is partners.ProposeAgreement else (DRAFTED, changed, again)
    given(AGREEMENT, *events).when(commands()[command], organisation=THEIRS).refused(TermsRevised, actual=2, revision=1)


def test_a_change_in_a_review_needs_both_signatures_and_keeps_the_old_terms_until_then() -> None:
    review = given(AGREEMENT, *HISTORIES["under_review"])
    changed = review.when(commands()[partners.ChangeAgreement], organisation=THEIRS)
    other = msgspec.structs.replace(TERMS, title="Other")
    event = AgreementChanged(party=THEIRS, revision=2, terms=other)
    assert changed.then(event).state.agreed == TERMS
    assert changed.state.signed == ()
    propose = commands(revision=2)[partners.ProposeAgreement]
    proposal = given(AGREEMENT, *HISTORIES["under_review"], event).when(propose, organisation=THEIRS)
    assert proposal.state.agreed == TERMS
    sign = commands(revision=2)[partners.SignAgreement]
    renewed = given(AGREEMENT, *HISTORIES["under_review"], event, *proposal.events).when(sign, organisation=OURS)
    assert renewed.events[-1] == AgreementRenewed(revision=2, supersedes=1)
    assert (renewed.state.agreed, renewed.state.status) == (other, "renewed")


def test_the_same_terms_again_are_no_change() -> None:
    given(AGREEMENT, DRAFTED).when(partners.ChangeAgreement(agreement=ID, terms=terms()), organisation=OURS).then()


def test_it_is_not_renewed_before_the_review_is_recorded() -> None:
    propose = commands()[partners.ProposeAgreement]
    given(AGREEMENT, *HISTORIES["active"], BEGUN).when(propose, organisation=OURS).refused(ReviewMissing)
    assert given(AGREEMENT, *HISTORIES["active"], BEGUN, REVIEWED).when(propose, organisation=OURS).events


def test_a_review_answers_one_date_after_another() -> None:
    record = commands()[partners.RecordReview]
    results = (Result("Twenty mentors", "partly_reached", figure="11"),)
    first = given(AGREEMENT, *HISTORIES["active"], BEGUN)
    assert first.state.next_review == REVIEW
    once = AgreementReviewed(party=OURS, agreed="Go on", results=results, due=REVIEW)
    assert first.when(record, organisation=OURS).then(once).state.next_review == LATER
    added = AgreementReviewed(party=OURS, agreed="Go on", results=results)
    assert (
        given(AGREEMENT, *HISTORIES["active"], BEGUN, once)
        .when(record, organisation=OURS)
        .then(added)
        .state.next_review
        == LATER
    ), "what is added to the same review answers no other date"


def test_a_review_names_goals_that_there_are() -> None:
    record = partners.RecordReview(agreement=ID, agreed="x", results=[partners.GoalReview(goal=1, result="reached")])
    given(AGREEMENT, *HISTORIES["active"], BEGUN).when(record, organisation=OURS).refused(GoalUnknown, number=1)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"degree": "ad_hoc", "goals": [], "commitments": [], "review_dates": []}, ""),
        ({"degree": "ongoing", "goals": [], "review_dates": []}, ""),
        ({"degree": "ongoing", "commitments": []}, "commitments"),
        ({"commitments": [partners.Commitment(organisation=OURS, text="x")]}, "commitments"),
        ({"goals": [], "review_dates": []}, "goals, review_dates"),
    ],
)
def test_a_degree_asks_for_what_belongs_to_it(changes: dict[str, Any], missing: str) -> None:
    (drafted,) = given(AGREEMENT).when(drafting(**changes)).events
    proposed = given(AGREEMENT, drafted).when(commands()[partners.ProposeAgreement], organisation=OURS)
    if missing:
        proposed.refused(AgreementIncomplete, missing=missing)
    else:
        assert proposed.state.status == "proposed"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"period": open_ended()}, AgreementPeriodMalformed),
        ({"period": period(UNTIL, SINCE)}, AgreementPeriodMalformed),
        ({"review_dates": [timestamp(UNTIL)]}, ReviewDateOutside),
        ({"review_dates": [timestamp(SINCE - timedelta(days=1))]}, ReviewDateOutside),
        ({"commitments": [partners.Commitment(organisation=OTHERS, text="x")]}, CommitmentForeign),
        ({"contacts": [partners.AgreementContact(organisation=OTHERS, name="x")]}, CommitmentForeign),
    ],
)
def test_terms_that_cannot_be(changes: dict[str, Any], refusal: type[Refusal]) -> None:
    given(AGREEMENT).when(drafting(**changes)).refused(refusal)
    change = partners.ChangeAgreement(agreement=ID, terms=terms(**changes))
    given(AGREEMENT, DRAFTED).when(change, organisation=OURS).refused(refusal)


def test_nobody_signs_what_is_over() -> None:
    late = NOW + timedelta(days=400)
    for events, command, who in (
        ((DRAFTED,), partners.ProposeAgreement, OURS),
        ((DRAFTED, PROPOSED), partners.SignAgreement, THEIRS),
    ):
        given(AGREEMENT, *events).when(commands()[command], organisation=who, now=late).refused(AgreementOver)


def test_a_proposal_declined_or_taken_back_is_a_draft_again() -> None:
    for who in (OURS, THEIRS):
        declined = given(AGREEMENT, DRAFTED, PROPOSED).when(commands()[partners.DeclineAgreement], organisation=who)
        assert (declined.state.status, declined.state.signed) == ("draft", ())


def test_a_command_is_known_by_what_the_client_said() -> None:
    request = partners.SignAgreement(agreement=ID, revision=1)
    one, renamed = (Signing(request, name).SerializeToString(deterministic=True) for name in ("Karen", "Karin"))
    proposing = Signing(partners.ProposeAgreement(agreement=ID, revision=1), "Karen")
    assert one == renamed
    assert one != proposing.SerializeToString(deterministic=True)
