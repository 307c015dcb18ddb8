"""One trace joins the click, the calls, the append, the message, the consumer and the timeline entry."""

import json
import os
from uuid import uuid4

import psycopg
import pytest

from deploy.local.platform import Platform
from deploy.local.process import wait_until
from libs.spec.platforms import settings_of
from tests.integration.browser import Browser

pytestmark = pytest.mark.skipif(
    "SAMSPOR_TEST_PLATFORM" in os.environ, reason="a platform that was started elsewhere writes its spans elsewhere"
)


def test_a_note_is_one_trace_from_the_click_to_the_entry(platform: Platform) -> None:
    with Browser(platform.address) as browser:
        browser.sign_in("Mette Demo")
        case = browser.links("/caseload", "/cases/[0-9a-f-]+")[0]
        note = f"Spor {uuid4()}"
        browser.submit(f"{case}/notes/new", text=note, category="family", sensitivity="normal").raise_for_status()

    trace, event = newest_note(platform)
    entry = entry_of(platform, event)
    needed = {"gateway", "cases", "cases worker", "timeline worker"}
    found: dict[str, str] = {}

    def arrived() -> bool:
        found.update({span["service"]: span["name"] for span in spans(platform) if span["trace"] == trace})
        return needed <= found.keys()

    assert trace in entry
    assert note not in (platform.folder / "spans.jsonl").read_text()
    assert wait_until(arrived, 10), found


def newest_note(platform: Platform) -> tuple[str, str]:
    """Trace id and event id of the last note."""
    with psycopg.connect(settings_of(platform).database_of("cases")) as connection:
        row = connection.execute(
            "SELECT body FROM events WHERE type = 'cases.NoteWritten.v1' ORDER BY position DESC LIMIT 1"
        ).fetchone()
    assert row
    event = json.loads(row[0])
    return event["traceparent"].split("-")[1], event["id"]


def entry_of(platform: Platform, event: str) -> str:
    """The timeline entry made of an event, as stored, once it is there."""
    found: list[str] = []

    def there() -> bool:
        with psycopg.connect(settings_of(platform).database_of("timeline")) as connection:
            rows = connection.execute("SELECT body FROM entries WHERE source = 'cases' ORDER BY position DESC LIMIT 50")
            found.extend(bytes(body).decode() for (body,) in rows if event.encode() in bytes(body))
        return bool(found)

    assert wait_until(there, 10)
    return found[0]


def spans(platform: Platform) -> list[dict[str, str]]:
    lines = (platform.folder / "spans.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]
