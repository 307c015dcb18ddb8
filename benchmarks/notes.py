"""Notes as cases records them, made by the thousand without asking anybody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from libs.eventlog import Binding, Recorded, encode, new_id
from libs.sealing import seal
from services.cases.events import NoteWritten

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = b'{"text":"' + b"x" * 200 + b'"}'


def notes(
    count: int, *, citizen: str, case: str, organisation: str, categories: tuple[str, ...], key: str, public: bytes
) -> Iterator[bytes]:
    """`count` notes of one case, an hour apart, of the categories in turn, each really sealed."""
    for number in range(count):
        version, category = number + 2, categories[number % len(categories)]
        time = BEGAN + timedelta(hours=number)
        yield encode(
            Recorded(
                id=new_id(),
                source="cases",
                type=NoteWritten.type,
                subject=case,
                time=time,
                recordedtime=time,
                streamversion=version,
                organisation=organisation,
                actor="bench-caseworker",
                correlationid="",
                causationid=new_id(),
                traceparent="",
                event=NoteWritten(citizen=citizen, case=case, category=category, sensitivity="normal", text=""),
                key=key,
                sealed=seal(public, Binding(case, version, NoteWritten.type), key, TEXT),
            )
        )
