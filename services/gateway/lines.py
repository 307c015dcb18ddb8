"""How an event reads on a timeline: one row per event type, one catalogue entry `line.<type>` per language.

`weight` says how much it stands out: `important` always does, `routine` folds when several stand together.
`facts` are clear fields shown as words, `texts` the personal fields shown when they may be read.
"""

from typing import Any, Final, Literal, NamedTuple

Weight = Literal["important", "normal", "routine"]
Reading = Literal["organisation", "words", "date", "law", "subject"]


class Fact(NamedTuple):
    """A clear field of the event's data, and how it is read."""

    field: str
    reading: Reading
    vocabulary: str = ""


class Line(NamedTuple):
    weight: Weight
    facts: tuple[Fact, ...] = ()
    texts: tuple[str, ...] = ()


_CATEGORIES: Final = Fact("categories", "words", "category")
_PURPOSES: Final = Fact("purposes", "words", "purpose")
_PURPOSE: Final = Fact("purpose", "words", "purpose")
_GRANTEE: Final = Fact("grantee", "organisation")
_RIGHT: Final = Fact("right", "words", "right")
_CONTROLLER: Final = Fact("controller", "organisation")
_RECIPIENT: Final = Fact("recipient", "organisation")

LINES: Final[dict[str, Line]] = {
    "cases.CaseOpened.v1": Line("important", (Fact("subject_code", "subject"),), ("title",)),
    "cases.ParticipantJoined.v1": Line(
        "routine", (Fact("participant", "organisation"), Fact("role", "words", "participant_role"))
    ),
    "cases.ParticipantLeft.v1": Line("routine", (Fact("participant", "organisation"),)),
    "cases.NoteWritten.v1": Line("normal", (), ("text",)),
    "cases.ActionPlanned.v1": Line("normal", (Fact("owner", "organisation"), Fact("due", "date")), ("title",)),
    "cases.ActionCompleted.v1": Line("routine"),
    "cases.DecisionRecorded.v1": Line("important", (Fact("appeal_deadline", "date"),), ("plain_text", "legal_text")),
    "cases.CaseSuspended.v1": Line("important", (), ("reason",)),
    "cases.CaseResumed.v1": Line("important"),
    "cases.CaseExtended.v1": Line("normal", (Fact("until", "date"),)),
    "cases.CaseClosed.v1": Line("important", (Fact("result", "words", "case_result"),)),
    "cases.CaseReopened.v1": Line("important", (), ("reason",)),
    "cases.CaseLinked.v1": Line("routine", (Fact("relation", "words", "case_relation"),)),
    "cases.ReferralOutcomeNoted.v1": Line(
        "normal",
        (
            Fact("status", "words", "referral_status"),
            Fact("outcome", "words", "referral_outcome"),
            Fact("recipient", "organisation"),
        ),
    ),
    "consents.CitizenRegistered.v1": Line("routine", (), ("name", "address", "phone")),
    "consents.KeyCreated.v1": Line("routine"),
    "consents.BasisEstablished.v1": Line("routine", (Fact("holder", "organisation"), Fact("law", "law"), _CATEGORIES)),
    "consents.BasisEnded.v1": Line("routine"),
    "consents.ConsentGiven.v1": Line("important", (_GRANTEE, _CATEGORIES, _PURPOSES)),
    "consents.ConsentWithdrawn.v1": Line("important", (_GRANTEE, _CATEGORIES)),
    "consents.ConsentRequested.v1": Line("important", (_GRANTEE, _CATEGORIES, _PURPOSES)),
    "consents.ConsentRefused.v1": Line("important", (_GRANTEE,)),
    "consents.ConsentInvalidated.v1": Line(
        "important", (_GRANTEE, _CATEGORIES, Fact("ground", "words", "invalidation_ground"))
    ),
    "consents.WithdrawalAcknowledged.v1": Line("normal", (_GRANTEE,)),
    "consents.RepresentativeAppointed.v1": Line(
        "important", (Fact("relation", "words", "representation"), Fact("until", "date"))
    ),
    "consents.RepresentationEnded.v1": Line("important"),
    "consents.BlockSet.v1": Line("important", (Fact("organisation", "organisation"), _CATEGORIES)),
    "consents.BlockLifted.v1": Line("important"),
    "consents.GlassBroken.v1": Line(
        "important", (Fact("holder", "organisation"), _CATEGORIES, _PURPOSE, Fact("until", "date")), ("reason",)
    ),
    "consents.BreakGlassReviewed.v1": Line("important", (Fact("finding", "words", "review_finding"),), ("note",)),
    "consents.KeyDestroyed.v1": Line("routine"),
    "consents.RightInvoked.v1": Line("important", (_RIGHT, _CONTROLLER)),
    "consents.RightDecided.v1": Line(
        "important", (_RIGHT, _CONTROLLER, Fact("outcome", "words", "right_outcome"), Fact("decided", "date"))
    ),
    "consents.RestrictionLifted.v1": Line("important", (_CONTROLLER,)),
    "consents.HouseholdLinked.v1": Line("routine", (Fact("relation", "words", "household_relation"),)),
    "consents.HouseholdUnlinked.v1": Line("routine"),
    "consents.StaffIdentityRegistered.v1": Line("routine"),
    "consents.ControlBegun.v1": Line("routine"),
    "consents.ControlAdvanced.v1": Line("routine"),
    "consents.ControlCompleted.v1": Line("routine"),
    "consents.FindingRaised.v1": Line("routine"),
    "consents.FindingAssessed.v1": Line("routine", (Fact("assessment", "words", "finding_assessment"),), ("note",)),
    "consents.FindingClosed.v1": Line("routine", (Fact("measure", "words", "finding_measure"),)),
    "referrals.ReferralDrafted.v1": Line("routine", (_RECIPIENT, _CATEGORIES), ("reason",)),
    "referrals.ReferralRequested.v1": Line("important", (Fact("acknowledge_by", "date"), Fact("reply_by", "date"))),
    "referrals.ReferralReceived.v1": Line("routine"),
    "referrals.ReferralWaitListed.v1": Line("normal"),
    "referrals.PlaceOffered.v1": Line("normal"),
    "referrals.ReferralPlaceAsked.v1": Line("routine", (), ("note",)),
    "referrals.ReferralNotPlaced.v1": Line("normal"),
    "referrals.ReferralAccepted.v1": Line("important", (Fact("reason", "words", "accept_reason"),), ("note",)),
    "referrals.ReferralClaimed.v1": Line("important", (_RECIPIENT,)),
    "referrals.CandidateDeclined.v1": Line(
        "normal", (Fact("candidate", "organisation"), Fact("reason", "words", "reject_reason"))
    ),
    "referrals.ReferralRejected.v1": Line("important", (Fact("reason", "words", "reject_reason"),), ("note",)),
    "referrals.ReferralReadied.v1": Line("normal", (), ("note",)),
    "referrals.ReferralStarted.v1": Line("normal"),
    "referrals.ContactReported.v1": Line("normal", (), ("text",)),
    "referrals.ReferralCompleted.v1": Line(
        "important",
        (
            Fact("outcome", "words", "referral_outcome"),
            Fact("goal", "words", "goal_reached"),
            Fact("next", "words", "what_next"),
        ),
        ("note",),
    ),
    "referrals.ReferralFailed.v1": Line("important", (Fact("reason", "words", "fail_reason"),), ("note",)),
    "referrals.ReferralCancelled.v1": Line("important", (Fact("reason", "words", "cancel_reason"),)),
    "referrals.ReferralHeld.v1": Line("important", (Fact("reason", "words", "hold_reason"),), ("note",)),
    "referrals.ReferralMarkedInError.v1": Line("important", (Fact("reason", "words", "error_reason"),)),
    "referrals.ReferralReminded.v1": Line("routine", (Fact("deadline", "words", "deadline"), Fact("at", "date"))),
    "referrals.ReferralEscalated.v1": Line("important", (Fact("deadline", "words", "deadline"), Fact("at", "date"))),
}

UNKNOWN: Final = Line("normal")
"""An event of a service that is newer than this gateway: shown with its category, never hidden."""


def line_of(event_type: str) -> Line:
    return LINES.get(event_type, UNKNOWN)


def key_of(event_type: str) -> str:
    """The catalogue key of an event type's sentence."""
    return f"line.{event_type}" if event_type in LINES else "line.UNKNOWN"


def fields_of(data: dict[str, Any], line: Line) -> list[tuple[Fact, Any]]:
    """The facts that this entry has."""
    return [(fact, data[fact.field]) for fact in line.facts if data.get(fact.field)]
