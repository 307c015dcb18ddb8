"""Two organisations and the agreement between them, at every stage of its life."""

from datetime import UTC, datetime
from typing import Any, Final

from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Event
from libs.host.times import period, timestamp
from services.partners.agreements.agreement import Drafting, Signing
from services.partners.agreements.events import (
    AgreementActivated,
    AgreementDrafted,
    AgreementEnded,
    AgreementProposed,
    AgreementRenewed,
    AgreementReviewBegun,
    AgreementReviewed,
    AgreementSigned,
    Commitment,
    Contact,
    Goal,
    Terms,
)

ID: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
OURS, THEIRS, OTHERS = (f"0189aaaa-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
PARTIES: Final = (OURS, THEIRS)
SINCE, REVIEW, LATER, UNTIL = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 6, 9, 12))

TERMS: Final = Terms(
    title="Mentors",
    degree="partnership",
    purpose="Young mothers are not alone",
    goals=(Goal("Twenty mentors", "pairs under way", "20"),),
    commitments=(Commitment(OURS, "We refer"), Commitment(THEIRS, "We find mentors")),
    social_clauses=("A job placement a year",),
    since=SINCE,
    until=UNTIL,
    review_dates=(REVIEW, LATER),
    contacts=(Contact(THEIRS, "On duty", "duty@a.example"),),
)
DRAFTED: Final = AgreementDrafted(parties=PARTIES, terms=TERMS)
PROPOSED: Final = AgreementProposed(party=OURS, revision=1, person="mette", name="Mette", title="Head")
SIGNED: Final = AgreementSigned(party=THEIRS, revision=1, person="karen", name="Karen", title="Chair")
ACTIVATED: Final = AgreementActivated(revision=1)
BEGUN: Final = AgreementReviewBegun(party=THEIRS)
REVIEWED: Final = AgreementReviewed(party=OURS, agreed="Go on", due=REVIEW)
RENEWED: Final = (PROPOSED, SIGNED, AgreementRenewed(revision=1, supersedes=1))
ENDED: Final = AgreementEnded(party=OURS, reason="goals_reached")

HISTORIES: Final[dict[str, tuple[Event, ...]]] = {
    "": (),
    "draft": (DRAFTED,),
    "proposed": (DRAFTED, PROPOSED),
    "active": (DRAFTED, PROPOSED, SIGNED, ACTIVATED),
    "under_review": (DRAFTED, PROPOSED, SIGNED, ACTIVATED, BEGUN, REVIEWED, PROPOSED),
    "renewed": (DRAFTED, PROPOSED, SIGNED, ACTIVATED, BEGUN, REVIEWED, *RENEWED),
    "ended": (DRAFTED, PROPOSED, SIGNED, ACTIVATED, BEGUN, ENDED),
}
"""Status -> how an agreement comes to it. The one under review waits for THEIRS to sign."""


def terms(**changes: Any) -> partners.AgreementTerms:
    """TERMS as a request says them, with some fields otherwise."""
    fields: dict[str, Any] = {
        "title": TERMS.title,
        "degree": TERMS.degree,
        "purpose": TERMS.purpose,
        "goals": [partners.AgreementGoal(title="Twenty mentors", indicator="pairs under way", target="20")],
        "commitments": [
            partners.Commitment(organisation=each.organisation, text=each.text) for each in TERMS.commitments
        ],
        "social_clauses": TERMS.social_clauses,
        "period": period(SINCE, UNTIL),
        "review_dates": [timestamp(REVIEW), timestamp(LATER)],
        "contacts": [partners.AgreementContact(organisation=THEIRS, name="On duty", email="duty@a.example")],
    }
    return partners.AgreementTerms(**fields | changes)


def commands(agreement: str = ID, revision: int = 1) -> dict[type[Any], Any]:
    """One of each command to an agreement, as decide takes it."""
    return {
        partners.ChangeAgreement: partners.ChangeAgreement(agreement=agreement, terms=terms(title="Other")),
        partners.ProposeAgreement: Signing(
            partners.ProposeAgreement(agreement=agreement, revision=revision, title="Head"), "Mette"
        ),
        partners.SignAgreement: Signing(
            partners.SignAgreement(agreement=agreement, revision=revision, title="Chair"), "Karen"
        ),
        partners.DeclineAgreement: partners.DeclineAgreement(agreement=agreement, note="Not yet"),
        partners.CommentAgreement: partners.CommentAgreement(agreement=agreement, note="And a room?"),
        partners.BeginReview: partners.BeginReview(agreement=agreement),
        partners.RecordReview: partners.RecordReview(
            agreement=agreement,
            agreed="Go on",
            results=[partners.GoalReview(goal=0, result="partly_reached", figure="11")],
        ),
        partners.EndAgreement: partners.EndAgreement(agreement=agreement, reason="goals_reached"),
    }


def drafting(**changes: Any) -> Drafting:
    return Drafting(PARTIES, terms(**changes))


def open_ended() -> common.Period:
    return period(SINCE, None)
