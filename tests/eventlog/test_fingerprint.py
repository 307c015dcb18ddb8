"""Telling commands with the same id apart, without telling what they said."""

from typing import Any

import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog.fingerprint import fingerprint
from libs.spec.scenario import CONTEXT

NUMBER = consents.RegisterCitizen(identifier=consents.Identifier(system="urn:test", value="0101801234"))
OTHER = consents.RegisterCitizen(identifier=consents.Identifier(system="urn:test", value="0101801235"))


@pytest.mark.parametrize("wrapped", [lambda request: request, lambda request: ["stream", request]])
def test_what_is_said_makes_it_and_so_does_the_secret(wrapped: Any) -> None:
    marks = [
        fingerprint(wrapped(command), CONTEXT, secret) for command in (NUMBER, OTHER) for secret in (b"", b"a", b"b")
    ]
    assert len(set(marks)) == 6
    assert fingerprint(wrapped(NUMBER), CONTEXT, b"a") == marks[1]
    assert {len(mark) for mark in marks} == {16}
