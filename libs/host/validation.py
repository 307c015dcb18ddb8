"""What a request's fields accept: the option `(rules)` of the protos, compiled once for each message type.

Beside the rules: no NUL character in any text (PostgreSQL cannot keep it; lone surrogates are no UTF-8 and already fail
to parse), timestamps in the range of google.protobuf.Timestamp, periods that end after they begin.
No violation repeats a value: it may be personal, whatever field it was put into.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2

from libs.host.errors import RequestInvalid, Violation

Vocabularies = Mapping[str, tuple[str, ...]]
Check = Callable[[Any], Sequence[Violation]]
"""What is wrong with a value, each at its path from that value. Nearly always nothing is, and then nothing is made:
a page's request has some three hundred fields."""

NOTHING: Final[Sequence[Violation]] = ()
LENGTH: Final = 200
"""Longest text, in characters, where the rules say nothing."""
ITEMS: Final = 200
"""Most items of a repeated field where the rules say nothing."""
REPORTED: Final = 100
"""Most violations that one answer lists."""
FIRST_SECOND: Final = -62_135_596_800
LAST_SECOND: Final = 253_402_300_799
"""0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z (google/protobuf/timestamp.proto)."""

_uuid: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


class Rulebook:
    """The compiled checks of the message types of one process."""

    def __init__(self, vocabularies: Vocabularies) -> None:
        self._vocabularies = vocabularies
        self._compiled: dict[str, Check] = {}

    def check(self, request: Message) -> None:
        """Raises RequestInvalid with all that is wrong, at most REPORTED violations."""
        check = self._compiled.get(request.DESCRIPTOR.full_name) or self.compile(request.DESCRIPTOR)
        if violations := check(request):
            raise RequestInvalid(request.DESCRIPTOR.name, violations[:REPORTED])

    def compile(self, descriptor: Any) -> Check:
        """The check of a message type. Raises KeyError if a rule names no known vocabulary, TypeError for a map."""
        name = descriptor.full_name
        if name in KNOWN_TYPES:
            return KNOWN_TYPES[name]
        if name not in self._compiled:
            checks: list[Check] = []
            self._compiled[name] = lambda message: _message(message, checks)
            checks += [check for field in descriptor.fields if (check := self._field(field)) is not None]
        return self._compiled[name]

    def _field(self, field: FieldDescriptor) -> Check | None:
        """The check of a field of a message; None where every value is accepted."""
        rules: common_pb2.Rules = field.GetOptions().Extensions[common_pb2.rules]
        one = self._value(field, rules)
        if field.is_repeated:
            return _repeated(field.name, one, rules, texts=one is not None and not field.message_type)
        if field.message_type:
            return _part(field.name, one, rules)
        return _scalar(field.name, one, rules) if one or rules.required else None

    def _value(self, field: FieldDescriptor, rules: common_pb2.Rules) -> Check | None:
        if field.message_type:
            if field.message_type.GetOptions().map_entry:
                raise TypeError(f"{field.full_name}: a request has no maps; use a repeated message")
            return self.compile(field.message_type)
        if field.cpp_type == FieldDescriptor.CPPTYPE_STRING and field.type != FieldDescriptor.TYPE_BYTES:
            return _text(rules, self._vocabularies[rules.vocabulary] if rules.vocabulary else ())
        return None


def _message(message: Any, checks: Sequence[Check]) -> Sequence[Violation]:
    found: Sequence[Violation] = NOTHING
    for check in checks:
        if wrong := check(message):
            found = [*found, *wrong]
    return found


def _at(place: str, found: Sequence[Violation]) -> Sequence[Violation]:
    """What was found in the value that stands at `place`."""
    return [each._replace(field=f"{place}.{each.field}" if each.field else place) for each in found]


def _part(name: str, one: Check | None, rules: common_pb2.Rules) -> Check:
    """A message within the message."""

    def check(message: Any) -> Sequence[Violation]:
        if message.HasField(name):
            wrong = one(getattr(message, name)) if one else NOTHING
            return _at(name, wrong) if wrong else NOTHING
        return [Violation(name, "FIELD_REQUIRED", "Fill in this field.")] if rules.required else NOTHING

    return check


def _scalar(name: str, one: Check | None, rules: common_pb2.Rules) -> Check:
    required = rules.required

    def check(message: Any) -> Sequence[Violation]:
        value = getattr(message, name)
        if required and (not value or (isinstance(value, str) and not value.strip())):
            return [Violation(name, "FIELD_REQUIRED", "Fill in this field.")]
        wrong = one(value) if one and value else NOTHING
        return _at(name, wrong) if wrong else NOTHING

    return check


def _repeated(name: str, one: Check | None, rules: common_pb2.Rules, *, texts: bool) -> Check:
    most, required = rules.max_items or ITEMS, rules.required

    def check(message: Any) -> Sequence[Violation]:
        values = getattr(message, name)
        if required and not values:
            return [Violation(name, "FIELD_REQUIRED", "Name at least one.")]
        if len(values) > most:
            return [Violation(name, "FIELD_TOO_MANY", f"At most {most} are accepted.")]
        found: list[Violation] = []
        for index, value in enumerate(values if one else ()):
            if texts and not value:
                found.append(Violation(f"{name}[{index}]", "FIELD_REQUIRED", "An item must not be empty."))
            elif one and (wrong := one(value)):
                found += _at(f"{name}[{index}]", wrong)
        return found

    return check


def _text(rules: common_pb2.Rules, words: tuple[str, ...]) -> Check:
    most, accepted, uuid = rules.max_length or LENGTH, frozenset(words), rules.uuid

    def check(text: str) -> Sequence[Violation]:
        if "\0" in text:
            return [Violation("", "CHARACTER_REFUSED", "The text holds a NUL character. Remove it.")]
        if accepted:
            if text not in accepted:
                return [Violation("", "WORD_UNKNOWN", f"The words accepted here: {', '.join(words)}.")]
        elif uuid:
            if not _uuid(text):
                return [
                    Violation("", "UUID_MALFORMED", "Give a UUID as 32 lower-case hexadecimal digits and 4 hyphens.")
                ]
        elif len(text) > most:
            return [Violation("", "FIELD_TOO_LONG", f"At most {most} characters are accepted.")]
        return NOTHING

    return check


def _timestamp(time: Any) -> Sequence[Violation]:
    if FIRST_SECOND <= time.seconds <= LAST_SECOND and 0 <= time.nanos < 1_000_000_000:
        return NOTHING
    return [Violation("", "TIME_MALFORMED", "Give a time between the years 1 and 9999.")]


def _period(period: Any) -> Sequence[Violation]:
    ends = [(name, getattr(period, name)) for name in ("from", "until") if period.HasField(name)]
    wrong = [violation for name, end in ends for violation in _at(name, _timestamp(end))]
    if len(ends) == 2 and not wrong:
        (_, start), (_, until) = ends
        if (until.seconds, until.nanos) <= (start.seconds, start.nanos):
            return [Violation("", "PERIOD_EMPTY", "The period must end after it begins.")]
    return wrong


KNOWN_TYPES: Final[dict[str, Check]] = {
    "google.protobuf.Timestamp": _timestamp,
    "samspor.common.v1.Period": _period,
}
