"""A service asks for a public key in its own name, once, and seals with it."""

from typing import Any

from samspor.consents.v1 import consents_pb2

from libs.eventlog import Binding
from libs.host.calls import Caller
from libs.host.keys import public_keys
from libs.sealing import generate, open_sealed
from libs.sealing.hybrid import private_key
from tests.host.conftest import CITIZEN, ORGANISATION

PRIVATE, PUBLIC = generate()


class Consents:
    """The other side: knows one key."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, Caller]] = []

    def ask(self, request: Any, answer: Any, caller: Any, deadline: float = 1) -> Any:
        self.asked.append((request, caller))
        assert answer is consents_pb2.PublicKey
        return consents_pb2.PublicKey(id="k1", key=PUBLIC)

    def close(self) -> None:
        raise AssertionError("not mine to close")


def test_a_key_is_asked_for_once() -> None:
    consents, binding = Consents(), Binding(CITIZEN, 1, "cases.NoteWritten.v1")
    sealer = public_keys("cases", consents)
    sealed = [sealer.seal(CITIZEN, ORGANISATION, binding, text) for text in (b"one", b"two")]
    ((request, caller),) = consents.asked
    assert request == consents_pb2.GetPublicKey(citizen=CITIZEN, organisation=ORGANISATION)
    assert (caller.actor, caller.role, caller.organisation) == ("cases", "service", ORGANISATION)
    assert [key for key, _ in sealed] == ["k1", "k1"]
    assert [open_sealed(private_key(PRIVATE), binding, key, text) for key, text in sealed] == [b"one", b"two"]
