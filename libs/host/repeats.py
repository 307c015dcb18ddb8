"""A command that is repeated gets its first answer, whatever has changed since."""

from collections.abc import Iterator
from contextlib import contextmanager

from libs.eventlog import Log
from libs.eventlog.decider import Context
from libs.eventlog.refusal import Refusal
from libs.host.errors import Refused


@contextmanager
def unless_repeated(log: Log, caller: Context) -> Iterator[None]:
    """Around the checks before `log.execute`: their no does not count where the command was carried out before.

    What it did then may be what takes the right away now, as leaving a case does. `execute` answers with the first
    result; if the id was another command's, with CommandReused. It can record nothing.
    """
    try:
        yield
    except (Refusal, Refused):
        if log.result_of(caller.command_id) is None:
            raise
