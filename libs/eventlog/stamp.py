"""From what was decided to what is recorded: ids, versions and times are given here, not in `decide`."""

from collections.abc import Sequence

from libs.eventlog.decider import Context
from libs.eventlog.event import Event, Recorded
from libs.eventlog.ids import new_id


def stamped(events: Sequence[Event], source: str, stream: str, version: int, context: Context) -> list[Recorded]:
    """`events` as the next ones after `version` of `stream`."""
    return [
        Recorded(
            id=new_id(),
            source=source,
            type=event.type,
            subject=stream,
            time=context.occurred,
            recordedtime=context.now,
            streamversion=number,
            organisation=context.organisation,
            actor=context.actor,
            correlationid=context.correlationid or context.command_id,
            causationid=context.command_id,
            traceparent=context.traceparent,
            event=event,
        )
        for number, event in enumerate(events, version + 1)
    ]
