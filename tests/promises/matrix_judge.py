"""What an answer should have been, by the oracle, and what it was, by its bytes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from threading import Lock
from typing import Final
from uuid import uuid4

from cli.desk import Person
from tests.promises.matrix_file import CANARY, File, Noted
from tests.promises.matrix_people import SHELTER, SOURCES, reader_of
from tests.promises.matrix_ways import Answer, Counted
from tests.promises.oracle import FULL, NONE, STUB, Citizen, Entry, Reader, is_known, may_name, outcome

TEXTS: Final = re.compile(rb"%s[0-9a-f]{32}" % CANARY.encode())
PLACES: Final = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/\d+")
EVENTFUL: Final = ("administrative", "contact")
"""Categories of entries that follow from what is arranged: others than the notes of the matrix have them."""
NOBODY: Final = b"somebody"

Look = tuple[str, str, str, str, frozenset[str]]
"""Person, organisation, citizen, purpose, and what was shown: `stream/version` of each."""


@dataclass
class Tally:
    """Counts of attempts; an attempt may fail in several ways. Thread-safe."""

    attempts: int = 0
    lawful: int = 0
    """Attempts to which something had to be shown."""
    shown: int = 0
    denied: int = 0
    revealed: int = 0
    looks: Counter[Look] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def add(self, finding: "Finding") -> None:
        with self._lock:
            self.attempts += 1
            self.ways[finding.way] += 1
            self.lawful += finding.lawful
            self.shown += bool(finding.shown)
            self.denied += bool(finding.denied)
            self.revealed += bool(finding.revealed)
            if finding.look:
                self.looks[finding.look] += 1
            if finding.wrong:
                self.problems.append(str(finding))


@dataclass
class Finding:
    """What is wrong with one answer: empty texts where nothing is."""

    way: str
    state: str
    person: Person
    purpose: str
    category: str = ""
    lawful: bool = False
    shown: str = ""
    denied: str = ""
    revealed: str = ""
    look: Look | None = None

    @property
    def wrong(self) -> bool:
        return bool(self.shown or self.denied or self.revealed)

    def __str__(self) -> str:
        found = {name: text for name in ("shown", "denied", "revealed") if (text := getattr(self, name))}
        return f"{self.way} {self.state} {self.person} for {self.purpose} of {self.category or 'all'}: {found}"


@dataclass
class Case:
    """One reader, one citizen, one purpose, at one time."""

    file: File
    person: Person
    purpose: str
    category: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.citizen: Citizen = self.file.described()
        self.reader: Reader = reader_of(self.person)
        # The same in every run, as the ids of a run are not.
        self.chance = Random(f"{self.file.state} {self.person.role} {self.person.organisation} {self.purpose}")

    def outcome(self, of: Entry) -> str:
        return outcome(self.citizen, self.reader, self.purpose, of, self.at)

    def entries(self) -> Iterable[Entry]:
        return [*(note.of for note in self.file.notes), *self.file.silent]

    def asked(self, of: Entry) -> bool:
        return self.category in ("", of.category)

    def full(self) -> dict[str, Noted]:
        """Canary -> the note that has to be shown."""
        return {note.canary: note for note in self.file.notes if self.asked(note.of) and self.outcome(note.of) == FULL}

    def stubs(self) -> Counter[tuple[str, str]]:
        found = (of for of in self.entries() if of.organisation in SOURCES and self.asked(of))
        return Counter((of.organisation, of.category) for of in found if self.outcome(of) == STUB)

    def visible(self) -> list[Entry]:
        return [of for of in self.entries() if self.outcome(of) != NONE]

    def is_known(self) -> bool:
        return is_known(self.citizen, self.reader, self.at)

    def may_name(self) -> bool:
        return may_name(self.citizen, self.reader, self.purpose, self.at)

    def finding(self, way: str) -> Finding:
        return Finding(way, self.file.state, self.person, self.purpose, self.category)


Asking = Callable[[str], Answer]
"""The question, about the citizen with this id."""


def judge_timeline(way: str, case: Case, ask: Asking, count: Callable[[bytes], Counted] | None) -> Finding:
    """A timeline by any way. `count`: how to read the answer's stubs and filters; None for a page."""
    finding, answer = case.finding(way), ask(case.file.citizen)
    full, visible = case.full(), case.visible()
    found = texts_in(answer)
    registration = case.file.notes[0].canary
    headed = {registration} if count is None and case.may_name() else set()
    finding.lawful = bool(full)
    if more := found - full.keys() - headed:
        finding.shown = f"{len(more)} texts"
    if less := full.keys() - found:
        finding.denied = f"{len(less)} texts of {len(full)}"
    if names := frozenset(full[canary].name for canary in found & full.keys()):
        finding.look = (case.person.person, case.person.organisation, case.file.citizen, case.purpose, names)
    if not visible and not case.is_known():
        finding.revealed = unlike_nobody(answer, case.file.citizen, ask)
    elif count and answer.ok:
        compare(finding, case, count(answer.raw), visible)
    finding.revealed = finding.revealed or names_the_shelter(answer, case)
    return finding


