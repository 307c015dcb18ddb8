"""What people wrote when they assessed a finding, unsealed. Whoever asks has written the look down first."""

from collections.abc import Iterator, Sequence

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Binding, Recorded
from libs.host.times import timestamp
from libs.sealing import SealBroken, open_sealed
from services.consents.control.events import FindingAssessed
from services.consents.keys import Key, Keys
from services.consents.texts import read_texts


def assessments(keys: Keys, records: Sequence[Recorded]) -> Iterator[consents.Assessment]:
    opened = keys.private(each.key for each in records if each.key)
    for record in records:
        if isinstance(record.event, FindingAssessed):
            yield consents.Assessment(
                time=timestamp(record.recordedtime),
                actor=record.actor,
                assessment=record.event.assessment,
                note=note_in(record, opened.get(record.key)),
            )


def note_in(record: Recorded, key: Key | None) -> str:
    """Empty where nothing was written, and where it can be read no more."""
    if key is None or key.private is None:
        return ""
    binding = Binding(record.subject, record.streamversion, record.type)
    try:
        return read_texts(open_sealed(key.private, binding, record.key, record.sealed)).get("note", "")
    except SealBroken:
        return ""
