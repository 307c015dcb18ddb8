"""Pages on which partners are found, and say what they do and how much room they have: for everybody, by keyboard."""

from collections.abc import Callable, Iterable

import pytest

from tests.e2e.conftest import NARROW, WIDE, Visitor
from tests.e2e.sound import sound
from tests.e2e.test_everybody import complaints_of
from tests.e2e.test_story import MOTHERS

Making = Callable[..., Visitor]


def hrefs(visitor: Visitor, page: str, selector: str) -> str:
    """Where the first such link of a page leads."""
    visitor.go(page)
    found = visitor.page.locator(selector)
    assert found.count(), f"{page}: no {selector}"
    return str(found.first.get_attribute("href"))


def of_an_ngo_worker(visitor: Visitor) -> Iterable[str]:
    referral = hrefs(visitor, "/referrals", "a.row-link")
    steps = [f"{referral}{step}" for step in ("", "/contact", "/complete", "/hold", "/fail")]
    return ["/", "/referrals", "/board", "/room", hrefs(visitor, "/room", "form.taps a"), *steps]


def of_an_administrator(visitor: Visitor) -> Iterable[str]:
    own = hrefs(visitor, "/directory", ".mainnav a[href^='/organisations/']")
    return [own, f"{own}/role", f"{own}/reply", "/room", "/agreements", "/webhooks", "/portal", "/directory"]


def of_a_coordinator(visitor: Visitor) -> Iterable[str]:
    agreement = hrefs(visitor, "/agreements", "a.row-link")
    profile = hrefs(visitor, "/directory?q=mentor", "li a.row-link").partition("#")[0]
    room = hrefs(visitor, profile, "a[href$='/room']:not(.mainnav a)")
    return [
        agreement,
        profile,
        room,
        "/directory?q=mentr",
        "/directory?q=mentor&category=family&age=19",
        "/directory?q=xqzw",
        "/demo/mail",
    ]


@pytest.mark.parametrize(("language", "width"), [("da", NARROW), ("en", WIDE)])
@pytest.mark.parametrize(
    ("name", "paths"),
    [("Fatima", of_an_ngo_worker), ("Karen", of_an_administrator), ("Mette", of_a_coordinator)],
)
def test_pages_about_partners_are_sound(
    visitor: Making, name: str, paths: Callable[[Visitor], Iterable[str]], language: str, width: int
) -> None:
    one = visitor(name, width)
    assert complaints_of(one, language, paths(one)) == []


def test_matching_with_its_reasons_is_sound(visitor: Making) -> None:
    mette = visitor("Mette", NARROW)
    mette.go("/find-help")
    mette.page.fill("#need", "mentor")
    mette.page.locator("main button").last.click()
    assert MOTHERS in mette.main
    sound(mette)


def tab_to(visitor: Visitor, holds: str) -> None:
    """Presses Tab until the focused element is the one; `holds`: an expression of JavaScript about `it`."""
    for _ in range(150):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate(f"(it => Boolean({holds}))(document.activeElement)"):
            return
    raise AssertionError(f"Tab does not lead to {holds}")


def test_the_board_is_worked_with_by_keyboard_alone(visitor: Making) -> None:
    """A column folds and unfolds, and a referral opens."""
    fatima = visitor("Fatima")
    fatima.go("/board")
    tab_to(fatima, "it.matches('.column[open] summary')")
    column = "document.activeElement.closest('details').open"
    fatima.page.keyboard.press("Enter")
    assert fatima.page.evaluate(column) is False
    fatima.page.keyboard.press("Enter")
    assert fatima.page.evaluate(column) is True
    tab_to(fatima, "it.matches('.column .row-link')")
    fatima.page.keyboard.press("Enter")
    fatima.page.wait_for_url(lambda url: "/referrals/" in url)


def test_room_is_said_by_keyboard_in_two_presses(visitor: Making) -> None:
    """And taken back, so that this can be told twice."""
    fatima = visitor("Fatima", NARROW)
    fatima.go("/room")
    for change in ("more", "fewer"):
        tab_to(fatima, f"it.value === '{change}'")
        fatima.page.keyboard.press("Enter")
        fatima.page.wait_for_selector("[role=status]")
