"""What scripts add in a real browser: older entries on the same page, keys, one line of readers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from samspor.common.v1 import common_pb2
from samspor.timeline.v1 import timeline_pb2

from libs.eventlog import Context
from tests.gateway.conftest import Browser
from tests.gateway.services_in_memory import InMemory
from tests.gateway.world import CITIZEN, entry, uid

TIMELINE = f"/citizens/{CITIZEN}"


class ThreePages(InMemory):
    """A timeline of three pages, each of one note."""

    def _get_timeline(self, question: timeline_pb2.GetTimeline, caller: Context) -> timeline_pb2.Timeline:
        at = int(question.page.token or "1")
        note = entry("cases.NoteWritten", at * 40, uid("family"), "family", personal={"text": f"Side {at}"})
        following = common_pb2.PageAnswer(next=str(at + 1) if at < 3 else "")
        return timeline_pb2.Timeline(entries=[note], page=following)


@pytest.fixture
def services() -> InMemory:
    return ThreePages()


@pytest.fixture
def page(chromium: Chromium, coordinator: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    address = str(coordinator.client.base_url)
    context.add_cookies([{"name": "samspor", "value": coordinator.client.cookies["samspor"], "url": address}])
    made = context.new_page()
    made.set_default_timeout(20_000)
    made.goto(f"{address.rstrip('/')}{TIMELINE}")
    yield made
    context.close()


def test_older_entries_follow_on_the_same_page(page: Page) -> None:
    assert page.locator("#timeline .entry").count() == 1
    for loaded in (2, 3):
        page.locator("a[rel=next]").click()
        page.wait_for_function("n => document.querySelectorAll('#timeline .entry').length === n", arg=loaded)
    assert page.locator(".entry-text").all_inner_texts() == ["Side 1", "Side 2", "Side 3"]
    assert page.locator("a[rel=next]").count() == 0
    assert page.locator("#older").count() == 1
    assert page.url.endswith(TIMELINE), "the address of the first page stays good"


def test_keys_move_between_entries_and_lead_to_help(page: Page) -> None:
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.classList.contains('entry')")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "category"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.wait_for_url("**/help")
