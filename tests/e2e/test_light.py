"""The life of a referral whose recipient has no account, on a phone: mail, link, yes, details, reports, the end."""

import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.e2e.conftest import AXE, NARROW, Visitor
from tests.e2e.test_story import AMALIE, MOTHERS, timeline_of

CODE = "mentor 2026"
PATIENCE = 30.0
"""Seconds until a mail must be there."""
Making = Callable[..., Visitor]


def link_in_mail(visitor: Visitor, says: str, but: frozenset[str]) -> str:
    """The newest link of a mail that says this, and that is none of those known before."""
    deadline = time.monotonic() + PATIENCE
    while True:
        visitor.go("/demo/mail?lang=da")
        mails = visitor.page.locator("section.mail", has_text=says)
        found = [mails.nth(at).locator("a").get_attribute("href") for at in range(mails.count())]
        if new := [href for href in found if href and href not in but]:
            return new[0]
        assert time.monotonic() < deadline, "no mail came"
        visitor.page.wait_for_timeout(300)


def links(visitor: Visitor) -> frozenset[str]:
    visitor.go("/demo/mail?lang=da")
    found = visitor.page.locator("section.mail a").evaluate_all("all => all.map(one => one.href)")
    return frozenset(found)


def refer(mette: Visitor, path: str, reason: str) -> None:
    mette.go(f"{path}/referrals/new")
    option = mette.page.locator("#recipient option", has_text=MOTHERS).get_attribute("value")
    mette.page.select_option("#recipient", option)
    mette.page.check("input[name=categories][value=family]", force=True)
    mette.page.fill("#reason", reason)
    mette.page.locator("form.one-column button[type=submit]").click()
    mette.page.wait_for_url(lambda url: "/referrals/" in url and not url.endswith("/new"))


def sound(visitor: Visitor) -> None:
    """No WCAG 2.2 A or AA violation, and nothing wider than the phone."""
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= NARROW
    visitor.page.evaluate(AXE.read_text())
    found = visitor.page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        ".then(r => r.violations.map(v => v.id))"
    )
    assert found == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_mentor_without_an_account_closes_the_loop(visitor: Making, scripts: bool) -> None:
    mette, phone = visitor("Mette", NARROW), visitor("", NARROW, scripts=scripts)
    path, reason, report = timeline_of(mette), f"En mentor {uuid4().hex[:8]}", f"Mødt {uuid4().hex[:8]}"
    known = links(mette)
    refer(mette, path, reason)

    phone.page.goto(link_in_mail(mette, "svar ja eller nej", known))
    assert MOTHERS in phone.main
    assert AMALIE not in phone.page.content()
    assert reason not in phone.page.content()
    if scripts:
        sound(phone)
        phone.page.fill("#note", "Vi glæder os")
        phone.page.reload()
        assert phone.page.input_value("#note") == "Vi glæder os", "the draft is still there"
    phone.page.check("input[name=answer][value=accept]", force=True)
    phone.page.get_by_role("button", name="Send svaret").click()
    phone.page.fill("#code", CODE)
    phone.page.get_by_role("button", name="Vis").click()
    assert AMALIE in phone.main
    wait_for(lambda: reason in details(phone), "the reason")

    phone.page.goto(f"{link_in_mail(mette, 'Her fortæller I', known)}?do=contact")
    phone.page.fill("#text", report)
    phone.page.select_option("#category", "family")
    phone.page.fill("#code", CODE)
    phone.page.get_by_role("button", name="Send").click()
    assert "Kontakten er skrevet ned" in phone.main
    phone.page.get_by_role("link", name="Afslut").click()
    phone.page.check("input[name=outcome][value=goal_reached]", force=True)
    phone.page.fill("#code", CODE)
    phone.page.get_by_role("button", name="Send og afslut").click()
    assert "virker ikke længere" in phone.main

    wait_for(lambda: report in timeline_text(mette, path), "the report on the sender's timeline")
    assert "Nåede målet" in timeline_text(mette, path) or "Mål" in timeline_text(mette, path)


def details(phone: Visitor) -> str:
    """Asked again: an entry reaches the timeline a moment after it is written."""
    if phone.page.locator("#code").count() == 0:
        phone.page.goto(phone.page.url)
    phone.page.fill("#code", CODE)
    phone.page.get_by_role("button", name="Vis").click()
    return phone.main


def timeline_text(visitor: Visitor, path: str) -> str:
    visitor.go(path)
    visitor.page.locator("#timeline details").evaluate_all("all => all.forEach(one => one.open = true)")
    return visitor.main


def wait_for(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.3)
