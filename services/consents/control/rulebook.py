"""The rules in force, from control.toml: which are on and with which numbers is an operator's choice, never code's."""

import tomllib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple, cast
from zoneinfo import ZoneInfo

import msgspec

from services.consents.control.looks import Look
from services.consents.control.rules import TESTS, Counts, Facts, Hit, Parameters, Test


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as the file says it."""

    code: str
    title: dict[str, str]
    """Language -> title."""
    source: str
    """Why it is looked for."""
    on: bool
    parameters: dict[str, Any] = {}
    check: bool = True
    """A lawyer has yet to confirm the source."""


class Rule(NamedTuple):
    entry: Entry
    test: Test
    parameters: Parameters

    def finds(self, look: Look, facts: Facts) -> Hit | None:
        return self.test(look, facts, self.parameters)


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    zone: str
    rule: list[Entry]


class Rulebook(NamedTuple):
    digest: str
    """SHA-256 of the file, in hex."""
    zone: ZoneInfo
    known: Mapping[str, Entry]
    """All that the file lists, on or off."""
    rules: Mapping[str, Rule]
    """Those that are on."""

    @property
    def counts(self) -> Counts | None:
        """What many look-ups are; None: nobody counts."""
        rule = self.rules.get("many_lookups")
        return cast("Counts", rule.parameters) if rule else None


def read(text: str) -> Rulebook:
    """Raises msgspec.ValidationError, KeyError for a rule that there is not, ZoneInfoNotFoundError."""
    file = msgspec.convert(tomllib.loads(text), File)
    return Rulebook(
        sha256(text.encode()).hexdigest(),
        ZoneInfo(file.zone),
        {entry.code: entry for entry in file.rule},
        {entry.code: rule_of(entry) for entry in file.rule if entry.on},
    )


def rule_of(entry: Entry) -> Rule:
    test, kind = TESTS[entry.code]
    return Rule(entry, test, msgspec.convert(entry.parameters, kind))


def hits(rules: Mapping[str, Rule], look: Look, facts: Facts) -> Sequence[tuple[str, Hit]]:
    """What the rules find about one look. Citizens who look at themselves are nobody's staff."""
    if look.reader == look.citizen:
        return []
    return [(code, hit) for code, rule in rules.items() if (hit := rule.finds(look, facts))]


RULEBOOK: Final = read(Path(__file__).parents[1].joinpath("control.toml").read_text())
