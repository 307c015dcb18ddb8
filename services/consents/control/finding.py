"""One finding: a look that a rule found, what somebody thinks of it, and what was done. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Decider, Event, derived_id
from services.consents.control.errors import FindingClosedAlready, FindingNotAssessed, FindingOwn, FindingUnknown
from services.consents.control.events import FindingAssessed, FindingClosed, FindingRaised
from services.vocabulary import FindingStatus, word


class Finding(msgspec.Struct, frozen=True):
    citizen: str = ""
    """Empty: there is no such finding."""
    organisation: str = ""
    """The reader's."""
    rule: str = ""
    access: str = ""
    reader: str = ""
    looked: datetime | None = None
    purpose: str = ""
    numbers: dict[str, int] = {}
    status: FindingStatus = "open"
    assessment: str = ""
    measure: str = ""


def finding_id(access: str, rule: str) -> str:
    """The same rule finds the same look once, however often it is examined."""
    return derived_id(access, f"finding: {rule}")


def decide(finding: Finding, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/consents/control/errors.py."""
    if not finding.citizen:
        raise FindingUnknown(finding=command.finding)
    if context.actor == finding.reader:
        raise FindingOwn
    if finding.status == "closed":
        raise FindingClosedAlready
    match command:
        case consents.AssessFinding():
            return [FindingAssessed(citizen=finding.citizen, assessment=word(command.assessment), note=command.note)]
        case consents.CloseFinding():
            if finding.status != "assessed":
                raise FindingNotAssessed
            return [FindingClosed(citizen=finding.citizen, measure=word(command.measure))]
    raise TypeError(f"not a command to a finding: {type(command).__name__}")


def evolve(finding: Finding, event: Event) -> Finding:
    match event:
        case FindingRaised():
            return Finding(
                citizen=event.citizen,
                organisation=event.controlled,
                rule=event.rule,
                access=event.access,
                reader=event.reader,
                looked=event.looked,
                purpose=event.purpose,
                numbers=event.numbers,
            )
        case FindingAssessed():
            return msgspec.structs.replace(finding, status="assessed", assessment=event.assessment)
        case FindingClosed():
            return msgspec.structs.replace(finding, status="closed", measure=event.measure)
    return finding


FINDING: Final = Decider(Finding, decide, evolve)
