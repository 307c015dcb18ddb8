"""A link of a household is seen from both sides: the other citizen is told. Runs in the worker (docs/adr/0007)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from libs.bus.received import Received
from libs.eventlog import Context, derived_id
from services.consents.citizen import CITIZEN
from services.consents.errors import CitizenUnknown
from services.consents.events import HouseholdLinked, HouseholdUnlinked
from services.consents.household import LinkedFrom, UnlinkedFrom

if TYPE_CHECKING:
    from services.consents.service import Consents

POLICY: Final = "when_household_changed_tell_the_other"
ACTOR: Final = f"policy:{POLICY}"


def when_household_changed_tell_the_other(service: "Consents", events: Sequence[Received]) -> None:
    """What this policy itself recorded tells nobody: it would link again what was unlinked meanwhile."""
    for event in events:
        cause = event.envelope
        if cause.type not in (HouseholdLinked.type, HouseholdUnlinked.type) or cause.actor == ACTOR:
            continue
        context = Context(
            command_id=derived_id(cause.id, POLICY),
            actor=ACTOR,
            organisation=cause.organisation,
            role="service",
            now=datetime.now(UTC),
            occurred=datetime.fromisoformat(cause.time),
            correlationid=cause.correlationid,
            traceparent=cause.traceparent,
        )
        try:
            service.log.execute(CITIZEN, event.data["other"], told(event), context)
        except CitizenUnknown:
            continue


def told(event: Received) -> LinkedFrom | UnlinkedFrom:
    data = event.data
    if event.envelope.type == HouseholdUnlinked.type:
        return UnlinkedFrom(data["link"])
    since = datetime.fromisoformat(data["since"])
    return LinkedFrom(data["link"], event.envelope.citizen, data["relation"], since)
