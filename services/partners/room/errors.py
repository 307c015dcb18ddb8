"""Why room says no."""

from libs.eventlog.refusal import Kind, Refusal


class ServiceUnknown(Refusal):
    """Also the answer for another organisation's service, where only its own may be changed."""

    kind = Kind.UNKNOWN
    reason = "SERVICE_UNKNOWN"
    message = "There is no service {service} here."


class CapacityNotSaid(Refusal):
    kind = Kind.INVALID
    reason = "CAPACITY_NOT_SAID"
    message = "Say how many places are free."


class CapacityExceeded(Refusal):
    kind = Kind.CONFLICT
    reason = "CAPACITY_EXCEEDED"
    message = "{available} free places and {held} that referrals hold are more than the {maximum} there can be."


class FreshTooLong(Refusal):
    kind = Kind.INVALID
    reason = "FRESH_TOO_LONG"
    message = "Capacity holds for {most} days at most before it is to be declared again."


class AskedOneself(Refusal):
    kind = Kind.INVALID
    reason = "ASKED_ONESELF"
    message = "Whether there is room is asked of another organisation."


class QuestionUnknown(Refusal):
    """Also the answer for a question between other organisations."""

    kind = Kind.UNKNOWN
    reason = "QUESTION_UNKNOWN"
    message = "No question {question} that you asked or were asked."


class WaitTooLong(Refusal):
    kind = Kind.INVALID
    reason = "WAIT_TOO_LONG"
    message = "A wait is {most} weeks at most."
