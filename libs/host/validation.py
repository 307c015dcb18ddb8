"""What a request's fields accept: the option `(rules)` of the protos, compiled once for each message type.

Beside the rules: no NUL character in any text (PostgreSQL cannot keep it; lone surrogates are no UTF-8 and already fail
to parse), timestamps in the range of google.protobuf.Timestamp, periods that end after they begin.
No violation repeats a value: it may be personal, whatever field it was put into.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2

from libs.host.errors import RequestInvalid, Violation

Vocabularies = Mapping[str, tuple[str, ...]]
Check = Callable[[Any, str], Iterator[Violation]]
"""Yields what is wrong with a value that stands at a path."""

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
        violations = [violation for violation, _ in zip(check(request, ""), range(REPORTED), strict=False)]
        if violations:
            raise RequestInvalid(request.DESCRIPTOR.name, violations)

    def compile(self, descriptor: Any) -> Check:
        """The check of a message type. Raises KeyError if a rule names no known vocabulary, TypeError for a map."""
        name = descriptor.full_name
        if name in KNOWN_TYPES:
            return KNOWN_TYPES[name]
        if name not in self._compiled:
            checks: list[tuple[str, Check]] = []
            self._compiled[name] = lambda message, path: _message(message, path, checks)
            checks += [(field.name, self._field(field)) for field in descriptor.fields]
        return self._compiled[name]

    def _field(self, field: FieldDescriptor) -> Check:
        rules: common_pb2.Rules = field.GetOptions().Extensions[common_pb2.rules]
        one = self._value(field, rules)
        if field.is_repeated:
            return _repeated(field.name, one, rules)
        return (_part if field.message_type else _scalar)(field.name, one, rules)

    def _value(self, field: FieldDescriptor, rules: common_pb2.Rules) -> Check:
        if field.message_type:
            if field.message_type.GetOptions().map_entry:
                raise TypeError(f"{field.full_name}: a request has no maps; use a repeated message")
            return self.compile(field.message_type)
        if field.cpp_type == FieldDescriptor.CPPTYPE_STRING and field.type != FieldDescriptor.TYPE_BYTES:
            return _text(rules, self._vocabularies[rules.vocabulary] if rules.vocabulary else ())
        return _anything


def _message(message: Any, path: str, checks: list[tuple[str, Check]]) -> Iterator[Violation]:
    for name, check in checks:
        yield from check(message, f"{path}.{name}" if path else name)


def _part(name: str, one: Check, rules: common_pb2.Rules) -> Check:
    """A message within the message."""

    def check(message: Any, path: str) -> Iterator[Violation]:
        if message.HasField(name):
            yield from one(getattr(message, name), path)
        elif rules.required:
            yield Violation(path, "FIELD_REQUIRED", "Fill in this field.")

    return check


def _scalar(name: str, one: Check, rules: common_pb2.Rules) -> Check:
    def check(message: Any, path: str) -> Iterator[Violation]:
        value = getattr(message, name)
        if rules.required and (not value or (isinstance(value, str) and not value.strip())):
            yield Violation(path, "FIELD_REQUIRED", "Fill in this field.")
        elif value:
            yield from one(value, path)

    return check


def _repeated(name: str, one: Check, rules: common_pb2.Rules) -> Check:
    most = rules.max_items or ITEMS

    def check(message: Any, path: str) -> Iterator[Violation]:
        values = getattr(message, name)
        if rules.required and not values:
            yield Violation(path, "FIELD_REQUIRED", "Name at least one.")
        if len(values) > most:
            yield Violation(path, "FIELD_TOO_MANY", f"At most {most} are accepted.")
            return
        for index, value in enumerate(values):
            if value == "":
                yield Violation(f"{path}[{index}]", "FIELD_REQUIRED", "An item must not be empty.")
            else:
                yield from one(value, f"{path}[{index}]")

    return check


def _text(rules: common_pb2.Rules, words: tuple[str, ...]) -> Check:
    most, accepted = rules.max_length or LENGTH, frozenset(words)

    def check(text: str, path: str) -> Iterator[Violation]:
        if "\0" in text:
            yield Violation(path, "CHARACTER_REFUSED", "The text holds a NUL character. Remove it.")
        elif accepted:
            if text not in accepted:
                yield Violation(path, "WORD_UNKNOWN", f"The words accepted here: {', '.join(words)}.")
        elif rules.uuid:
            if not _uuid(text):
                yield Violation(
                    path, "UUID_MALFORMED", "Give a UUID as 32 lower-case hexadecimal digits and 4 hyphens."
                )
        elif len(text) > most:
            yield Violation(path, "FIELD_TOO_LONG", f"At most {most} characters are accepted.")

    return check


def _anything(_value: object, _path: str) -> Iterator[Violation]:
    return iter(())


def _timestamp(time: Any, path: str) -> Iterator[Violation]:
    if not (FIRST_SECOND <= time.seconds <= LAST_SECOND and 0 <= time.nanos < 1_000_000_000):
        yield Violation(path, "TIME_MALFORMED", "Give a time between the years 1 and 9999.")


def _period(period: Any, path: str) -> Iterator[Violation]:
    ends = [(name, getattr(period, name)) for name in ("from", "until") if period.HasField(name)]
    wrong = [violation for name, end in ends for violation in _timestamp(end, f"{path}.{name}")]
    yield from wrong
    if len(ends) == 2 and not wrong:
        (_, start), (_, until) = ends
        if (until.seconds, until.nanos) <= (start.seconds, start.nanos):
            yield Violation(path, "PERIOD_EMPTY", "The period must end after it begins.")


KNOWN_TYPES: Final[dict[str, Check]] = {
    "google.protobuf.Timestamp": _timestamp,
    "samspor.common.v1.Period": _period,
}
