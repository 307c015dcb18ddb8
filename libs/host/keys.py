"""The public keys that a service seals personal text with, asked of consents in the service's own name."""

from datetime import UTC, datetime

from samspor.consents.v1 import consents_pb2

from libs.host.calls import Caller, Clients
from libs.host.tokens import SERVICE
from libs.sealing import KeyCache


def public_keys(service: str, clients: Clients) -> KeyCache:
    """A sealer that asks consents for the key of each (citizen, organisation), at most once a second."""

    def fetch(citizen: str, organisation: str) -> tuple[str, bytes]:
        now = datetime.now(UTC)
        caller = Caller(command_id="", actor=service, organisation=organisation, role=SERVICE, now=now, occurred=now)
        request = consents_pb2.GetPublicKey(citizen=citizen, organisation=organisation)
        key = clients.ask(request, consents_pb2.PublicKey, caller)
        return key.id, key.key

    return KeyCache(fetch)
