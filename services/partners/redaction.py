"""Locations whose place is secret. Pure."""

from collections.abc import Container, Sequence

from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Event
from services.partners.errors import LocationUnknown
from services.partners.events import LocationRedacted, LocationShown


def decide_redaction(
    locations: Container[str],
    redacted: Container[str],
    command: partners.RedactLocation | partners.ShowLocation,
) -> Sequence[Event]:
    """A location that the directory has no more can be shown again, and not be redacted."""
    known = command.location in redacted
    if not known and (command.location not in locations or isinstance(command, partners.ShowLocation)):
        raise LocationUnknown(organisation=command.organisation)
    if isinstance(command, partners.ShowLocation):
        return [LocationShown(location=command.location)]
    return [] if known else [LocationRedacted(location=command.location)]
