"""Citizens' names, unsealed from their registrations. Whoever asks has written the look down first."""

from collections.abc import Container, Iterable

from libs.eventlog import Log
from services.consents.events import CitizenRegistered
from services.consents.keys import Keys
from services.consents.unsealing import texts_in


class Names:
    def __init__(self, log: Log, keys: Keys) -> None:
        self._log, self._keys = log, keys

    def of(self, citizens: Iterable[str], erased: Container[str] = ()) -> dict[str, str]:
        """Citizen -> name; none for who gave none, or whose can be read no more."""
        # A citizen's registration is the first of their stream: nothing about them can come before it.
        registrations = self._log.firsts(citizens)
        keys = self._keys.private((record.key for record in registrations if record.key), erased)
        registered = [record for record in registrations if isinstance(record.event, CitizenRegistered)]
        named = ((each.subject, texts_in(each, keys.get(each.key)).get("name", "")) for each in registered)
        return {citizen: name for citizen, name in named if name}
