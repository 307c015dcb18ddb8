"""How a published event becomes a timeline entry."""

from uuid import UUID

import msgspec
import pytest

from services.timeline.entry import AccessClass, rows_of

CITIZEN = UUID("01890000-0000-7000-8000-000000000001")
UNIT = UUID("01890000-0000-7000-8000-0000000000a1")
CASE = UUID("01890000-0000-7000-8000-0000000000c1")


def published(**attributes: object) -> bytes:
    document: dict[str, object] = {
        "specversion": "1.0",
        "id": "e1",
        "source": "cases",
        "type": "cases.NoteWritten.v1",
        "time": "2026-03-01T10:00:00Z",
        "organisation": str(UNIT),
        "citizen": str(CITIZEN),
        "category": "housing",
        "sensitivity": "normal",
        "case": str(CASE),
        "data": {"anything": ["at", "all"]},
    }
    document |= attributes
    return msgspec.json.encode({name: value for name, value in document.items() if value is not None})


def test_the_stored_bytes_are_the_published_bytes() -> None:
    body = published() + b"  "

    [row], _ = rows_of(iter([(7, body)]))

    assert row.body is body
    assert (row.citizen, row.source, row.position) == (CITIZEN, "cases", 7)


def test_an_event_about_nobody_makes_no_entry() -> None:
    assert rows_of(iter([(1, published(citizen=None))])) == ([], {})


@pytest.mark.parametrize(
    "type_", ["consents.AccessRecorded.v1", "consents.AccessRecorded.v2", "consents.KeyCreated.v1"]
)
def test_looking_is_not_itself_on_the_timeline(type_: str) -> None:
    assert rows_of(iter([(1, published(type=type_))])) == ([], {})


def test_events_that_are_decided_alike_share_a_class() -> None:
    rows, classes = rows_of(iter([(1, published()), (2, published(time="2026-04-01T10:00:00Z"))]))

    assert rows[0].class_ == rows[1].class_
    assert classes == {(CITIZEN, rows[0].class_): AccessClass(UNIT, "housing", "normal", CASE)}


@pytest.mark.parametrize(
    "other",
    [{"organisation": str(CASE)}, {"category": "health"}, {"sensitivity": "protected"}, {"case": None}],
    ids=["organisation", "category", "sensitivity", "case"],
)
def test_whatever_a_decision_may_turn_on_makes_another_class(other: dict[str, str | None]) -> None:
    rows, _ = rows_of(iter([(1, published()), (2, published(**other))]))

    assert rows[0].class_ != rows[1].class_


def test_an_event_without_a_time_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        rows_of(iter([(1, published(time=None))]))