def compare(finding: Finding, case: Case, found: Counted, visible: list[Entry]) -> None:
    """Numbers of what is withheld, and what there is to filter by."""
    stubs = Counter({key: number for key, number in found.stubs.items() if key[0] in SOURCES})
    expected = case.stubs()
    organisations = {of.organisation for of in visible}
    categories = {of.category for of in visible}
    more = (
        stubs - expected,
        (found.organisations & set(SOURCES)) - organisations,
        unusual(found.categories) - categories,
    )
    less = (
        expected - stubs,
        (organisations & set(SOURCES)) - found.organisations,
        unusual(categories) - found.categories,
    )
    finding.revealed = finding.revealed or " ".join(str(each) for each in more if each)
    finding.denied = finding.denied or " ".join(str(each) for each in less if each)


def unusual(categories: Iterable[str]) -> frozenset[str]:
    return frozenset(categories) - frozenset(EVENTFUL)


def judge_question(
    way: str,
    case: Case,
    ask: Asking,
    *,
    owed: bool,
    may_hide: bool = True,
    may_show: bool = False,
    may_offer: bool = False,
) -> Finding:
    """A question about a citizen that shows no entry. `owed`: it has to be answered. `may_hide`: to whom the citizen
    is unknown, it is answered as for nobody. `may_show`: the name may be said. `may_offer`: every organisation of the
    directory may be there to choose from."""
    finding, answer = case.finding(way), ask(case.file.citizen)
    if found := texts_in(answer) - ({case.file.notes[0].canary} if may_show else set()):
        finding.shown = f"{len(found)} texts"
    if owed and not answer.ok:
        finding.denied = answer.raw.decode(errors="replace")[:200]
    if may_hide and not case.is_known():
        finding.revealed = unlike_nobody(answer, case.file.citizen, ask)
    finding.revealed = finding.revealed or names_the_hidden(answer, case)
    if not may_offer:
        finding.revealed = finding.revealed or names_the_shelter(answer, case)
    return finding


def judge_name(way: str, case: Case, ask: Asking) -> Finding:
    finding, answer = case.finding(way), ask(case.file.citizen)
    registration, found = case.file.notes[0], texts_in(answer)
    finding.lawful = case.may_name()
    expected = {registration.canary} if finding.lawful else set()
    if found - expected:
        finding.shown = "the name"
    if expected - found:
        finding.denied = "the name"
    if found & expected:
        names = frozenset({registration.name})
        finding.look = (case.person.person, case.person.organisation, case.file.citizen, case.purpose, names)
    if not finding.lawful:
        finding.revealed = unlike_nobody(answer, case.file.citizen, ask)
    return finding


def texts_in(answer: Answer) -> set[str]:
    return {found.decode() for found in TEXTS.findall(answer.raw)}


def unlike_nobody(answer: Answer, citizen: str, ask: Asking) -> str:
    """Empty when the answer is byte for byte what an id that is nobody's is answered with."""
    nobody = str(uuid4())
    other = ask(nobody)
    one, two = answer.raw.replace(citizen.encode(), NOBODY), other.raw.replace(nobody.encode(), NOBODY)
    if (answer.ok, one) == (other.ok, two):
        return ""
    at = next((place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    return f"{one[max(at - 80, 0) : at + 200]!r} and not {two[max(at - 80, 0) : at + 200]!r}"


def names_the_shelter(answer: Answer, case: Case) -> str:
    """What the shelter does is told to its own people and, of its bases and its looks, to the citizen. Its name has the
    beginning of its id in it, and so have those of its people."""
    mine = case.person.organisation == SHELTER or case.person.person == case.file.citizen
    return "" if mine or SHELTER[:8].encode() not in answer.raw else "the shelter"


def names_the_hidden(answer: Answer, case: Case) -> str:
    """The place of a protected entry in its log is told to those only who may know of it, and whoever saw it."""
    told = {found.decode() for found in PLACES.findall(answer.raw)}
    hidden = [note for note in case.file.notes if note.of.sensitivity == "protected" and note.name in told]
    named = any(case.person.person in each.named for each in case.citizen.grounds)
    return "" if named or not hidden else f"{len(hidden)} protected entries"


def judge_twins(way: str, case: Case, ask: Asking) -> Finding:
    """A question about what an organisation may know. Of the shelter nobody learns more than of one that there is not.

    `ask`: about the organisation with this id.
    """
    finding, answer = case.finding(way), ask(SHELTER)
    nobody = str(uuid4())
    other = ask(nobody)
    mine = case.person.organisation == SHELTER or case.person.person == case.file.citizen
    if not mine and (answer.ok, answer.raw.replace(SHELTER.encode(), b"")) != (
        other.ok,
        other.raw.replace(nobody.encode(), b""),
    ):
        finding.revealed = "the shelter"
    return finding
