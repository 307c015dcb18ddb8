"""The personal texts of one recorded event, unsealed. Whoever asks has written the look down first."""

from libs.eventlog import Binding, Recorded
from libs.sealing import SealBroken, open_sealed
from services.consents.keys import Key
from services.consents.texts import read_texts


def texts_in(record: Recorded, key: Key | None) -> dict[str, str]:
    """Field -> text; none where nothing was written, and where it can be read no more."""
    if key is None or key.private is None:
        return {}
    binding = Binding(record.subject, record.streamversion, record.type)
    try:
        return read_texts(open_sealed(key.private, binding, record.key, record.sealed))
    except SealBroken:
        return {}
