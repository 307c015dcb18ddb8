"""Why the portal says no."""

from libs.eventlog.refusal import Kind, Refusal


class OfferUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "OFFER_UNKNOWN"
    message = "There is no offer {offer} of your organisation."


class OfferWithdrawnAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "OFFER_WITHDRAWN_ALREADY"
    message = "The offer is withdrawn already."


class OfferPeriodOver(Refusal):
    kind = Kind.INVALID
    reason = "OFFER_PERIOD_OVER"
    message = "The period of the offer is over already."


class WebsiteMissing(Refusal):
    kind = Kind.CONFLICT
    reason = "WEBSITE_MISSING"
    message = "The organisation has no website in the directory. Name one, or let the volunteer centre be the way."


class PartiesMalformed(Refusal):
    kind = Kind.INVALID
    reason = "PARTIES_MALFORMED"
    message = "An introduction brings two other organisations of the directory together."


class NotABroker(Refusal):
    kind = Kind.FORBIDDEN
    reason = "NOT_A_BROKER"
    message = "Only a volunteer centre introduces organisations to each other."


class IntroductionUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "INTRODUCTION_UNKNOWN"
    message = "No introduction {introduction} that you broker or take part in."


class IntroductionNotInStatus(Refusal):
    kind = Kind.CONFLICT
    reason = "INTRODUCTION_NOT_IN_STATUS"
    message = "The introduction is {status}; that cannot be done now."


class IntroductionAnsweredAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "INTRODUCTION_ANSWERED_ALREADY"
    message = "Your organisation has answered already."
