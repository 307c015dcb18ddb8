"""The gateway before a real partners service, and nothing else behind it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import msgspec
from cryptography.fernet import Fernet

from libs.host.clients import GrpcClients
from libs.host.settings import Settings
from libs.host.telemetry import Telemetry
from libs.host.tokens import Issuer, Verifier
from services.gateway.api import AUDIENCE
from services.gateway.app import application
from services.gateway.directory import Directory
from services.gateway.person import Person
from services.gateway.site import READINGS, Site
from services.gateway.web.rate import Rate
from services.gateway.web.session import NAME
from tests.gateway.conftest import served


class Opened:
    """Reads as nobody, or as somebody who is signed in or has a token."""

    def __init__(self, client: httpx.Client, key: bytes, settings: Settings) -> None:
        self.client, self._key, self._settings = client, key, settings

    def get(self, path: str, person: Person | None = None, known: str = "") -> httpx.Response:
        """`known`: the ETag of the copy that the reader has."""
        headers = {"if-none-match": known} if known else {}
        if person:
            session = Fernet(self._key).encrypt(json.dumps({"person": msgspec.to_builtins(person)}).encode())
            token = Issuer("cli", self._settings.folder("signing_keys")).token(
                AUDIENCE, person.person, organisation=person.organisation, role=person.role
            )
            headers |= {"cookie": f"{NAME}={session.decode()}", "authorization": f"Bearer {token}"}
        return self.client.get(path, headers=headers)


@contextmanager
def opened(settings: Settings, site: Site, readings: int = READINGS) -> Iterator[Opened]:
    key = Fernet.generate_key()
    clients = GrpcClients("cli", settings)
    fresh = replace(
        site,
        clients=clients,
        telemetry=Telemetry("gateway", Settings()),
        directory=Directory(),
        readings=Rate(readings),
    )
    app = application(fresh, key, Verifier(AUDIENCE, settings.folder("issuers"), ("partners",)), clients)
    try:
        with served(app) as address, httpx.Client(base_url=address) as client:
            yield Opened(client, key, settings)
    finally:
        clients.close()
