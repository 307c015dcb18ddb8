"""What citizens are called, and the area they live in, unsealed from their registrations. Whoever asks has written the
look down first."""

import re
from collections.abc import Container, Iterable
from typing import Final, NamedTuple

from libs.eventlog import Log
from services.consents.events import CitizenRegistered
from services.consents.keys import Keys
from services.consents.unsealing import texts_in

POSTAL_CODE: Final = re.compile(r"(?<![\w-])([0-9]{3} [0-9]{2}|[0-9]{4,5})(?= +[^\W\d_])")
"""Before the name of a town: 5000 Odense, 211 15 Malmö."""


class Named(NamedTuple):
    name: str
    postal_code: str = ""


class Names:
    def __init__(self, log: Log, keys: Keys) -> None:
        self._log, self._keys = log, keys

    def of(self, citizens: Iterable[str], erased: Container[str] = ()) -> dict[str, Named]:
        """Citizen -> name; none for who gave none, or whose can be read no more."""
        # A citizen's registration is the first of their stream: nothing about them can come before it.
        registrations = self._log.firsts(citizens)
        keys = self._keys.private((record.key for record in registrations if record.key), erased)
        registered = [record for record in registrations if isinstance(record.event, CitizenRegistered)]
        texts = {each.subject: texts_in(each, keys.get(each.key)) for each in registered}
        return {
            citizen: Named(said["name"], postal_code_of(said.get("address", "")))
            for citizen, said in texts.items()
            if said.get("name")
        }


def postal_code_of(address: str) -> str:
    """The last one in an address, without blanks; empty where there is none."""
    found = POSTAL_CODE.findall(address)
    return found[-1].replace(" ", "") if found else ""
