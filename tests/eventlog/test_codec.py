"""The record on the wire: what is written is read, whoever laid the bytes out and whenever."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.eventlog import (
    Event,
    EventTooLarge,
    Personal,
    Recorded,
    Registry,
    TypeUnknown,
    Upcasts,
    decode,
    encode,
)
from tests.eventlog.notebook import EVENTS, UPCASTS, NotebookOpened, NoteWritten

NOW = datetime(2026, 1, 15, 9, 0, 0, 123, tzinfo=UTC)
REGISTRY = Registry(EVENTS, UPCASTS)


class ParticipantJoined(Event, frozen=True, kw_only=True):
    """Has fields named as attributes of the envelope, and of other types."""

    type: ClassVar[str] = "cases.ParticipantJoined.v1"
    organisation: str = "nobody"
    time: int
    data: list[str]
    reason: Personal = ""


def record(event: Event, **attributes: Any) -> Recorded:
    usual: dict[str, Any] = {"organisation": "families", "actor": "anna", "correlationid": "", "causationid": "c"}
    about = {"id": "1", "source": "cases", "type": event.type, "subject": "s", "time": NOW, "recordedtime": NOW}
    return Recorded(**usual | about | {"streamversion": 7, "traceparent": "", "event": event} | attributes)


def test_the_wire_form_is_cloudevents_with_empty_attributes_left_out() -> None:
    body = encode(record(NoteWritten(citizen="c1", number=1), key="k", sealed=b"abc"))
    assert json.loads(body) == {
        "specversion": "1.0",
        "id": "1",
        "source": "cases",
        "type": "cases.NoteWritten.v1",
        "subject": "s",
        "time": "2026-01-15T09:00:00.000123Z",
        "recordedtime": "2026-01-15T09:00:00.000123Z",
        "streamversion": 7,
        "citizen": "c1",
        "organisation": "families",
        "actor": "anna",
        "category": "administrative",
        "sensitivity": "normal",
        "causationid": "c",
        "data": {"number": 1, "personal": {"sealed": "YWJj", "key": "k"}},
    }


texts = st.text() | st.just('","data":{"number":9') | st.just('}}"') | st.just("\\")
attributes = st.fixed_dictionaries({"actor": texts, "organisation": texts, "traceparent": texts})
events = st.one_of(
    st.builds(NotebookOpened, title=texts, pages=st.integers(-(2**60), 2**60), case=texts, legalbasis=texts),
    st.builds(NoteWritten, number=st.integers(0, 9), citizen=texts),
    st.builds(ParticipantJoined, organisation=texts, time=st.integers(0, 9), data=st.lists(texts)),
)


@given(events, attributes, st.sampled_from([{}, {"key": "k", "sealed": b"\0\xff"}]))
def test_what_is_encoded_is_decoded_also_from_another_layout(
    event: Event, attributes: dict[str, str], sealed: dict[str, Any]
) -> None:
    registry = Registry([*EVENTS, ParticipantJoined])
    original = record(event, **attributes, **sealed)
    body = encode(original)
    assert decode(body, registry) == original
    assert encode(decode(body, registry)) == body
    assert decode(json.dumps(json.loads(body), indent=1, sort_keys=True).encode(), registry) == original


def test_a_field_named_as_an_attribute_is_not_taken_from_the_envelope() -> None:
    body = encode(record(ParticipantJoined(time=3, data=[])))
    without = body.replace(b'"data":{"organisation":"nobody",', b'"data":{')
    assert without != body
    event = decode(without, Registry([ParticipantJoined])).event
    assert isinstance(event, ParticipantJoined)
    assert event.organisation == "nobody"


def old(version: int, data: dict[str, Any]) -> bytes:
    body = json.loads(encode(record(NotebookOpened(title="", pages=0, case="k1"))))
    return json.dumps(body | {"type": f"cases.NotebookOpened.v{version}", "data": data}).encode()


def test_old_types_are_read_through_the_chain_of_upcasts() -> None:
    first, second = old(1, {"name": "Blue"}), old(2, {"title": "Blue"})
    expected = NotebookOpened(title="Blue", pages=100, case="k1")
    assert [decode(body, REGISTRY).event for body in (first, second)] == [expected, expected]
    assert decode(first, REGISTRY).type == "cases.NotebookOpened.v1"


@pytest.mark.parametrize(
    ("upcasts", "error"),
    [
        ({"a.A.v1": ("a.A.v2", dict)}, TypeUnknown),
        ({"a.A.v1": ("a.A.v2", dict), "a.A.v2": ("a.A.v1", dict)}, TypeUnknown),
        ({NoteWritten.type: ("a.A.v2", dict)}, TypeError),
    ],
)
def test_upcasts_that_lead_nowhere_are_found_when_declared(upcasts: Upcasts, error: type[Exception]) -> None:
    with pytest.raises(error):
        Registry(EVENTS, upcasts)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id":1}', old(9, {}), old(1, {"name": 7}), old(3, {})])
def test_bytes_that_are_no_known_record_are_told_apart(body: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, msgspec.ValidationError, TypeUnknown)):
        decode(body, REGISTRY)


def test_a_record_may_have_64000_bytes_and_no_more() -> None:
    room = 64_000 - len(encode(record(NotebookOpened(title="", pages=1))))
    assert len(encode(record(NotebookOpened(title="x" * room, pages=1)))) == 64_000
    with pytest.raises(EventTooLarge) as refused:
        encode(record(NotebookOpened(title="x" * (room + 1), pages=1)))
    assert refused.value.details == {"size": "64001", "most": "64000"}


def test_personal_text_is_never_encoded_in_clear() -> None:
    with pytest.raises(ValueError, match="not sealed"):
        encode(record(NoteWritten(number=1, text="secret")))


def test_personal_text_that_would_escape_the_seal_cannot_be_declared() -> None:
    class Line(msgspec.Struct):
        text: Personal

    class Hiding(Event, frozen=True, kw_only=True):
        type: ClassVar[str] = "cases.Hiding.v1"
        lines: list[Line]

    with pytest.raises(TypeError, match="lines hides personal text"):
        Registry([Hiding])


def test_an_event_without_a_type_or_with_a_reserved_field_cannot_be_declared() -> None:
    class Typeless(NoteWritten, frozen=True, kw_only=True):
        pass

    class Reserved(Event, frozen=True, kw_only=True):
        type: ClassVar[str] = "cases.Reserved.v1"
        personal: str

    for event in (Typeless, Reserved):
        with pytest.raises(TypeError):
            Registry([event])


def test_the_leaf_prefix_is_that_of_rfc_6962() -> None:
    """Section 2.1.1's vector of an empty leaf; the database computes the same (test_log.py)."""
    assert sha256(b"\0").hexdigest() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
