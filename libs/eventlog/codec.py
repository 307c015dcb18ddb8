"""The record on the wire: CloudEvents 1.0 in JSON (DESIGN section 3), and back.

The bytes that `encode` makes are stored, published and hashed as they are. `data` is their last member, so that reading
an event of a known type is one pass: the members of `data` are spliced behind the envelope's and decoded as one object.
"""

from datetime import datetime
from typing import Any, Final

import msgspec

from libs.eventlog.event import ABOUT, Event, Recorded
from libs.eventlog.refusal import EventTooLarge
from libs.eventlog.registry import Registry, shape_of

MOST: Final = 64_000
"""Bytes of an event as recorded (DESIGN section 3: documents are digests; their bytes live elsewhere)."""

DATA: Final = b',"data":{'
"""Where `data` begins. It cannot stand inside a JSON text, where quotes are escaped."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """All personal text of an event: one JSON object, encrypted."""

    sealed: bytes
    key: str


class PersonalPart(msgspec.Struct, frozen=True):
    """What an envelope's reader wants of `data`."""

    personal: Sealed | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The CloudEvents attributes in their order on the wire; an empty one is left out."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    recordedtime: datetime
    streamversion: int
    citizen: str = ""
    case: str = ""
    organisation: str = ""
    actor: str = ""
    category: str = ""
    sensitivity: str = ""
    legalbasis: str = ""
    correlationid: str = ""
    causationid: str = ""
    traceparent: str = ""
    data: Any = None


class Head(Envelope, frozen=True, kw_only=True):
    """An envelope as it is read."""

    data: PersonalPart = PersonalPart()


ENVELOPE: Final = frozenset(Envelope.__struct_fields__) - frozenset(ABOUT)
"""Names that must not be spliced together: an event may call a field of its own `organisation`."""

_encoder: Final = msgspec.json.Encoder()
_head: Final = msgspec.json.Decoder(Head)
_fields: Final = msgspec.json.Decoder(dict[str, Any])


def encode(recorded: Recorded) -> bytes:
    """The bytes to record and publish. Personal text must be sealed already. Raises EventTooLarge."""
    event = recorded.event
    shape = shape_of(type(event))
    if any(getattr(event, name) for name in shape.personal):
        raise ValueError(f"{recorded.type} holds personal text that is not sealed")
    data: dict[str, Any] = {name: getattr(event, name) for name in shape.clear}
    if recorded.key:
        data["personal"] = Sealed(sealed=recorded.sealed, key=recorded.key)
    body = _encoder.encode(
        Envelope(
            specversion="1.0",
            id=recorded.id,
            source=recorded.source,
            type=recorded.type,
            subject=recorded.subject,
            time=recorded.time,
            recordedtime=recorded.recordedtime,
            streamversion=recorded.streamversion,
            citizen=event.citizen,
            case=event.case,
            organisation=recorded.organisation,
            actor=recorded.actor,
            category=event.category,
            sensitivity=event.sensitivity,
            legalbasis=event.legalbasis,
            correlationid=recorded.correlationid,
            causationid=recorded.causationid,
            traceparent=recorded.traceparent,
            data=data,
        )
    )
    if len(body) > MOST:
        raise EventTooLarge(size=len(body), most=MOST)
    return body


def decode_head(body: bytes) -> Head:
    """The attributes of the record in `body`, whatever its type. Raises msgspec.DecodeError, ValidationError."""
    return _head.decode(body)


def decode(body: bytes, registry: Registry) -> Recorded:
    """The record in `body`. Raises msgspec.DecodeError or ValidationError (bad bytes), TypeUnknown."""
    head = decode_head(body)
    sealed = head.data.personal
    return Recorded(
        id=head.id,
        source=head.source,
        type=head.type,
        subject=head.subject,
        time=head.time,
        recordedtime=head.recordedtime,
        streamversion=head.streamversion,
        organisation=head.organisation,
        actor=head.actor,
        correlationid=head.correlationid,
        causationid=head.causationid,
        traceparent=head.traceparent,
        event=decode_event(head.type, body, registry),
        key=sealed.key if sealed else "",
        sealed=sealed.sealed if sealed else b"",
    )


def decode_event(name: str, body: bytes, registry: Registry) -> Event:
    """Only the event of the record in `body`, whose type is `name`; personal text reads `""`. Raises as `decode`."""
    shape = registry.shapes.get(name)
    head, found, data = body.partition(DATA)
    if shape is None or not found or not ENVELOPE.isdisjoint(shape.own):
        return _decode_slowly(name, body, registry)
    if data == b"}}":
        return shape.decoder.decode(head + shape.blank_json + b"}")
    return shape.decoder.decode(head + shape.blank_json + b"," + data[:-1])


def _decode_slowly(name: str, body: bytes, registry: Registry) -> Event:
    """For old types, fields with names of the envelope's, and bytes that another encoder laid out."""
    steps, shape = registry.way_from(name)
    envelope = _fields.decode(body)
    fields = {name: envelope[name] for name in ABOUT if name in envelope} | (envelope.get("data") or {})
    for step in steps:
        fields = step(fields)
    return msgspec.convert(shape.blank | fields, shape.cls)
