"""A value of any type that an event may have: always the same, so that it can be kept in a file."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from libs.eventlog import Event, Recorded, personal_fields

E = TypeVar("E", bound=Event)

MOMENT: Final = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
ID: Final = "00000000-0000-4000-8000-000000000001"
PLAIN: Final[Mapping[Any, Any]] = {
    int: 1,
    float: 1.5,
    bool: True,
    bytes: b"bytes",
    datetime: MOMENT,
    date: MOMENT.date(),
    time: MOMENT.time(),
    Decimal: Decimal("1.5"),
    UUID: UUID(ID),
    Any: {},
    NoneType: None,
}


def sample_record(event: type[Event]) -> Recorded:
    """A record of a sample of `event`; its personal text is sealed (not really) and reads `""`."""
    personal = personal_fields(event)
    return Recorded(
        id=ID,
        source=event.type.split(".")[0],
        type=event.type,
        subject=ID,
        time=MOMENT,
        recordedtime=MOMENT,
        streamversion=1,
        organisation="organisation",
        actor="actor",
        correlationid="correlationid",
        causationid="causationid",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        event=sample_event(event),
        key=ID if personal else "",
        sealed=b"sealed" if personal else b"",
    )


def sample_event(event: type[E]) -> E:
    """An event with every field set: a text is its field's name, a number 1."""
    return _struct(event, personal_fields(event))


def _struct(struct: type[E], blank: tuple[str, ...] = ()) -> E:
    hints = get_type_hints(struct, include_extras=True)
    names = struct.__struct_fields__
    return struct(**{name: "" if name in blank else _value(hints[name], name) for name in names})


def _value(hint: Any, name: str) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if hint is str:
        return name
    if hint in PLAIN:
        return PLAIN[hint]
    if origin is Annotated:
        return _value(inner[0], name)
    if origin is Literal:
        return inner[0]
    if origin in (Union, UnionType):
        return _value(next(each for each in inner if each is not NoneType), name)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _struct(hint)  # type: ignore[type-var]
    if origin is tuple and inner[-1] is not Ellipsis:
        return tuple(_value(each, name) for each in inner)
    if origin in (list, tuple, set, frozenset):
        return origin([_value(inner[0], name)])
    if origin in (dict, Mapping):
        return {_value(inner[0], name): _value(inner[1], name)}
    raise TypeError(f"no sample for {hint} of field {name}")
