"""A link between two cases is seen from both: the other one is told."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from libs.bus.received import Received
from libs.eventlog import Context, derived_id
from services.cases.case import CASE, LinkedFrom
from services.cases.events import CaseLinked

if TYPE_CHECKING:
    from services.cases.service import Cases

POLICY: Final = "when_case_linked_link_the_other"


def when_case_linked_link_the_other(service: "Cases", events: Sequence[Received]) -> None:
    """The link back is an event of the same type; it finds the first one made, and nothing more comes of it."""
    for event in events:
        if event.envelope.type != CaseLinked.type:
            continue
        cause, now = event.envelope, datetime.now(UTC)
        context = Context(
            command_id=derived_id(cause.id, POLICY),
            actor=f"policy:{POLICY}",
            organisation=cause.organisation,
            role="service",
            now=now,
            occurred=now,
            correlationid=cause.correlationid,
            traceparent=cause.traceparent,
        )
        other = event.data["other"]
        link = LinkedFrom(other, cause.case, event.data["relation"], cause.sensitivity)
        service.log.execute(CASE, other, link, context)
