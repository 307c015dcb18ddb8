"""Citizens' names, unsealed from their registrations. Whoever asks has written the look down first."""

from collections.abc import Container, Iterable

from libs.eventlog import Binding, Log, Recorded
from libs.sealing import SealBroken, open_sealed
from services.consents.events import CitizenRegistered
from services.consents.keys import Key, Keys
from services.consents.texts import read_texts


class Names:
    def __init__(self, log: Log, keys: Keys) -> None:
        self._log, self._keys = log, keys

    def of(self, citizens: Iterable[str], erased: Container[str] = ()) -> dict[str, str]:
        """Citizen -> name; none for who gave none, or whose can be read no more."""
        # A citizen's registration is the first of their stream: nothing about them can come before it.
        registrations = self._log.firsts(citizens)
        keys = self._keys.private((record.key for record in registrations if record.key), erased)
        named = ((record.subject, name_in(record, keys.get(record.key))) for record in registrations)
        return {citizen: name for citizen, name in named if name}


def name_in(record: Recorded, key: Key | None) -> str:
    if not isinstance(record.event, CitizenRegistered) or key is None or key.private is None:
        return ""
    binding = Binding(record.subject, record.streamversion, record.type)
    try:
        return read_texts(open_sealed(key.private, binding, record.key, record.sealed)).get("name", "")
    except SealBroken:
        return ""
