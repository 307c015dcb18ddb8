"""Who has seen what on the ground of one consent."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Recorded
from libs.host.times import timestamp
from services.consents.basis import Basis
from services.consents.events import AccessRecorded


@dataclass(slots=True)
class Reader:
    """What one organisation has seen."""

    first: datetime
    last: datetime
    readings: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    entries: dict[str, None] = field(default_factory=dict)


def seen_under(consent: Basis, looks: Iterable[Recorded]) -> list[consents.SeenBy]:
    """`looks`: access records in the order in which they were made; those that do not rest on it are passed over."""
    readers: dict[str, Reader] = {}
    for look in looks:
        event = look.event
        if not isinstance(event, AccessRecorded) or consent.id not in event.bases:
            continue
        reader = readers.setdefault(look.organisation, Reader(look.recordedtime, look.recordedtime))
        reader.last, reader.readings = look.recordedtime, reader.readings + 1
        # An access record does not say which entry rests on which basis; a category that is not the consent's does not.
        reader.seen.update({name: count for name, count in event.seen.items() if name in consent.categories})
        reader.entries.update(dict.fromkeys(event.entries))
    return [
        consents.SeenBy(
            organisation=organisation,
            readings=reader.readings,
            first=timestamp(reader.first),
            last=timestamp(reader.last),
            seen=reader.seen,
            entries=reader.entries,
        )
        for organisation, reader in readers.items()
    ]
