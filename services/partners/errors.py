"""Why partners says no."""

from libs.eventlog.refusal import Kind, Refusal


class OrganisationUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "ORGANISATION_UNKNOWN"
    message = "There is no organisation {organisation}."


class OrganisationExists(Refusal):
    kind = Kind.CONFLICT
    reason = "ORGANISATION_EXISTS"
    message = "The organisation {organisation} is registered already."


class ParentUnknown(Refusal):
    kind = Kind.INVALID
    reason = "PARENT_UNKNOWN"
    message = "There is no organisation {parent} that this one could be a part of."


class AgesCrossed(Refusal):
    kind = Kind.INVALID
    reason = "AGES_CROSSED"
    message = "The minimum age {minimum} is above the maximum age {maximum}."


class RolesCrossed(Refusal):
    kind = Kind.INVALID
    reason = "ROLES_CROSSED"
    message = "The organisation cannot both be able and unable to fill a role: {roles}."


class MemberUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "MEMBER_UNKNOWN"
    message = "The person is not a member of organisation {organisation}."


class LocationUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "LOCATION_UNKNOWN"
    message = "The organisation {organisation} has no such location."


class NeedMissing(Refusal):
    kind = Kind.INVALID
    reason = "NEED_MISSING"
    message = "Say what is needed, in words or by a category."


class OrganizationMalformed(Refusal):
    """`path` is a JSON path (RFC 9535), `problem` a code of hsds.Fault, `all` the first problems as text."""

    kind = Kind.INVALID
    reason = "ORGANIZATION_MALFORMED"
    message = "The organization cannot be imported. {path}: {problem}; {count} problem(s) in all: {all}"


class AddressMalformed(Refusal):
    kind = Kind.INVALID
    reason = "ADDRESS_MALFORMED"
    message = "The field {field} is no address that anything can be sent to."


class CodeTooShort(Refusal):
    kind = Kind.INVALID
    reason = "CODE_TOO_SHORT"
    message = "A reply code has at least {least} characters."


class EntityUnknown(Refusal):
    kind = Kind.UNKNOWN
    reason = "ENTITY_UNKNOWN"
    message = "The directory has no {entity} with this id."


class SituationsCrossed(Refusal):
    kind = Kind.INVALID
    reason = "SITUATIONS_CROSSED"
    message = "A service cannot both ask for a situation and exclude it: {situations}."


class HoursMalformed(Refusal):
    kind = Kind.INVALID
    reason = "HOURS_MALFORMED"
    message = "The field {field} has a time that is none: write times as 09:00."
