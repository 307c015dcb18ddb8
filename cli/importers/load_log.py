"""Sending a log's cases to the services: every row a note of its group, every command with an id of its own row.

A second run, or one after an interruption, sends the same commands with the same ids: what is recorded stays recorded
once. Cases are sent side by side, what belongs to one case in its order.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final, NamedTuple

from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from cli.importers.findings import Finding, Weight, explain
from cli.importers.xes_log import Entry, EventLog, LogCase
from libs.eventlog import Kind, derived_id
from libs.host.errors import Refused

SUBJECT_CODE: Final = "01.05.01"
LAW: Final = "municipal_permit"
"""Codes in services/cases/kle.toml and services/consents/law.toml."""
WORKERS: Final = 16


class Loaded(NamedTuple):
    """What became of one case's rows."""

    recorded: int = 0
    known: int = 0
    """Recorded by an earlier run."""
    refused: int = 0

    def plus(self, other: "Loaded") -> "Loaded":
        return Loaded(self.recorded + other.recorded, self.known + other.known, self.refused + other.refused)


class LogLoader:
    def __init__(self, desk: Desk, log: EventLog, file: str) -> None:
        self._desk, self._log, self._file = desk, log, file
        self._organisations = {group: log.id_of("group", group) for group in log.groups}

    def load(self, advance: Callable[[int], None]) -> Loaded:
        """Sends everything; calls `advance` with rows as they are done. Raises Refused when nothing goes."""
        self._register_groups()
        total = Loaded()
        with ThreadPoolExecutor(WORKERS, "import-log") as pool:
            pending: dict[Future[Loaded], LogCase] = {}
            try:
                for case in self._log.cases:
                    pending[pool.submit(self._load_case, case)] = case
                    if len(pending) >= 4 * WORKERS:
                        total = total.plus(_collect(pending, advance))
                while pending:
                    total = total.plus(_collect(pending, advance))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return total

    def _register_groups(self) -> None:
        municipality = self._log.id_of("municipality")
        self._register(municipality, f"Kommunen i loggen {self._log.name}", "other", "")
        for group, organisation in self._organisations.items():
            self._register(organisation, group, "municipal_department", municipality)

    def _register(self, organisation: str, name: str, kind: str, parent: str) -> None:
        command = partners.RegisterOrganisation(organisation=organisation, name=name, kind=kind, parent=parent)
        self._desk.send(command, OPERATOR, command_id=self._log.id_of("organisation", organisation))

    def _load_case(self, case: LogCase) -> Loaded:
        try:
            opened = self._open(case)
        except Refused as refused:
            for entry in case.entries:
                self._refuse(entry, refused)
            return Loaded(refused=len(case.entries))
        loaded = Loaded()
        joined = {part.organisation for part in opened.participants}
        coordinator = next(e for e in case.entries if self._organisations[e.group] == opened.organisation)
        for entry in case.entries:
            try:
                if self._organisations[entry.group] not in joined:
                    self._join(opened.id, case, entry, self._person(coordinator))
                    joined.add(self._organisations[entry.group])
                note = self._write(opened.id, entry)
            except Refused as refused:
                self._refuse(entry, refused)
                loaded = loaded.plus(Loaded(refused=1))
            else:
                new = note.version > opened.version
                loaded = loaded.plus(Loaded(recorded=int(new), known=int(not new)))
        return loaded

    def _open(self, case: LogCase) -> cases.Case:
        """The case as it is before this run adds to it. Raises Refused."""
        first, log = case.entries[0], self._log
        person = self._person(first)
        citizen = self._desk.send(
            consents.RegisterCitizen(
                identifier=consents.Identifier(system=f"urn:samspor:log:{log.name}", value=case.name)
            ),
            person,
            command_id=log.id_of("citizen", case.name, first.id),
            occurred=first.time,
        )
        command = cases.OpenCase(citizen=citizen.id, subject_code=SUBJECT_CODE, title=case.name, legal_basis=LAW)
        command_id = log.id_of("case", case.name)
        try:
            self._desk.send(command, person, command_id=command_id, occurred=first.time)
        except Refused as refused:
            # A log that has grown may begin earlier, in another group: the case stays as it was opened.
            if refused.reason != "COMMAND_ID_REUSED":
                raise
        return self._opened(derived_id(command_id, "case"), case)

    def _opened(self, id_: str, case: LogCase) -> cases.Case:
        """Asked in the name of each group in turn: only those that take part know the case."""
        people = {entry.group: self._person(entry) for entry in reversed(case.entries)}
        for group in case.groups:
            try:
                return self._desk.ask(cases.GetCase(case=id_), cases.Case, people[group])
            except Refused as refused:
                if refused.kind is not Kind.UNKNOWN:
                    raise
                unknown = refused
        raise unknown

    def _join(self, opened: str, case: LogCase, entry: Entry, coordinator: Person) -> None:
        command = cases.JoinCase(
            case=opened, organisation=self._organisations[entry.group], role="caseworker", legal_basis=LAW
        )
        command_id = self._log.id_of("join", case.name, entry.group, entry.id)
        self._desk.send(command, coordinator, command_id=command_id, occurred=entry.time)

    def _write(self, opened: str, entry: Entry) -> common.Recorded:
        note = cases.WriteNote(case=opened, category="administrative", sensitivity="normal", text=entry.text)
        return self._desk.send(note, self._person(entry), command_id=entry.id, occurred=entry.time)

    def _person(self, entry: Entry) -> Person:
        return Person(entry.resource, self._organisations[entry.group], "caseworker")

    def _refuse(self, entry: Entry, refused: Refused) -> None:
        message = explain("refused_by_service", value=f"{refused.reason}: {refused.message}")
        self._log.findings.add(Finding(self._file, entry.line, "refused_by_service", Weight.REFUSED, message))


def _collect(pending: dict[Future[Loaded], LogCase], advance: Callable[[int], None]) -> Loaded:
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    total = Loaded()
    for future in done:
        case = pending.pop(future)
        total = total.plus(future.result())
        advance(len(case.entries))
    return total
