"""A gateway in this process, against services in memory, and people who are signed in."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from cryptography.fernet import Fernet

from libs.host.settings import Settings
from libs.host.telemetry import Telemetry
from libs.host.tokens import Verifier
from services.gateway.app import application
from services.gateway.directory import Directory
from services.gateway.settings import GatewaySettings
from services.gateway.site import GUESSES, Site
from services.gateway.web.rate import Rate
from tests.gateway.services_in_memory import InMemory


@dataclass
class Browser:
    """Loads pages and sends forms as a browser without scripts does."""

    client: httpx.Client
    services: InMemory

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers)

    def sign_in(self, person: str) -> None:
        page = self.get("/sign-in").text
        key = next(key for key in re.findall(r'name="persona" value="([^"]+)"', page) if key.endswith(person))
        answer = self.send("/sign-in", {"persona": key}, page)
        assert answer.status_code == 200, answer.text

    def send(self, path: str, fields: dict[str, Any], page: str = "") -> Any:
        """Sends the form of `page` (loaded from `path` where not given) with some fields filled in."""
        page = page or self.get(path).text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        return self.client.post(path, data={name: unescape(value) for name, value in hidden.items()} | fields)


@pytest.fixture(scope="session")
def key() -> bytes:
    return Fernet.generate_key()


@pytest.fixture
def services() -> InMemory:
    return InMemory()


@pytest.fixture(scope="session")
def site() -> Site:
    """Templates and macros are compiled once for all tests; each test has its own services and directory."""
    return Site.build(InMemory(), GatewaySettings(), Telemetry("gateway", Settings()))


@pytest.fixture
def browser(site: Site, services: InMemory, key: bytes, tmp_path: Path) -> Iterator[Browser]:
    settings = Settings(otlp_file=tmp_path / "spans.jsonl")
    fresh = replace(
        site, clients=services, telemetry=Telemetry("gateway", settings), directory=Directory(), guesses=Rate(GUESSES)
    )
    app = application(fresh, key, Verifier("gateway", tmp_path, ()), services)
    with served(app) as address, httpx.Client(base_url=address, follow_redirects=True) as client:
        yield Browser(client, services)


@contextmanager
def served(app: Any) -> Iterator[str]:
    """A real HTTP server in a thread of this process; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the gateway did not start"
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def coordinator(browser: Browser) -> Browser:
    browser.sign_in("p-family")
    return browser


@pytest.fixture
def helper(browser: Browser) -> Browser:
    """Somebody at the NGO."""
    browser.sign_in("p-ngo")
    return browser
