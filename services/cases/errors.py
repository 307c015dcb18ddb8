"""Why a case says no."""

from libs.eventlog.refusal import Kind, Refusal


class CaseUnknown(Refusal):
    """Also the answer for a case that the caller's organisation takes no part in."""

    kind = Kind.UNKNOWN
    reason = "CASE_UNKNOWN"
    message = "No case {case} that you take part in."


class SubjectCodeUnknown(Refusal):
    kind = Kind.INVALID
    reason = "SUBJECT_CODE_UNKNOWN"
    message = "No KLE subject {code}. services/cases/kle.toml lists those in use."


class CaseNotOpen(Refusal):
    kind = Kind.CONFLICT
    reason = "CASE_NOT_OPEN"
    message = "Case {case} is {status}. {remedy}"


class CaseNotClosed(Refusal):
    kind = Kind.CONFLICT
    reason = "CASE_NOT_CLOSED"
    message = "Case {case} is {status}; only a closed case is reopened."


class CaseNotSuspended(Refusal):
    kind = Kind.CONFLICT
    reason = "CASE_NOT_SUSPENDED"
    message = "Case {case} is {status}; only a suspended case is resumed."


class AlreadyTakesPart(Refusal):
    kind = Kind.CONFLICT
    reason = "ALREADY_TAKES_PART"
    message = "Organisation {organisation} takes part in the case already."


class ParticipantUnknown(Refusal):
    kind = Kind.CONFLICT
    reason = "PARTICIPANT_UNKNOWN"
    message = "Organisation {organisation} takes no part in the case."


class LastCoordinator(Refusal):
    kind = Kind.CONFLICT
    reason = "LAST_COORDINATOR"
    message = (
        "Organisation {organisation} is the last coordinator without an end date. Let another one join as coordinator,"
        " without an end date, first."
    )


class ActionUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "ACTION_UNKNOWN"
    message = "The case has no action {action}."


class ActionCompletedAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "ACTION_COMPLETED_ALREADY"
    message = "Action {action} is completed already."


class ExtensionNotLater(Refusal):
    kind = Kind.INVALID
    reason = "EXTENSION_NOT_LATER"
    message = "The case runs until {until}; an extension must end later."


class PeriodMalformed(Refusal):
    kind = Kind.INVALID
    reason = "PERIOD_MALFORMED"
    message = "The period ends before it begins."


class LinkedToItself(Refusal):
    kind = Kind.INVALID
    reason = "LINKED_TO_ITSELF"
    message = "A case cannot be linked to itself."


class LinkedAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "LINKED_ALREADY"
    message = "The cases are linked already."
