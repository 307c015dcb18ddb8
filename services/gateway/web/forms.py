"""A form: its fields in the reader's words, what was filled in, and what was wrong with it.

What a field accepts is said once, in the protos' `(rules)`: `fill` puts the values into the request message and has it
checked by the same rules as the service does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from samspor.common.v1 import common_pb2

from libs.eventlog import new_id
from libs.host.errors import RequestInvalid, Violation
from libs.host.validation import LENGTH, Rulebook
from services.gateway.web.dates import day_ends, day_starts, deadline, stamp
from services.gateway.web.languages import codes, gettext, known, word
from services.vocabulary import VOCABULARIES

DAYS: Final = {"starts": day_starts, "ends": day_ends, "deadline": deadline}
RULES: Final = Rulebook(VOCABULARIES)

Filled = Mapping[str, Sequence[str]]
Kind = Literal["text", "long", "one", "one_of_few", "many", "date", "search", "digest"]
WHOLE: Final = {FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_INT64}
"""Types of whole numbers that messages of forms have."""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`name` is the request message's field, with a dot for one inside it and a number for one of many
    (`terms.goals.0.title`); one that the message does not have is the page's own to read. `label` and `hint` are in
    words already."""

    name: str
    label: str
    hint: str = ""
    kind: Kind = "text"
    options: tuple[Option, ...] = ()
    optional: bool = False
    day: Literal["starts", "ends", "deadline"] = "starts"
    """What a date stands for: its first moment; the midnight after it, as the end of a period; its last minute."""
    rows: int = 6
    autocomplete: str = "off"


@dataclass(slots=True)
class Form:
    fields: tuple[Field, ...]
    filled: Filled = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """Field name -> what is wrong; "" holds what concerns no single field."""
    command_id: str = ""
    """Made with the form, so that sending it twice records it once."""

    def __post_init__(self) -> None:
        self.command_id = self.value("command_id") or new_id()

    def value(self, name: str) -> str:
        """The (last) text that was filled in, without blanks around it."""
        return (self.filled.get(name) or [""])[-1].strip()

    def values(self, name: str) -> list[str]:
        return [value for value in self.filled.get(name, ()) if value]

    def fill(self, message: Message, **given: str) -> bool:
        """Puts the values, and `given` ones beside the form, into `message`; false where something is wrong."""
        if "command" in message.DESCRIPTOR.fields_by_name:
            message.command.command_id = self.command_id  # type: ignore[attr-defined]  # commands have it
        for name, text in given.items():
            setattr(message, name, text)
        for one in self.fields:
            self._put(message, one)
        try:
            RULES.check(message)
        except RequestInvalid as invalid:
            self.blame(invalid.violations, message)
        self.errors = {name: self.errors[name] for name in self._order() if name in self.errors}
        return not self.errors

    def blame(self, violations: Sequence[Violation], message: Message) -> None:
        """Puts each violation beside the field it is about, or the first part of it."""
        names = [one.name for one in self.fields]
        for violation in violations:
            row, path = violation.field.replace("[", ".").replace("]", ""), violation.field.split("[")[0]
            parts = [each for each in names if each.startswith(f"{path}.")]
            name = next((each for each in (row, path, *parts) if each in names), "")
            self.errors.setdefault(name, sentence(violation, message))

    def label(self, name: str) -> str:
        """What the field is called."""
        return next((one.label for one in self.fields if one.name == name), "")

    def options(self, one: Field) -> list[dict[str, str | bool]]:
        """The options of a field as the design system's macros take them: select, radio buttons, check boxes."""
        chosen = set(self.values(one.name))
        return [
            {
                "value": option.value,
                "text": option.text,
                "label": option.text,
                "isSelected": option.value in chosen,
                "checked": option.value in chosen,
            }
            for option in one.options
        ]

    def _order(self) -> list[str]:
        """Names as the form shows them: errors are listed in the same order."""
        return ["", *(one.name for one in self.fields)]

    def _put(self, message: Message, one: Field) -> None:
        *holders, name = one.name.split(".")
        target = reach(message, holders, make=bool(self.value(one.name)))
        if target is None:
            return
        if name.isdecimal():
            self._put_another(target, one)
            return
        described = target.DESCRIPTOR.fields_by_name.get(name)
        if described is None:
            return
        if described.is_repeated:
            getattr(target, name).extend(self.values(one.name))
        elif described.type in WHOLE:
            self._put_number(target, one, name)
        elif described.type != FieldDescriptor.TYPE_MESSAGE:
            setattr(target, name, self.value(one.name))
        elif self.value(one.name):
            self._put_date(getattr(target, name), one)

    def _put_another(self, container: Any, one: Field) -> None:
        """One more text or date, where something was filled in."""
        if not self.value(one.name):
            return
        if hasattr(container, "add"):
            self._put_date(container.add(), one)
        else:
            container.append(self.value(one.name))

    def _put_number(self, target: Message, one: Field, name: str) -> None:
        try:
            setattr(target, name, int(self.value(one.name) or 0))
        except ValueError:
            self.errors[one.name] = gettext("violation.OTHER")

    def _put_date(self, target: Timestamp, one: Field) -> None:
        try:
            day = date.fromisoformat(self.value(one.name))
            target.CopyFrom(stamp(DAYS[one.day](day)))
        except (ValueError, OverflowError):
            self.errors[one.name] = gettext("violation.TIME_MALFORMED")


def reach(message: Message, path: Sequence[str], *, make: bool) -> Any:
    """What a field with this path is part of; None where the message has no such thing, or it is to be made first."""
    target: Any = message
    for part in path:
        if part.isdecimal():
            while make and len(target) <= int(part):
                target.add()
            if len(target) <= int(part):
                return None
            target = target[int(part)]
        elif part in target.DESCRIPTOR.fields_by_name:
            target = getattr(target, part)
        else:
            return None
    return target


def sentence(violation: Violation, message: Message) -> str:
    """What is wrong, in the reader's words."""
    key = f"violation.{violation.code}"
    return gettext(key, most=limit(message, violation.field)) if known(key) else gettext("violation.OTHER")


def limit(message: Message, path: str) -> int:
    """Most characters that the field at `path` accepts."""
    within: Any = message.DESCRIPTOR
    one: Any = None
    for name in re.sub(r"\[\d+\]", "", path).split("."):
        one = within.fields_by_name.get(name) if within else None
        if one is None:
            return LENGTH
        within = one.message_type
    rules = one.GetOptions().Extensions[common_pb2.rules]
    return int(rules.max_length or LENGTH)


def words(vocabulary: str, only: Sequence[str] = ()) -> tuple[Option, ...]:
    """The words of a closed list as options, in its own order; `only` some of them."""
    return tuple(Option(value, word(vocabulary, value)) for value in only or VOCABULARIES[vocabulary])


def choose(options: Sequence[Option]) -> tuple[Option, ...]:
    """Options of a list where nothing is chosen beforehand."""
    return (Option("", gettext("Choose")), *options)


def options_of(prefix: str) -> tuple[Option, ...]:
    """Codes of a data file that the catalogue explains under `prefix`, with their words."""
    return tuple(Option(code, gettext(prefix + code)) for code in codes(prefix))
