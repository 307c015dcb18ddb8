"""Why the open directory says no. No parameter's value is ever repeated."""

from libs.eventlog import Kind
from libs.eventlog.refusal import Refusal


class ParameterUnknown(Refusal):
    kind = Kind.INVALID
    reason = "PARAMETER_UNKNOWN"
    message = "The parameter {name} is not had at this address. It takes: {taken}."


class ParameterMalformed(Refusal):
    kind = Kind.INVALID
    reason = "PARAMETER_MALFORMED"
    message = "The parameter {name} is given once, and is {what}."
