"""The life of an agreement by two people on phones: drafted, sent back, signed, reviewed with results, renewed, ended.

And of an introduction by three.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.sync_api import Locator

from cli.story_data import story_id
from tests.e2e.conftest import NARROW, Visitor
from tests.e2e.sound import sound
from tests.e2e.test_steering import press

Making = Callable[..., Visitor]
NGO = story_id("organisation", "ngo")


def day(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"


def seen(*visitors: Visitor) -> None:
    """What is on the screen now breaks no rule, and is no wider than it."""
    for one in visitors:
        sound(one)


def fill(visitor: Visitor, **fields: str) -> None:
    for name, value in fields.items():
        visitor.page.locator(f"[name='terms.{name.replace('__', '.')}']").fill(value)


def commit(visitor: Visitor, heading: str, text: str) -> None:
    section = visitor.page.locator("fieldset.section", has_text=heading).first
    section.locator("textarea").first.fill(text)


def take(visitor: Visitor, path: str, step: str, button: str, **fields: str) -> str:
    """Opens a step from the agreement's page and takes it; what the next page says."""
    visitor.go(path)
    visitor.page.locator(f"a[href='{path}/{step}']").click()
    for name, value in fields.items():
        visitor.page.locator(f"#{name}").fill(value)
    seen(visitor)
    return press(visitor, button)


def test_an_agreement_from_its_draft_to_its_end(visitor: Making) -> None:
    mette, karen, title = visitor("Mette", NARROW), visitor("Karen", NARROW), f"Venner {uuid4().hex[:8]}"
    mette.go("/agreements/new")
    seen(mette)
    mette.page.select_option("#partner", NGO)
    mette.page.get_by_role("button", name="Fortsæt").click()
    mette.page.get_by_role("button", name="Gem udkastet").click()
    mette.page.wait_for_selector("#errors:focus")
    seen(mette)
    fill(mette, title=title, period__from=day(0), period__until=day(300), goals__0__title="Ti par mødes")
    mette.page.locator("[name='terms.degree'][value='partnership']").check(force=True)
    fill(mette, goals__0__indicator="Par", goals__0__target="10", review_dates__0=day(30))
    commit(mette, "Det gør Børne", "Vi spørger først.")
    commit(mette, "Det gør Unge", "Vi finder venner.")
    assert "Vilkårene er gemt" in press(mette, "Gem udkastet")
    path = re.sub("^.*(?=/agreements/)", "", mette.page.url)
    seen(mette)

    take(mette, path, "propose", "Skriv under og send", title="Koordinator")
    take(karen, path, "comment", "Skriv en bemærkning", note="Kan vi også få et lokale?")
    take(karen, path, "decline", "Sig nej", note="Uden lokale kan vi ikke.")
    mette.go(path)
    assert "Kan vi også få et lokale?" in mette.main
    mette.page.locator(f"a[href='{path}/change']").click()
    mette.page.locator("[name='terms.social_clauses.0']").fill("Et gratis lokale om onsdagen")
    seen(mette)
    press(mette, "Gem vilkårene")
    mette.page.locator(f"a[href='{path}/compare']").click()
    assert mette.page.locator("ins").all_inner_texts() == ["Et gratis lokale om onsdagen"]
    seen(mette)
    take(mette, path, "propose", "Skriv under og send")
    take(karen, path, "sign", "Skriv under", title="Leder")
    assert "Karen" in karen.main

    take(karen, path, "begin", "Begynd opfølgning")
    for figure, result in (("4 par", "not_reached"), ("11 par", "reached")):
        karen.go(f"{path}/review")
        karen.page.locator(f"[name='results.0.result'][value='{result}']").check(force=True)
        karen.page.locator("[name='results.0.figure']").fill(figure)
        karen.page.fill("#agreed", "Vi fortsætter.")
        seen(karen)
        press(karen, "Skriv opfølgning")
    results = karen.page.locator(".results li").all_inner_texts()
    assert ["4 par" in results[0], "11 par" in results[1]] == [True, True]
    take(karen, path, "propose", "Skriv under og send")
    take(mette, path, "sign", "Skriv under")
    take(mette, path, "begin", "Begynd opfølgning")
    mette.go(f"{path}/end")
    mette.page.locator("[name='reason'][value='goals_reached']").check(force=True)
    press(mette, "Slut aftalen")
    seen(mette)

    reader = visitor("Fatima", NARROW)
    reader.go(path)
    assert title in reader.main
    assert reader.page.locator(f"main a[href^='{path}/']:not([href$='/compare'])").count() == 0
    reader.page.emulate_media(media="print")
    assert not reader.page.locator("nav.mainnav").is_visible()
    assert reader.page.get_by_text("Et gratis lokale om onsdagen").first.is_visible()


def test_an_introduction_is_seen_by_all_three(visitor: Making) -> None:
    vera, tom, karen, title = visitor("Vera", NARROW), visitor("Tom", NARROW), visitor("Karen"), uuid4().hex
    tom.go("/offers/new")
    tom.page.locator("[name='direction'][value='offer']").check(force=True)
    tom.page.locator("[name='contact'][value='volunteer_centre']").check(force=True)
    tom.page.select_option("#kind", "jobs")
    tom.page.fill("#title", title)
    tom.page.fill("#area", "Nordby")
    seen(tom)
    press(tom, "Vis det")
    for _ in range(40):
        vera.go("/portal?area=nord&kind=jobs")
        if vera.page.get_by_text(title).count():
            break
        vera.page.wait_for_timeout(250)
    seen(vera)
    vera.page.locator("li", has_text=title).get_by_role("link", name="Introducér nogen").click()
    vera.page.locator("[name='parties.1']").select_option(NGO)
    vera.page.fill("#reason", f"Mødes om {title}")
    seen(vera)
    press(vera, "Spørg begge")
    for one in (tom, karen):
        row = found(one, title)
        row.get_by_role("link", name="Svar på").click()
        one.page.locator("[name='answer'][value='yes']").check(force=True)
        seen(one)
        press(one, "Svar")
    for one in (vera, tom, karen):
        assert "@" in found(one, title).inner_text(), "both said yes: all three see how they are reached"
        seen(one)


def found(visitor: Visitor, text: str) -> Locator:
    """The introduction, once it is listed."""
    for _ in range(40):
        visitor.go("/introductions")
        row = visitor.page.locator("main li", has_text=text)
        if row.count():
            return row.first
        visitor.page.wait_for_timeout(250)
    raise AssertionError("the introduction did not come")
