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


class LawRepealed(Refusal):
    kind = Kind.INVALID
    reason = "LAW_REPEALED"
    message = "{law} was repealed on {until}. Use {replaced_by}."


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


class ConsentOverlapping(Refusal):
    kind = Kind.CONFLICT
    reason = "CONSENT_OVERLAPPING"
    message = "Consent {consent} covers some of this for some of the time already. Renew it, or withdraw it first."


class RequestUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "REQUEST_UNKNOWN"
    message = "Nobody asked the citizen for a consent under {request}."


class RequestAnswered(Refusal):
    kind = Kind.CONFLICT
    reason = "REQUEST_ANSWERED"
    message = "Request {request} is {status} already."


class ConsentBeyondRequest(Refusal):
    kind = Kind.INVALID
    reason = "CONSENT_BEYOND_REQUEST"
    message = "Request {request} did not ask for this {field}: {words}."


class AcknowledgementNotDue(Refusal):
    kind = Kind.CONFLICT
    reason = "ACKNOWLEDGEMENT_NOT_DUE"
    message = "Consent {consent} is neither withdrawn nor invalid."


class EvidenceMalformed(Refusal):
    kind = Kind.INVALID
    reason = "EVIDENCE_MALFORMED"
    message = "Evidence is given as a SHA-256: 64 hexadecimal digits in small letters."


class RepresentsOneself(Refusal):
    kind = Kind.INVALID
    reason = "REPRESENTS_ONESELF"
    message = "Nobody is their own representative."


class RepresentationUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "REPRESENTATION_UNKNOWN"
    message = "Nobody represents the citizen under {representation}."


class RepresentationNotInForce(Refusal):
    kind = Kind.CONFLICT
    reason = "REPRESENTATION_NOT_IN_FORCE"
    message = "Representation {representation} is not in force: {status}."


class BlockEmpty(Refusal):
    kind = Kind.INVALID
    reason = "BLOCK_EMPTY"
    message = "A block hides something from somebody: name an organisation, or categories, or both."


class BlockUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "BLOCK_UNKNOWN"
    message = "The citizen has no block {block} that stands."


class HoursMalformed(Refusal):
    kind = Kind.INVALID
    reason = "HOURS_MALFORMED"
    message = "An emergency is for 1 to {most} hours."


class ReviewOverdue(Refusal):
    kind = Kind.FORBIDDEN
    reason = "REVIEW_OVERDUE"
    message = "Emergency {emergency} of yours is still to be reviewed, and is overdue."


class EmergencyUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "EMERGENCY_UNKNOWN"
    message = "There was no emergency {emergency} with this citizen."


class ReviewedAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "REVIEWED_ALREADY"
    message = "Emergency {emergency} was found {finding} already."


class ReviewOfOneself(Refusal):
    kind = Kind.FORBIDDEN
    reason = "REVIEW_OF_ONESELF"
    message = "Nobody reviews their own emergency."


class DocumentUnacceptable(Refusal):
    kind = Kind.INVALID
    reason = "DOCUMENT_UNACCEPTABLE"
    message = "The consent cannot be recorded from this document. Look at {element}: {problem}."


class BasisUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "BASIS_UNKNOWN"
    message = "The citizen has no basis {basis} that is in force."


class HouseholdLinkedAlready(Refusal):
    kind = Kind.CONFLICT
    reason = "HOUSEHOLD_LINKED_ALREADY"
    message = "The two are linked in this way already."


class HouseholdLinkedToItself(Refusal):
    kind = Kind.INVALID
    reason = "HOUSEHOLD_LINKED_TO_ITSELF"
    message = "A citizen is no relative of their own: name another one."


class HouseholdLinkUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "HOUSEHOLD_LINK_UNKNOWN"
    message = "The citizen has no link {link} to somebody you have to do with."


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


class ControllerMissing(Refusal):
    kind = Kind.CONFLICT
    reason = "CONTROLLER_MISSING"
    message = "No organisation keeps text about citizen {citizen}: there is nobody to ask."


class RightUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "RIGHT_UNKNOWN"
    message = "Organisation {controller} was not asked anything by a request {request} of the citizen."


class RightAlreadyDecided(Refusal):
    kind = Kind.CONFLICT
    reason = "RIGHT_ALREADY_DECIDED"
    message = "Request {request} is decided already: {outcome}. Only a legal hold is decided again."


class OutcomeUnfit(Refusal):
    kind = Kind.INVALID
    reason = "OUTCOME_UNFIT"
    message = "A request for {right} is not answered with {outcome}; possible: {possible}."


class GroundMissing(Refusal):
    kind = Kind.INVALID
    reason = "GROUND_MISSING"
    message = "A refusal names its ground: a code of services/consents/grounds.toml."


class GroundUnknown(Refusal):
    kind = Kind.INVALID
    reason = "GROUND_UNKNOWN"
    message = "No ground {ground} for refusing {right}. services/consents/grounds.toml lists those there are."


class NotRestricted(Refusal):
    kind = Kind.CONFLICT
    reason = "NOT_RESTRICTED"
    message = "Request {request} has no restriction in force at the organisation."


class ErasureCaseOpen(Refusal):
    kind = Kind.CONFLICT
    reason = "ERASURE_CASE_OPEN"
    message = "Case {case} of the organisation is open, so its text is kept ({article}). Refuse, or hold it."


class ErasureRetention(Refusal):
    kind = Kind.CONFLICT
    reason = "ERASURE_RETENTION"
    message = "Case {case} of the organisation is kept until {until} ({source}; {article}). Refuse, or hold it."


class ErasureBusy(Refusal):
    kind = Kind.UNAVAILABLE
    reason = "ERASURE_BUSY"
    message = "Other erasures are being carried out. Repeat the command in {seconds} seconds."
