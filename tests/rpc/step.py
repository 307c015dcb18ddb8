"""A command that the script gives, and by whom."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.rpc.office import Office, Person


class Step(NamedTuple):
    by: Person
    make: Callable[[dict[str, str]], Any]
    """The command, from the ids that are known by then."""
    keep: str = ""
    """The name of the id that it answers, or that `derived` derives from the command's."""
    derived: str = ""
    before: Callable[[Office, dict[str, str]], None] | None = None
    """What somebody does first that is no command."""
