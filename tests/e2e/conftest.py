"""A real browser in front of the whole platform, with the demo story in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from deploy.local.platform import Platform

WIDE: Final = 1280
NARROW: Final = 360
PATIENCE: Final = 10_000
"""Milliseconds until what was written must be on a timeline."""


@dataclass(frozen=True)
class Visitor:
    """A person at a browser."""

    page: Page
    address: str

    def go(self, path: str) -> Any:
        return self.page.goto(f"{self.address}{path}")

    def sign_in(self, name: str) -> None:
        self.go("/sign-in?lang=da")
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    @property
    def main(self) -> str:
        return self.page.locator("main").inner_text()


@pytest.fixture(scope="session")
def address(platform: Platform) -> str:
    """Where the gateway answers."""
    return platform.address.rstrip("/")


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with cookies of their own: `visitor("Mette", width=360, scripts=False)`."""
    contexts: list[BrowserContext] = []

    def make(name: str = "", width: int = WIDE, *, scripts: bool = True) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, locale="da-DK", java_script_enabled=scripts
        )
        contexts.append(context)
        made = Visitor(context.new_page(), address)
        made.page.set_default_timeout(PATIENCE)
        if name:
            made.sign_in(name)
        return made

    yield make
    for context in contexts:
        context.close()
