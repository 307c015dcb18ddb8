"""What stands inside a sealed text: the personal fields of one event."""

from typing import Final

import msgspec

from services.consents.events import CitizenRegistered

read_texts: Final = msgspec.json.Decoder(dict[str, str]).decode
"""JSON bytes to field -> text."""
NEVER_SHOWN: Final = {CitizenRegistered.type: frozenset({"identifier"})}
"""Event type -> fields that no reader of a timeline gets, on whatever basis: who may have a citizen's number
(databeskyttelsesloven 11) follows from no basis to know how they are helped."""


def shown_texts(type_: str, plain: bytes) -> dict[str, str]:
    """Field -> text, of those that a timeline may show."""
    hidden = NEVER_SHOWN.get(type_, frozenset())
    return {field: text for field, text in read_texts(plain).items() if field not in hidden}
