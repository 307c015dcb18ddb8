"""The steps as they are told about one citizen, some or all of them."""

from itertools import count
from typing import Any, Final
from uuid import uuid4

from libs.eventlog import derived_id
from tests.rpc.office import Office, Person
from tests.rpc.steps import STEPS

SERIAL: Final = count()
"""Of citizens whose scripts are told to the same services."""


class AnyId(dict[str, str]):
    """Some UUID for every name, for commands that are looked at and not sent."""

    def __missing__(self, key: str) -> str:
        return "0189bbbb-0000-7000-8000-000000000001"


class Script:
    """As far as it has been told. Steps are taken in their order and once each."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.known = {"number": f"610180{next(SERIAL):04}"}
        self._left = list(STEPS)

    def until(self, name: str) -> tuple[Person, Any]:
        """Take every step before this one; who takes it, and the command."""
        while self._left and name in self._left and self._left[0] != name:
            self._prepare(self._left[0])
            self.take(self._left[0], str(uuid4()))
        self._prepare(name)
        return self._by(name), STEPS[name].make(self.known)

    def _by(self, name: str) -> Person:
        """A citizen acts for themselves."""
        person = STEPS[name].by
        return person._replace(name=self.known["citizen"]) if person.role == "citizen" else person

    def _prepare(self, name: str) -> None:
        if (before := STEPS[name].before) and name in self._left:
            before(self.office, self.known)

    def take(self, name: str, command_id: str) -> Any:
        """Take the step that is next; what is recorded."""
        assert self._left.pop(0) == name
        step = STEPS[name]
        recorded = self.office.send(step.make(self.known), self._by(name), command_id)
        if step.keep:
            self.known[step.keep] = derived_id(command_id, step.derived) if step.derived else recorded.id
        self.office.catch_up()
        return recorded
