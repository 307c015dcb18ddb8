"""Records to stored events and back, as `eventsourcing` wants them: sealing on the way in, upcasting on the way out."""

from typing import Any

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from libs.eventlog.codec import decode, encode
from libs.eventlog.event import Event, Recorded
from libs.eventlog.registry import Registry, shape_of
from libs.eventlog.sealer import Binding, Sealer


class RecordMapper(Mapper[str]):
    """The stored state is the published bytes; the topic is the event's type."""

    def __init__(self, registry: Registry, sealer: Sealer | None) -> None:
        super().__init__(JSONTranscoder())
        self.registry = registry
        self.sealer = sealer

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Raises EventTooLarge; ValueError for personal text about nobody, or when there is no sealer."""
        if not isinstance(domain_event, Recorded):
            raise TypeError(f"{type(domain_event).__name__} is not a record")
        record = self.sealed(domain_event)
        return StoredEvent(record.subject, record.streamversion, record.type, encode(record))

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        return decode(stored_event.state, self.registry)

    def sealed(self, record: Recorded) -> Recorded:
        """`record` with its personal text encrypted. Unchanged when it has none."""
        plain = personal_text(record.event)
        if not plain:
            return record
        if not record.event.citizen:
            raise ValueError(f"{record.type} holds personal text and names no citizen whose key could seal it")
        if self.sealer is None:
            raise ValueError(f"{record.type} holds personal text; this log was made without a sealer")
        binding = Binding(record.subject, record.streamversion, record.type)
        key, sealed = self.sealer.seal(
            record.event.citizen, record.organisation, binding, msgspec.json.encode(plain, order="deterministic")
        )
        return msgspec.structs.replace(record, event=without_personal_text(record.event), key=key, sealed=sealed)


def personal_text(event: Event) -> dict[str, Any]:
    """The personal fields of `event`; empty when all of them are."""
    fields = {name: getattr(event, name) for name in shape_of(type(event)).personal}
    return fields if any(fields.values()) else {}


def without_personal_text(event: Event) -> Event:
    """`event` as its own service reads it from the log."""
    shape = shape_of(type(event))
    return msgspec.structs.replace(event, **shape.blank) if shape.personal else event
