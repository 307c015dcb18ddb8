"""Why FHIR from outside is not taken."""

from libs.eventlog.refusal import Kind, Refusal


class ElementRefused(Refusal):
    """`element` is a FHIRPath from the resource, for instance `Task.restriction.period`."""

    kind = Kind.INVALID
    reason = "ELEMENT_REFUSED"
    message = "{element}: {problem}."
