"""Every request of the three services, with each of its fields wrong in each way that its rules know."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import uuid4

import pytest
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common

from libs.eventlog import Kind
from libs.host.dispatch import LARGEST
from libs.host.errors import refused
from libs.host.service import find
from libs.host.validation import ITEMS, LENGTH
from tests.rpc.office import MARIA, RECORDING, Office
from tests.rpc.questions import ELSEWHERE, QUESTIONS
from tests.rpc.script import AnyId
from tests.rpc.steps import STEPS

MARKED: Final = "x7q"
"""In every wrong value: it must not come back."""


def samples() -> dict[str, Any]:
    """A good request of each kind."""
    made = [step.make(AnyId()) for step in STEPS.values()]
    made += [make(AnyId()) for make in (QUESTIONS | ELSEWHERE).values()]
    for request in made:
        if "command" in request.DESCRIPTOR.fields_by_name:
            request.command.command_id = str(uuid4())
    return {request.DESCRIPTOR.name: request for request in made}


SAMPLES: Final = samples()


Reach = Callable[[Any], Any]
"""From a request to the message in it that is to be spoilt."""


class Fault(NamedTuple):
    field: str
    code: str
    spoil: Callable[[Any], None]


def faults(descriptor: Any, path: str = "", reach: Reach = lambda request: request) -> Iterator[Fault]:
    """What can be wrong with the fields of a message type."""
    for field in descriptor.fields:
        yield from faults_of(field, f"{path}{field.name}", reach)


def faults_of(field: Any, where: str, reach: Reach) -> Iterator[Fault]:
    rules = field.GetOptions().Extensions[common.rules]
    if rules.required:
        yield Fault(where, "FIELD_REQUIRED", lambda request: reach(request).ClearField(field.name))
    if field.is_repeated:
        yield Fault(where, "FIELD_TOO_MANY", lambda request: fill(reach(request), field))
        where += "[0]"
    if field.message_type:
        yield from faults_within(field, where, reach)
    elif field.type == field.TYPE_STRING:
        for code, text in wrong_texts(rules):
            if not (field.is_repeated and text.isspace()):
                yield Fault(where, code, partial(put, reach, field, text))


def faults_within(field: Any, where: str, reach: Reach) -> Iterator[Fault]:
    def inner(request: Any) -> Any:
        part = getattr(reach(request), field.name)
        if not field.is_repeated:
            return part
        return part[0] if part else part.add()

    match field.message_type.full_name:
        case "google.protobuf.Timestamp":
            yield Fault(where, "TIME_MALFORMED", lambda request: setattr(inner(request), "seconds", 10**12))
        case "samspor.common.v1.Period":
            yield Fault(where, "PERIOD_EMPTY", turn_around(inner))
        case _:
            yield from faults(field.message_type, f"{where}.", inner)


def turn_around(inner: Callable[[Any], Any]) -> Callable[[Any], None]:
    def spoil(request: Any) -> None:
        getattr(inner(request), "from").seconds = 2
        inner(request).until.seconds = 1

    return spoil


def wrong_texts(rules: Any) -> Iterator[tuple[str, str]]:
    yield "CHARACTER_REFUSED", f"{MARKED}\0"
    if rules.required:
        yield "FIELD_REQUIRED", " \n"
    if rules.uuid:
        yield from (("UUID_MALFORMED", text) for text in (MARKED, str(uuid4()).upper(), f"{uuid4()} "))
    elif rules.vocabulary:
        yield "WORD_UNKNOWN", MARKED
    else:
        yield "FIELD_TOO_LONG", MARKED + "é" * (rules.max_length or LENGTH)


def put(reach: Reach, field: Any, text: str, request: Any) -> None:
    if field.is_repeated:
        del getattr(reach(request), field.name)[:]
        getattr(reach(request), field.name).append(text)
    else:
        setattr(reach(request), field.name, text)


def fill(message: Any, field: Any) -> None:
    most = field.GetOptions().Extensions[common.rules].max_items or ITEMS
    values = getattr(message, field.name)
    for _ in range(most + 1 - len(values)):
        values.add() if field.message_type else values.append(MARKED)


def copy(request: Message) -> Any:
    made = type(request)()
    made.CopyFrom(request)
    return made


def test_there_is_a_sample_of_every_request() -> None:
    requests = {
        request.DESCRIPTOR.name for service in find(RECORDING) for request in (*service.handlers, *service.queries)
    }
    assert set(SAMPLES) == requests


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.DESCRIPTOR.fields])
def test_every_fault_is_told_and_nothing_is_recorded(name: str, office: Office) -> None:
    before, found = office.recorded(), list(faults(SAMPLES[name].DESCRIPTOR))
    assert found
    for fault in found:
        request = copy(SAMPLES[name])
        fault.spoil(request)
        status = office.status(request.SerializeToString(), request, MARIA)
        no = refused(status)
        assert (no.kind, no.reason) == (Kind.INVALID, "REQUEST_INVALID"), fault.field
        assert fault[:2] in [violation[:2] for violation in no.violations]
        assert MARKED.encode() not in status.SerializeToString()
    assert office.recorded() == before


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.DESCRIPTOR.fields])
def test_bytes_that_are_no_such_request(name: str, office: Office) -> None:
    """Noise, and good requests of which some bytes are noise. Whatever they say, it is no failure of ours."""
    before, noise, request = office.recorded(), random.Random(name), SAMPLES[name]
    good = request.SerializeToString()
    for _ in range(20):
        changed = bytearray(good)
        for _ in range(noise.randint(1, 3)):
            changed[noise.randrange(len(changed))] = noise.randrange(256)
        for body in (noise.randbytes(noise.randint(1, 80)), bytes(changed)):
            status = office.status(body, request, MARIA)
            assert status.code == 0 or refused(status).reason != "INTERNAL"
    if name in ("RegisterCitizen", "OpenCase", "RegisterStaffIdentity", "OpenCalendar"):
        return  # what was changed may be a name or a number: then it is a good request
    assert office.recorded() == before


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if sample.DESCRIPTOR.fields])
def test_a_request_of_more_than_a_megabyte(name: str, office: Office) -> None:
    request = SAMPLES[name]
    body = request.SerializeToString() + unknown_field(b"x" * LARGEST)
    no = refused(office.status(body, request, MARIA))
    assert (no.kind, no.reason) == (Kind.TOO_LARGE, "REQUEST_TOO_LARGE")


def unknown_field(content: bytes) -> bytes:
    """Field 1000, length-delimited, as a later version of a message may have it."""
    length, encoded = len(content), b""
    while length > 127:
        encoded += bytes([length & 127 | 128])
        length >>= 7
    return b"\xc2\x3e" + encoded + bytes([length]) + content
