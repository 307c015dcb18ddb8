"""Why consents says no."""

from libs.eventlog.refusal import Kind, Refusal


class CitizenUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "CITIZEN_UNKNOWN"
    message = "No citizen {citizen} that you have to do with."


class IdentifierMalformed(Refusal):
    kind = Kind.INVALID
    reason = "IDENTIFIER_MALFORMED"
    message = "The number is not one of {system}: a CPR number is ten digits that begin with a date."


class LawUnknown(Refusal):
    kind = Kind.INVALID
    reason = "LAW_UNKNOWN"
    message = "No law reference {law}. services/consents/law.toml lists those in force."


class LawNotCovering(Refusal):
    kind = Kind.INVALID
    reason = "LAW_NOT_COVERING"
    message = "{law} does not cover {field}: {words}."


class PeriodMalformed(Refusal):
    kind = Kind.INVALID
    reason = "PERIOD_MALFORMED"
    message = "The period {problem}."


class ConsentBlanket(Refusal):
    kind = Kind.INVALID
    reason = "CONSENT_BLANKET"
    message = "A consent to everything is no consent: name the {field} it is about."


class ConsentUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "CONSENT_UNKNOWN"
    message = "The citizen has no consent {consent}."


class ConsentNotActive(Refusal):
    kind = Kind.CONFLICT
    reason = "CONSENT_NOT_ACTIVE"
    message = "Consent {consent} is {status} already."


class CategoryNotConsented(Refusal):
    kind = Kind.INVALID
    reason = "CATEGORY_NOT_CONSENTED"
    message = "Consent {consent} does not cover {categories}."


class BasisUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "BASIS_UNKNOWN"
    message = "The citizen has no basis {basis} that is in force."


class ServiceNotTrusted(Refusal):
    kind = Kind.FORBIDDEN
    reason = "SERVICE_NOT_TRUSTED"
    message = "Only the timeline opens texts, on behalf of whoever reads it."


class TimeTravelForbidden(Refusal):
    kind = Kind.FORBIDDEN
    reason = "TIME_TRAVEL_FORBIDDEN"
    message = "Only an auditor asks what could be seen at another time."


class KeyMismatched(Refusal):
    kind = Kind.INVALID
    reason = "KEY_MISMATCHED"
    message = "Text {index} was not sealed for this citizen and the organisation of its class."


class AccessLogUnavailable(Refusal):
    kind = Kind.UNAVAILABLE
    reason = "ACCESS_LOG_UNAVAILABLE"
    message = "The reading cannot be written down now, so nothing is shown. Try again in a moment."
