"""Why an agreement says no."""

from libs.eventlog.refusal import Kind, Refusal


class AgreementUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "AGREEMENT_UNKNOWN"
    message = "No agreement {agreement} that you may see."


class PartnerUnknown(Refusal):
    kind = Kind.INVALID
    reason = "PARTNER_UNKNOWN"
    message = "There is no organisation {partner} to agree with."


class PartnerOneself(Refusal):
    kind = Kind.INVALID
    reason = "PARTNER_ONESELF"
    message = "An agreement needs two organisations."


class AgreementPeriodMalformed(Refusal):
    kind = Kind.INVALID
    reason = "AGREEMENT_PERIOD_MALFORMED"
    message = "The period {problem}."


class ReviewDateOutside(Refusal):
    kind = Kind.INVALID
    reason = "REVIEW_DATE_OUTSIDE"
    message = "The review date {date} is not in the period of the agreement."


class CommitmentForeign(Refusal):
    kind = Kind.INVALID
    reason = "COMMITMENT_FOREIGN"
    message = "Organisation {organisation} is no party: it is neither committed by the agreement nor reached about it."


class AgreementNotInStatus(Refusal):
    kind = Kind.CONFLICT
    reason = "AGREEMENT_NOT_IN_STATUS"
    message = "The agreement is {status}. {command} is for one that is {needed}."


class AgreementIncomplete(Refusal):
    """`missing`: names of fields of the terms."""

    kind = Kind.CONFLICT
    reason = "AGREEMENT_INCOMPLETE"
    message = "An agreement of the degree {degree} also needs {missing}."


class AgreementNotProposed(Refusal):
    kind = Kind.CONFLICT
    reason = "AGREEMENT_NOT_PROPOSED"
    message = "Neither side has proposed these terms yet."


class AgreementProposedAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "AGREEMENT_PROPOSED_ALREADY"
    message = "The other side has proposed these terms already. Sign them, or decline."


class AgreementSignedAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "AGREEMENT_SIGNED_ALREADY"
    message = "Your organisation has signed these terms already. The other side has to sign now."


class TermsRevised(Refusal):
    kind = Kind.STALE
    reason = "TERMS_REVISED"
    message = "The terms are revision {actual} now, not {revision}. Read them again before you sign."


class SignatoryUnknown(Refusal):
    kind = Kind.CONFLICT
    reason = "SIGNATORY_UNKNOWN"
    message = "Only a member whom the directory knows by name signs for organisation {organisation}."


class AgreementOver(Refusal):
    kind = Kind.CONFLICT
    reason = "AGREEMENT_OVER"
    message = "The period ended on {until}. Agree on a later end first."


class GoalUnknown(Refusal):
    kind = Kind.INVALID
    reason = "GOAL_UNKNOWN"
    message = "The agreement has no goal number {number}."


class ReviewMissing(Refusal):
    kind = Kind.CONFLICT
    reason = "REVIEW_MISSING"
    message = "Record first what the review came to."
