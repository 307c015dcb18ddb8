"""What a recorded fact is: the event a service declares, and the envelope it is recorded in."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, get_args, get_origin, get_type_hints

import msgspec

PERSONAL: Final = "personal"

Personal = Annotated[str, msgspec.Meta(extra={PERSONAL: True})]
"""Text about a person. Sealed before it is recorded; a service that loads its own event reads `""` in its place."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every event. A subclass is a record and nothing else; its `type` is stable for ever.

    The fields here say what the event is about. They become CloudEvents attributes, not part of `data`.
    """

    type: ClassVar[str]
    """`<service>.<Name>.v<n>`, for instance `referrals.ReferralAccepted.v1`; never a Python path."""

    citizen: str = ""
    """UUID of the citizen; empty when the event is about nobody."""
    case: str = ""
    category: str = "administrative"
    sensitivity: str = "normal"
    legalbasis: str = ""


ABOUT: Final = Event.__struct_fields__


def personal_fields(event: type[Event]) -> tuple[str, ...]:
    """Names of the fields of `event` that hold personal text, in declared order."""
    hints = get_type_hints(event, include_extras=True)
    return tuple(
        name
        for name in event.__struct_fields__
        if get_origin(hint := hints[name]) is Annotated
        and any(isinstance(meta, msgspec.Meta) and (meta.extra or {}).get(PERSONAL) for meta in get_args(hint)[1:])
    )


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its CloudEvents 1.0 attributes, as it stands in the log (DESIGN section 3)."""

    id: str
    source: str
    type: str
    subject: str
    """The stream: UUIDv7 of the aggregate."""
    time: datetime
    """When it happened."""
    recordedtime: datetime
    streamversion: int
    organisation: str
    """The organisation that recorded it and controls its personal text."""
    actor: str
    correlationid: str
    causationid: str
    """Id of the command (or of the event, for a policy) that caused it."""
    traceparent: str
    event: Event
    """The payload; its ABOUT fields stand in the envelope on the wire."""
    key: str = ""
    """Id of the key its personal text is sealed with; empty when it has none."""
    sealed: bytes = b""

    @property
    def originator_id(self) -> str:
        """The stream, as `eventsourcing` calls it (DomainEventProtocol)."""
        return self.subject

    @property
    def originator_version(self) -> int:
        return self.streamversion
