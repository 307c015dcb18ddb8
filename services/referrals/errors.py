"""Why a referral says no."""

from libs.eventlog.refusal import Kind, Refusal


class ReferralUnknown(Refusal):
    """Also the answer for a referral between other organisations, and for a draft that was not sent."""

    kind = Kind.UNKNOWN
    reason = "REFERRAL_UNKNOWN"
    message = "No referral {referral} that you sent or received."


class StepNotAllowed(Refusal):
    kind = Kind.CONFLICT
    reason = "STEP_NOT_ALLOWED"
    message = "Referral {referral} is {status}; it cannot become {to}."


class NotUnderWay(Refusal):
    kind = Kind.CONFLICT
    reason = "NOT_UNDER_WAY"
    message = "Referral {referral} is {status}; contacts are reported while it is accepted or in progress."


class BasisMissing(Refusal):
    kind = Kind.CONFLICT
    reason = "BASIS_MISSING"
    message = "The recipient may not be told about {missing}: there is no legal basis or consent for it."


class SentToOneself(Refusal):
    kind = Kind.INVALID
    reason = "SENT_TO_ONESELF"
    message = "A referral goes to another organisation."


class ReplyByPassed(Refusal):
    kind = Kind.INVALID
    reason = "REPLY_BY_PASSED"
    message = "The reply deadline has passed already."


class DeadlinesCrossed(Refusal):
    kind = Kind.INVALID
    reason = "DEADLINES_CROSSED"
    message = "A referral is to be acknowledged before it is to be answered."


class DeadlineTooFar(Refusal):
    kind = Kind.INVALID
    reason = "DEADLINE_TOO_FAR"
    message = "A deadline lies within a year."
