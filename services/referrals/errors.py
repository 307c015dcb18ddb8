"""Why a referral says no."""

from libs.eventlog.refusal import Kind, Refusal


class ReferralUnknown(Refusal):
    """Also the answer for a referral between other organisations, and for a draft that was not sent."""

    kind = Kind.UNKNOWN
    reason = "REFERRAL_UNKNOWN"
    message = "No referral {referral} that you sent or received."


class CitizenUnknown(Refusal):
    """Also the answer to who asks for help for somebody else."""

    kind = Kind.UNKNOWN
    reason = "CITIZEN_UNKNOWN"
    message = "No citizen {citizen} for whom you can ask for help."


class ServiceNotListed(Refusal):
    kind = Kind.UNKNOWN
    reason = "SERVICE_NOT_LISTED"
    message = "The organisation has no such service."


class SelfReferralClosed(Refusal):
    kind = Kind.CONFLICT
    reason = "SELF_REFERRAL_CLOSED"
    message = "This service is not open to those who ask themselves."


class RecipientBlocked(Refusal):
    kind = Kind.CONFLICT
    reason = "RECIPIENT_BLOCKED"
    message = "The recipient is blocked from what it would be told. Lift the block first."


class HelpAskedAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "HELP_ASKED_ALREADY"
    message = "Referral {referral} asks this service for help already, and is not over."


class StepNotAllowed(Refusal):
    kind = Kind.CONFLICT
    reason = "STEP_NOT_ALLOWED"
    message = "Referral {referral} is {status}; it cannot become {to}."


class NotWaiting(Refusal):
    kind = Kind.CONFLICT
    reason = "NOT_WAITING"
    message = "Referral {referral} is not on the wait-list."


class WaitsAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "WAITS_ALREADY"
    message = "Referral {referral} is on the wait-list already."


class NotSentOn(Refusal):
    kind = Kind.CONFLICT
    reason = "NOT_SENT_ON"
    message = "Only a referral of the same citizen that you received, and did not reject, is sent on."


class NotSentAgain(Refusal):
    kind = Kind.CONFLICT
    reason = "NOT_SENT_AGAIN"
    message = "Only a referral of the same citizen that you sent, and that was rejected, is sent again."


class NotUnderWay(Refusal):
    kind = Kind.CONFLICT
    reason = "NOT_UNDER_WAY"
    message = "Referral {referral} is {status}; contacts are reported while it is accepted or in progress."


class BasisMissing(Refusal):
    kind = Kind.CONFLICT
    reason = "BASIS_MISSING"
    message = "The recipient may not be told about {missing}: there is no legal basis or consent for it."


class NoRoom(Refusal):
    kind = Kind.CONFLICT
    reason = "NO_ROOM"
    message = "There is no room for referral {referral}. Put it on the wait-list, or reject it."


class SentToOneself(Refusal):
    kind = Kind.INVALID
    reason = "SENT_TO_ONESELF"
    message = "A referral goes to another organisation."


class RecipientsUnclear(Refusal):
    kind = Kind.INVALID
    reason = "RECIPIENTS_UNCLEAR"
    message = "A referral goes to one recipient, or to two to twenty different ones at once and then to no service."


class AlreadyClaimed(Refusal):
    kind = Kind.CONFLICT
    reason = "ALREADY_CLAIMED"
    message = "Another organisation has taken referral {referral}."


class AlreadyDeclined(Refusal):
    kind = Kind.CONFLICT
    reason = "ALREADY_DECLINED"
    message = "Your organisation has said no to referral {referral}."


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


class LinkUnknown(Refusal):
    """Also the answer for a token that was made up."""

    kind = Kind.UNKNOWN
    reason = "LINK_UNKNOWN"
    message = "There is no such link."


class LinkOver(Refusal):
    kind = Kind.CONFLICT
    reason = "LINK_OVER"
    message = "The link is {status}."


class CodeWrong(Refusal):
    kind = Kind.INVALID
    reason = "CODE_WRONG"
    message = "That is not the organisation's reply code. Tries left: {left}."


class CodeBusy(Refusal):
    kind = Kind.UNAVAILABLE
    reason = "CODE_BUSY"
    message = "Another code is being tried for the same link. Try again in a moment."


class StepNotByLink(Refusal):
    kind = Kind.INVALID
    reason = "STEP_NOT_BY_LINK"
    message = "This link does not take that step."


class LinksTooMany(Refusal):
    kind = Kind.CONFLICT
    reason = "LINKS_TOO_MANY"
    message = "No more links are sent for this referral. Sign in, or ask the sender."


class CalendarUnknown(Refusal):
    """Also the answer for an address that was made up, or closed."""

    kind = Kind.UNKNOWN
    reason = "CALENDAR_UNKNOWN"
    message = "There is no such calendar."


class WebhookUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "WEBHOOK_UNKNOWN"
    message = "Your organisation has no such webhook."


class DeliveryUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "DELIVERY_UNKNOWN"
    message = "This webhook has no such delivery."


class WebhookEnded(Refusal):
    kind = Kind.CONFLICT
    reason = "WEBHOOK_ENDED"
    message = "This webhook has ended. Register a new one."


class WebhookRefused(Refusal):
    kind = Kind.INVALID
    reason = "WEBHOOK_REFUSED"
    message = "A webhook is an https address, without a name, a password or a query in it."
