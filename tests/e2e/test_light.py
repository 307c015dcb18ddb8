"""The life of a referral whose recipient has no account, on a phone: mail, link, yes, details, reports, the end."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from deploy.local.platform import Platform
from libs.spec.platforms import settings_of
from services.referrals.deadlines import working_days_after
from tests.e2e.conftest import NARROW, Visitor
from tests.e2e.sound import sound, sound_in_english_too
from tests.e2e.test_story import AMALIE, MOTHERS, timeline_of

CODE = "mentor 2026"
PATIENCE = 30.0
"""Seconds until a mail must be there."""
QUESTION = "a[href^='/room/questions/']"
HOUR = timedelta(hours=1)
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


def refer(mette: Visitor, path: str, reason: str, unit: str = "") -> None:
    mette.go(f"{path}/referrals/new")
    option = mette.page.locator("#recipient option", has_text=MOTHERS).get_attribute("value")
    mette.page.select_option("#recipient", option)
    mette.page.check("input[name=categories][value=family]", force=True)
    mette.page.fill("#reason", reason)
    mette.page.fill("#escalate_to", unit)
    mette.page.locator("form.one-column button[type=submit]").click()
    mette.page.wait_for_url(lambda url: "/referrals/" in url and not url.endswith("/new"))


def ask_for_room(mette: Visitor, fatima: Visitor) -> None:
    """A question that names nobody, and its answer."""
    mette.go("/directory?q=mentor")
    mette.page.locator("li", has_text=MOTHERS).locator("a.row-link").first.click()
    mette.page.get_by_role("link", name="Spørg, om der er plads").first.click()
    mette.page.select_option("#need", "family")
    mette.page.get_by_role("button", name="Spørg").click()
    mette.page.wait_for_url(lambda url: url.endswith("/room"))
    wait_for(lambda: asked(fatima), "the question")
    sound(fatima)
    fatima.page.locator(QUESTION).last.click()
    assert AMALIE not in fatima.page.content()
    fatima.page.check("input[name=answer][value=yes]", force=True)
    fatima.page.get_by_role("button", name="Svar").click()
    wait_for(lambda: "Ja, der er plads" in room(mette), "the answer about room")


def asked(visitor: Visitor) -> bool:
    """A question reaches the page a moment after it is asked."""
    visitor.go("/room")
    return visitor.page.locator(QUESTION).count() > 0


def room(visitor: Visitor) -> str:
    visitor.go("/room")
    return visitor.main


@pytest.mark.parametrize("scripts", [True, False])
def test_a_mentor_without_an_account_closes_the_loop(visitor: Making, scripts: bool) -> None:
    mette, phone = visitor("Mette", NARROW), visitor("", NARROW, scripts=scripts)
    path, reason, report = timeline_of(mette), f"En mentor {uuid4().hex[:8]}", f"Mødt {uuid4().hex[:8]}"
    if scripts:
        ask_for_room(mette, visitor("Fatima", NARROW))
    known = links(mette)
    refer(mette, path, reason)

    phone.page.goto(link_in_mail(mette, "svar ja eller nej", known))
    assert MOTHERS in phone.main
    assert AMALIE not in phone.page.content()
    assert reason not in phone.page.content()
    if scripts:
        sound_in_english_too(phone)
        phone.page.fill("#note", "Vi glæder os")
        phone.page.reload()
        assert phone.page.input_value("#note") == "Vi glæder os", "the draft is still there"
    phone.page.check("input[name=answer][value=accept]", force=True)
    phone.page.get_by_role("button", name="Send svaret").click()
    phone.page.fill("#code", CODE)
    phone.page.get_by_role("button", name="Vis").click()
    assert AMALIE in phone.main
    if scripts:
        sound(phone)
    wait_for(lambda: reason in details(phone), "the reason")

    phone.page.goto(f"{link_in_mail(mette, 'Her fortæller I', known)}?do=contact")
    if scripts:
        sound_in_english_too(phone)
    phone.page.fill("#text", report)
    phone.page.select_option("#category", "family")
    phone.page.fill("#code", CODE)
    phone.page.get_by_role("button", name="Send").click()
    assert "Kontakten er skrevet ned" in phone.main
    phone.page.get_by_role("link", name="Afslut").click()
    if scripts:
        sound_in_english_too(phone)
    phone.page.check("input[name=outcome][value=goal_reached]", force=True)
    phone.page.fill("#code", CODE)
    phone.page.get_by_role("button", name="Send og afslut").click()
    assert "virker ikke længere" in phone.main
    if scripts:
        sound(phone)

    wait_for(lambda: report in timeline_text(mette, path), "the report on the sender's timeline")
    assert "Nåede målet" in timeline_text(mette, path) or "Mål" in timeline_text(mette, path)


@pytest.fixture
def clock(platform: Platform) -> Iterator[Callable[[datetime], None]]:
    """Moves the time of the whole platform; at the end it is the machine's again."""
    file = settings_of(platform).clock
    if file is None:
        pytest.skip("a platform that was started elsewhere goes by the machine's clock")

    def move(to: datetime) -> None:
        file.write_text(str((to - datetime.now(UTC)).total_seconds()))

    yield move
    file.unlink(missing_ok=True)


def test_what_nobody_answers_is_reminded_of_and_then_escalated(
    visitor: Making, clock: Callable[[datetime], None]
) -> None:
    """On a phone, in the days after: a mail a working day before each deadline; then the unit that was named."""
    mette, phone, now = visitor("Mette", NARROW), visitor("", NARROW), datetime.now(UTC)
    path, unit = timeline_of(mette), f"Visitation {uuid4().hex[:6]}"
    refer(mette, path, "En mentor", unit)
    referral = mette.page.url
    first = link_in_mail(mette, "svar ja eller nej", frozenset())
    assert unit not in mette_board(mette)
    try:
        known = links(mette)
        clock(working_days_after(now, 1, "DK") + HOUR)
        reminder = link_in_mail(mette, "Nogen venter stadig på jeres svar", known)
        phone.page.goto(reminder)
        assert MOTHERS in phone.main
        assert reminder != first

        clock(working_days_after(now, 5, "DK") + HOUR)
        wait_for(lambda: f"Ingen har svaret. {unit} tager sig af det." in mette_board(mette), "the escalation")
        sound(mette)
        card = mette.page.locator(".column li", has_text=unit)
        assert "arbejdsdage for sent" in card.locator(".late").first.inner_text()
        mette.go("/")
        assert unit in mette.main
        mette.page.goto(referral)
        assert unit in mette.main
        sound(mette)
        wait_for(lambda: "Ingen svarede" in timeline_text(mette, path), "the escalation on the timeline")
        phone.page.goto(reminder)
        assert "virker ikke længere" in phone.main
        sound_in_english_too(phone)
        phone.go(f"/svar/{'x' * 43}")
        sound_in_english_too(phone)
    finally:
        mette.page.goto(f"{referral}/cancel")
        mette.page.check("input[name=reason][value=other]", force=True)
        mette.page.locator("form.one-column button[type=submit]").click()


def mette_board(mette: Visitor) -> str:
    mette.go("/board?box=outbox")
    return mette.main


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
