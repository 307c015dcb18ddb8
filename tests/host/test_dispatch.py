"""Any bytes, for any method of any service, are either carried out or refused for what is wrong with them."""

from pathlib import Path
from typing import Any, Final

import pytest
from google.protobuf.message import Message
from google.rpc import code_pb2
from hypothesis import given, settings
from hypothesis import strategies as st
from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2
from samspor.timeline.v1 import timeline_pb2

from libs.host.dispatch import Failed, Method
from libs.host.errors import refused
from libs.host.service import vocabularies
from libs.host.settings import Settings
from libs.host.telemetry import Telemetry
from libs.host.tokens import Issuer, Verifier
from libs.host.validation import Rulebook
from tests.host.conftest import ORGANISATION, open_case

MODULES: Final[tuple[Any, ...]] = (cases_pb2, consents_pb2, partners_pb2, referrals_pb2, timeline_pb2)
REQUESTS: Final[list[type[Message]]] = [
    getattr(module, method.input_type.name)
    for module in MODULES
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]
RULEBOOK: Final = Rulebook(vocabularies())
GOOD: Final = open_case().SerializeToString()


@pytest.fixture(scope="module")
def metadata(keys: Path) -> dict[str, str]:
    token = Issuer("gateway", keys / "private").token("cases", "anna", organisation=ORGANISATION, role="caseworker")
    return {"authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def verifier(keys: Path) -> Verifier:
    return Verifier("cases", keys / "public", ("cases",))


def outcome(request: type[Message], body: bytes, verifier: Verifier, metadata: dict[str, str]) -> tuple[int, str]:
    """Status code and reason; OK when the handler was reached, with a request that can be written again."""

    def handle(_service: Any, request: Any, _caller: Any) -> Message:
        request.SerializeToString()
        return common_pb2.Recorded()

    telemetry = Telemetry("cases", Settings())
    method = Method(
        "path", request, handle, service=None, name="cases", rulebook=RULEBOOK, verifier=verifier, telemetry=telemetry
    )
    try:
        method.answer(body, metadata)
    except Failed as failed:
        return failed.status.code, refused(failed.status).reason
    return code_pb2.OK, ""


ACCEPTABLE: Final = {
    (code_pb2.OK, ""),
    (code_pb2.INVALID_ARGUMENT, "REQUEST_INVALID"),
    (code_pb2.INVALID_ARGUMENT, "REQUEST_MALFORMED"),
}
MANY: Final = settings(max_examples=300, deadline=None)


@MANY
@given(request=st.sampled_from(REQUESTS), body=st.binary(max_size=300))
def test_any_bytes(request: type[Message], body: bytes, verifier: Verifier, metadata: dict[str, str]) -> None:
    assert outcome(request, body, verifier, metadata) in ACCEPTABLE


@MANY
@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), request=st.sampled_from(REQUESTS))
def test_a_good_command_with_one_byte_changed(
    at: int, byte: int, request: type[Message], verifier: Verifier, metadata: dict[str, str]
) -> None:
    body = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    assert outcome(cases_pb2.OpenCase, body, verifier, metadata) in ACCEPTABLE
    assert outcome(request, body, verifier, metadata) in ACCEPTABLE


@MANY
@given(text=st.text(max_size=50))
def test_any_text_as_a_title(text: str, verifier: Verifier, metadata: dict[str, str]) -> None:
    try:
        body = open_case(title=text).SerializeToString()
    except (UnicodeEncodeError, ValueError):
        return
    accepted = bool(text.strip()) and "\0" not in text
    expected = (code_pb2.OK, "") if accepted else (code_pb2.INVALID_ARGUMENT, "REQUEST_INVALID")
    assert outcome(cases_pb2.OpenCase, body, verifier, metadata) == expected
