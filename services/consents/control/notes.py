"""What people wrote when they assessed a finding, unsealed. Whoever asks has written the look down first."""

from collections.abc import Iterator, Sequence

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Recorded
from libs.host.times import timestamp
from services.consents.control.events import FindingAssessed
from services.consents.keys import Keys
from services.consents.unsealing import texts_in


def assessments(keys: Keys, records: Sequence[Recorded]) -> Iterator[consents.Assessment]:
    opened = keys.private(each.key for each in records if each.key)
    for record in records:
        if isinstance(record.event, FindingAssessed):
            yield consents.Assessment(
                time=timestamp(record.recordedtime),
                actor=record.actor,
                assessment=record.event.assessment,
                note=texts_in(record, opened.get(record.key)).get("note", ""),
            )
