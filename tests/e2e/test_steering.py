"""A citizen steers: asked for a consent, says yes but less; hides something; sees who read in an emergency.

Each story undoes what it did, so that it can be told twice.
"""

import json
import zipfile
from collections.abc import Callable
from uuid import uuid4

from tests.e2e.conftest import NARROW, Visitor
from tests.e2e.sound import violations
from tests.e2e.test_story import AMALIE, MOTHERS, entries, timeline_of

Making = Callable[..., Visitor]


def tick(visitor: Visitor, *values: str) -> None:
    """Marks these categories and no others."""
    for box in visitor.page.locator("input[name=categories]").all():
        box.set_checked(box.get_attribute("value") in values)


def press(visitor: Visitor, button: str) -> str:
    """The button's effect: what the next page says."""
    visitor.page.get_by_role("button", name=button).click()
    return visitor.page.get_by_role("status").inner_text()


def test_she_is_asked_and_says_yes_but_less(visitor: Making) -> None:
    """Without scripts, on a phone."""
    fatima, amalie = visitor("Fatima"), visitor(AMALIE, NARROW, scripts=False)
    path = timeline_of(fatima)
    organisation = fatima.page.locator("a", has_text="Bed om samtykke").first.get_attribute("href")
    assert organisation
    fatima.go(organisation)
    tick(fatima, "crime", "employment")
    assert "Borgeren er spurgt" in press(fatima, "Spørg borgeren")

    amalie.go(path)
    amalie.page.locator(".needs a").click()
    asked = amalie.page.locator("li.basis", has_text="kriminalitet").first
    asked.get_by_role("link", name="Svar").click()
    assert violations(visitor_with_scripts(visitor, amalie)) == []
    tick(amalie, "employment")
    assert "Samtykket er gemt" in press(amalie, "Ja til det markerede")
    try:
        given = amalie.page.locator("li.basis", has_text="arbejde").filter(has_text=MOTHERS)
        assert "kriminalitet" not in given.first.inner_text()
        fatima.page.goto(f"{fatima.address}{path}/consents")
        own = fatima.page.locator("li.basis", has_text=MOTHERS).filter(has_text="Gælder")
        assert "arbejde" in " ".join(own.all_inner_texts())
        assert "kriminalitet" not in " ".join(own.all_inner_texts())
    finally:
        amalie.page.locator("li.basis", has_text="arbejde").get_by_role("link", name="Træk tilbage").first.click()
        assert "trukket tilbage" in press(amalie, "Træk tilbage")


def visitor_with_scripts(visitor: Making, like: Visitor) -> Visitor:
    """The same person on the same page, where axe can run."""
    made = visitor(AMALIE, NARROW)
    made.page.goto(like.page.url)
    return made


def test_what_she_hides_is_withheld_from_the_next_page_load(visitor: Making) -> None:
    fatima, amalie = visitor("Fatima"), visitor(AMALIE)
    path = timeline_of(fatima)
    assert any("Tilbageholdt" not in text for text in entries(fatima, "Familie"))
    amalie.go(f"{path}/blocks/new")
    assert "Jobcenter Nordby" in amalie.main, "whom the law lets know all the same"
    option = amalie.page.locator("#organisation option", has_text=MOTHERS).get_attribute("value")
    amalie.page.select_option("#organisation", option)
    tick(amalie, "family")
    assert "Det er skjult" in press(amalie, "Skjul")
    try:
        fatima.page.reload()
        hidden = entries(fatima, "Familie")
        assert hidden
        assert all("borgeren har spærret" in text for text in hidden if "Unge Mødre" not in text)
    finally:
        amalie.page.get_by_role("link", name="Vis det igen").first.click()
        assert "ikke skjult længere" in press(amalie, "Vis det igen")


def test_an_emergency_is_reviewed_and_she_sees_it(visitor: Making) -> None:
    mette, peter, amalie = visitor("Mette"), visitor("Peter", NARROW), visitor(AMALIE)
    path, marker = timeline_of(mette), uuid4().hex
    peter.go(f"{path}/emergency")
    assert "gennemgår det altid" in peter.main
    peter.page.fill("#reason", f"Alma er hentet af en fremmed. {marker}")
    tick(peter, "family", "children")
    assert "Nødadgangen er åben" in press(peter, "Åbn nødadgang")
    assert any("nødadgang" in text for text in entries(peter, "Familie"))

    review(mette, marker)
    assert violations(mette) == []
    mette.page.get_by_label("Berettiget", exact=True).check()
    assert "Gennemgangen er gemt" in press(mette, "Gem gennemgangen")
    amalie.go(f"{path}/consents")
    emergency = amalie.page.locator("section[aria-labelledby=emergencies] li").first.inner_text()
    assert "Nordby Skole" in emergency
    assert "Berettiget" in emergency
    amalie.page.get_by_role("link", name="Hvorfor").first.click()
    assert marker in amalie.main
    assert "Peter" not in amalie.main


def review(mette: Visitor, marker: str) -> None:
    """Opens the review of this emergency, once it is listed and its reason is on the timeline."""
    for _ in range(40):
        mette.go("/")
        if mette.page.locator(".needs a").count():
            mette.page.locator(".needs a").first.click()
            for link in mette.page.locator("a[href$='/review']").all():
                mette.page.goto(f"{mette.address}{link.get_attribute('href')}")
                if marker in mette.main:
                    return
                mette.page.go_back()
        mette.page.wait_for_timeout(250)
    raise AssertionError("the emergency did not come up for review")


def test_she_takes_everything_along(visitor: Making) -> None:
    """On a phone."""
    amalie = visitor(AMALIE, NARROW)
    amalie.go(f"{timeline_of(visitor('Fatima'))}/rights")
    amalie.page.get_by_role("link", name="Alt, der er gemt").click()
    assert violations(amalie) == []
    with amalie.page.expect_download() as taken:
        amalie.page.get_by_role("button", name="Hent filen").click()
    assert not taken.value.suggested_filename.count(AMALIE)
    with zipfile.ZipFile(taken.value.path()) as archive:
        record, page = json.loads(archive.read("record.json")), archive.read("index.html").decode()
    assert len(record["timeline"]) > 5 < len(record["looked"])
    assert MOTHERS in " ".join(record["organisations"].values())
    assert "<h1" in page
    assert MOTHERS in page
