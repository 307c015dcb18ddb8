"""The public keys that a service seals personal text with, asked of consents in the service's own name."""

from datetime import UTC, datetime
from typing import Final

from samspor.consents.v1 import consents_pb2

from libs.eventlog import Kind
from libs.host.calls import Caller, Clients
from libs.host.errors import Refused
from libs.host.settings import DEADLINE
from libs.host.tokens import SERVICE
from libs.sealing import KeyCache, KeysAway

HASTE: Final = 0.5
"""Seconds that consents is waited for where the last key will do."""


def public_keys(service: str, clients: Clients) -> KeyCache:
    """A sealer that asks consents for the key of each (citizen, organisation), at most once a second."""

    def fetch(citizen: str, organisation: str, anew: bool) -> tuple[str, bytes]:
        now = datetime.now(UTC)
        caller = Caller(command_id="", actor=service, organisation=organisation, role=SERVICE, now=now, occurred=now)
        request = consents_pb2.GetPublicKey(citizen=citizen, organisation=organisation)
        try:
            key = clients.ask(request, consents_pb2.PublicKey, caller, HASTE if anew else DEADLINE)
        except Refused as refused:
            if refused.kind is not Kind.UNAVAILABLE:
                raise
            raise KeysAway from refused
        return key.id, key.key

    return KeyCache(fetch)
