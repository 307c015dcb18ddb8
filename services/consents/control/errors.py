"""Why control of the access log says no."""

from libs.eventlog.refusal import Kind, Refusal


class ControlUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "CONTROL_UNKNOWN"
    message = "No control {control} that you may see."


class ControlBehind(Refusal):
    kind = Kind.UNAVAILABLE
    reason = "CONTROL_BEHIND"
    message = "The list of looks is not complete yet: is the worker of consents running? Try again in a moment."


class RuleUnknown(Refusal):
    kind = Kind.INVALID
    reason = "RULE_UNKNOWN"
    message = "No rule {rule}. services/consents/control.toml lists those there are."


class FindingUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "FINDING_UNKNOWN"
    message = "No finding {finding} that you may see."


class FindingOwn(Refusal):
    kind = Kind.FORBIDDEN
    reason = "FINDING_OWN"
    message = "Nobody assesses or closes a finding about what they looked at themselves: ask a colleague or an auditor."


class FindingNotAssessed(Refusal):
    kind = Kind.CONFLICT
    reason = "FINDING_NOT_ASSESSED"
    message = "The finding is not assessed yet: assess it before it is closed."


class FindingClosedAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "FINDING_CLOSED_ALREADY"
    message = "The finding is closed."
