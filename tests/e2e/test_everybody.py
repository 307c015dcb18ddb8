"""Everybody can use it: every page by WCAG A and AA, on a phone, by keyboard, without scripts, on a slow line."""

from collections.abc import Callable, Iterable
from uuid import uuid4

import pytest

from cli.story_data import story_id
from tests.e2e.conftest import NARROW, WIDE, Visitor
from tests.e2e.sound import violations
from tests.e2e.test_story import seen_by, timeline_of

Making = Callable[..., Visitor]
OWN = story_id("organisation", "family")
AWAY = 503
HEAVIEST = 150_000
"""Bytes over the wire of a first page load, all of it."""


def paths_of(visitor: Visitor) -> list[str]:
    """Every kind of page that Mette reaches."""
    citizen = timeline_of(visitor)
    visitor.go("/caseload")
    case = visitor.page.locator("a[href^='/cases/']").first.get_attribute("href")
    visitor.go("/referrals?box=outbox")
    referral = visitor.page.locator("a.row-link").first.get_attribute("href")
    visitor.go(f"{citizen}/people")
    organisation = visitor.page.locator("main a[href^='/organisations/']").first.get_attribute("href")
    visitor.go(f"{citizen}/consents")
    withdraw = visitor.page.locator("a[href$='/withdraw']").first.get_attribute("href")
    return [
        "/",
        "/caseload",
        "/referrals",
        "/board",
        "/board?box=outbox",
        "/citizens",
        "/citizens/new",
        "/directory?q=mor",
        "/help",
        "/nothing",
        "/reviews",
        "/rights",
        "/control",
        "/control/new",
        "/agreements",
        "/find-help",
        "/room",
        "/portal",
        "/introductions",
        "/agreements/new",
        f"/agreements/new?partner={story_id('organisation', 'ngo')}",
        citizen,
        f"{citizen}?category=crime",
        f"{citizen}/people",
        f"{citizen}/consents",
        f"{citizen}/consents/new",
        f"{citizen}/consents/ask",
        f"{citizen}/blocks/new",
        f"{citizen}/representatives/new",
        f"{citizen}/emergency",
        f"{citizen}/explain?viewer={OWN}/coordinator&organisation={OWN}&category=family",
        f"{citizen}/household/new",
        f"{citizen}/rights",
        f"{citizen}/rights/new",
        f"{citizen}/referrals",
        f"{citizen}/referrals/new",
        f"{citizen}/looked",
        f"{citizen}/cases/new",
        f"{case}",
        f"{case}/find-help",
        f"{citizen}/find-help",
        f"{case}/notes/new",
        f"{case}/decisions/new",
        f"{case}/actions/new",
        f"{case}/participants/new",
        f"{case}/close",
        f"{referral}",
        f"{referral}/cancel",
        f"{organisation}",
        f"{withdraw}",
        f"{withdraw.removesuffix('withdraw')}renew" if withdraw else "",
        f"{withdraw.removesuffix('withdraw')}seen" if withdraw else "",
    ]


@pytest.mark.parametrize(("language", "width"), [("da", NARROW), ("en", WIDE)])
def test_no_page_breaks_wcag_or_is_wider_than_the_screen(visitor: Making, language: str, width: int) -> None:
    mette = visitor("Mette", width)
    complained = complaints_of(mette, language, paths_of(mette))
    assert complained == []


def complaints_of(visitor: Visitor, language: str, paths: Iterable[str]) -> list[str]:
    """What axe, the width of the screen and the browser's console say of each page. One that a busy machine cannot
    answer in time is loaded again."""
    found: list[str] = []
    visitor.page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    visitor.page.on("pageerror", lambda error: found.append(str(error)))
    for path in paths:
        url, before = f"{path}{'&' if '?' in path else '?'}lang={language}", len(found)
        if visitor.go(url).status == AWAY:
            del found[before:]
            visitor.go(url)
        found += [f"{path} {one}" for one in violations(visitor)]
    return [one for one in found if "404 (Not Found)" not in one]


@pytest.mark.parametrize("name", ["Fatima", "Amalie", "Ida", ""])
def test_other_peoples_first_pages_too(visitor: Making, name: str) -> None:
    one = visitor(name, NARROW)
    if not name:
        one.go("/sign-in")
    assert violations(one) == []


def test_a_form_with_errors_is_accessible_and_takes_the_reader_to_them(visitor: Making) -> None:
    mette = visitor("Mette", NARROW)
    timeline_of(mette)
    mette.page.get_by_role("link", name="Nyt notat").first.click()
    mette.page.get_by_role("button", name="Gem notatet").click()
    assert mette.page.evaluate("document.activeElement.id") == "errors"
    assert violations(mette) == []
    mette.page.locator("#errors a").first.click()
    assert mette.page.evaluate("document.activeElement.id") == "text"


def test_a_note_is_written_with_the_keyboard_alone(visitor: Making) -> None:
    marker = uuid4().hex
    mette = visitor("Mette")
    timeline_of(mette)
    keys = mette.page.keyboard
    keys.press("n")
    mette.page.wait_for_selector("#text")
    for _ in range(60):
        keys.press("Tab")
        if mette.page.evaluate("document.activeElement.id") == "text":
            break
    keys.type(f"Skrevet uden mus {marker}")
    keys.press("Tab")
    assert mette.page.evaluate("document.activeElement.id") == "category"
    keys.type("Fam")
    for _ in range(10):
        keys.press("Tab")
        if mette.page.evaluate("document.activeElement.type") == "submit":
            break
    keys.press("Enter")
    mette.page.wait_for_selector("[role=status]")
    seen_by(mette, marker)
    keys.press("j")
    assert mette.page.evaluate("document.activeElement.classList.contains('entry')")


def test_the_first_tab_leads_past_the_menu(visitor: Making) -> None:
    mette = visitor("Mette")
    timeline_of(mette)
    mette.page.keyboard.press("Tab")
    mette.page.keyboard.press("Enter")
    assert mette.page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_main_tasks_work_without_scripts(visitor: Making, width: int) -> None:
    marker = uuid4().hex
    mette = visitor("Mette", width, scripts=False)
    path = timeline_of(mette)
    mette.page.get_by_role("link", name="Nyt notat").first.click()
    assert mette.page.locator("tr[data-category]").count() == 14, "all categories, where nothing can hide them"
    mette.page.get_by_role("button", name="Gem notatet").click()
    assert mette.page.locator("#errors").is_visible()
    mette.page.fill("#text", f"Uden scripts {marker}")
    mette.page.select_option("#category", "family")
    mette.page.get_by_role("button", name="Gem notatet").click()
    seen_by(mette, marker)
    mette.go(f"{path}?category=family")
    assert marker in mette.main
    mette.go(f"{path}/referrals/new")
    assert mette.page.get_by_role("button", name="Send henvisningen").is_visible()
    mette.go("/")
    mette.page.get_by_role("button", name="Log af").click()
    assert "/sign-in" in mette.page.url


def test_a_first_page_load_is_light(visitor: Making) -> None:
    mette = visitor("Mette")
    path = timeline_of(mette)
    fresh = visitor("Mette")
    session = fresh.page.context.new_cdp_session(fresh.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    fresh.go(path)
    fresh.page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < HEAVIEST, f"{sum(sizes):.0f} bytes in {len(sizes)} answers"
