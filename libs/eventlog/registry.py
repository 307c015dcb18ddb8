"""The events one reader understands: their classes by type, and the way from old types to new ones."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import msgspec

from libs.eventlog.event import ABOUT, Event, personal_fields

Fields = dict[str, Any]
"""An event's fields as JSON gives them: those of ABOUT and those of `data` together."""

Upcasts = Mapping[str, tuple[str, Callable[[Fields], Fields]]]
"""Old type -> (newer type, function that makes the newer fields from the old ones). Chained until a known class."""

RESERVED: Final = frozenset({"personal"})


class TypeUnknown(ValueError):
    """No class and no upcast is declared for the type of a recorded event."""


class Shape:
    """How one event class stands on the wire."""

    def __init__(self, cls: type[Event]) -> None:
        _check(cls)
        self.cls = cls
        self.personal = personal_fields(cls)
        self.own = frozenset(cls.__struct_fields__) - frozenset(ABOUT)
        self.clear = tuple(f for f in cls.__struct_fields__ if f not in ABOUT and f not in self.personal)
        self.blank = dict.fromkeys(self.personal, "")
        self.blank_json = "".join(f',"{name}":""' for name in self.personal).encode()
        self.decoder = msgspec.json.Decoder(cls)


@cache
def shape_of(cls: type[Event]) -> Shape:
    """Raises TypeError for a class that could not be recorded faithfully."""
    return Shape(cls)


class Registry:
    """Declared events by type. Raises TypeError for a class that could not be recorded faithfully."""

    def __init__(self, events: Iterable[type[Event]], upcasts: Upcasts | None = None) -> None:
        self.shapes = {cls.type: shape_of(cls) for cls in events}
        self.upcasts = dict(upcasts or {})
        for old in self.upcasts:
            if old in self.shapes:
                raise TypeError(f"{old} is declared as an event and as an old type")
            self.way_from(old)

    def way_from(self, name: str) -> tuple[list[Callable[[Fields], Fields]], Shape]:
        """The upcasts from type `name` to a declared event, and that event's shape. Raises TypeUnknown."""
        steps: list[Callable[[Fields], Fields]] = []
        newest = name
        while newest not in self.shapes and len(steps) <= len(self.upcasts) and newest in self.upcasts:
            newest, step = self.upcasts[newest]
            steps.append(step)
        if newest not in self.shapes:
            raise TypeUnknown(f"No declared event and no upcast for type {name!r}")
        return steps, self.shapes[newest]


def _check(cls: type[Event]) -> None:
    if not isinstance(cls.__dict__.get("type"), str):
        raise TypeError(f"{cls.__name__} declares no type")
    hints = get_type_hints(cls, include_extras=True)
    if "citizen" not in hints or RESERVED & hints.keys():
        raise TypeError(f"{cls.__name__} declares a field with a reserved name: {', '.join(RESERVED)}")
    personal = personal_fields(cls)
    for name in cls.__struct_fields__:
        if name not in personal and _holds_personal(hints[name], set()):
            raise TypeError(f"{cls.__name__}.{name} hides personal text inside; only a field of its own is sealed")


def _holds_personal(hint: Any, seen: set[Any]) -> bool:
    """Whether personal text hides in a container or a struct inside of `hint`."""
    if get_origin(hint) is Annotated:
        extra = [meta.extra or {} for meta in get_args(hint)[1:] if isinstance(meta, msgspec.Meta)]
        if any("personal" in each for each in extra):
            return True
    inner = list(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint not in seen:
        seen.add(hint)
        inner += get_type_hints(hint, include_extras=True).values()
    return any(_holds_personal(each, seen) for each in inner)
