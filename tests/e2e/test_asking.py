"""A citizen with a phone asks for help, is answered, and takes it back; nobody in the municipality is asked."""

from collections.abc import Callable

from tests.e2e.conftest import NARROW, Visitor
from tests.e2e.sound import sound, sound_in_english_too

Making = Callable[..., Visitor]


def until(visitor: Visitor, path: str, text: str) -> None:
    """Loads the page until a worker has come so far that it says this."""
    for _ in range(40):
        visitor.go(path)
        if text in visitor.main:
            return
        visitor.page.wait_for_timeout(250)
    raise AssertionError(f"{path} never said: {text}")


def test_a_citizen_asks_for_help_follows_it_and_takes_it_back(visitor: Making) -> None:
    hanne = visitor("Hanne", NARROW)
    hanne.go("/my-help")
    assert "Du har ikke bedt om hjælp her endnu." in hanne.main
    sound_in_english_too(hanne)
    hanne.page.locator("main").get_by_role("link", name="Find hjælp").click()
    hanne.page.fill("#need", "husleje")
    hanne.page.locator("main button").last.click()
    sound(hanne)
    hanne.page.locator("main").get_by_role("link", name="Bed om hjælp").click()
    for said in ("Hvem får det at vide", "Dit navn, og det du skriver her.", "tage dit ja tilbage når som helst"):
        assert said in hanne.main
    sound_in_english_too(hanne)
    hanne.page.get_by_role("button", name="Ja, bed om hjælp").click()
    assert hanne.page.evaluate("document.activeElement.id") == "errors", "a reason is asked for"
    sound(hanne)
    hanne.page.fill("#reason", "Jeg kan ikke betale min husleje. Ring efter kl. 16.")
    hanne.page.get_by_role("button", name="Ja, bed om hjælp").click()
    hanne.page.wait_for_url("**/my-help")
    until(hanne, "/my-help", "Gæld og husleje")
    sound_in_english_too(hanne)

    bent = visitor("Bent")
    until(bent, "/referrals?box=inbox", "Borgeren selv")
    bent.page.locator("main li", has_text="Borgeren selv").locator("a.row-link").first.click()
    assert "Borgeren selv" in bent.main
    sound(bent)
    bent.page.get_by_role("link", name="Tag imod").first.click()
    bent.page.locator("main form button.button-primary").click()
    bent.page.wait_for_selector("[role=status]")

    until(hanne, "/my-help", "De har sagt ja. De kontakter dig.")
    hanne.page.get_by_role("link", name="Jeg vil ikke have hjælpen").click()
    sound(hanne)
    hanne.page.get_by_role("button", name="Jeg vil ikke have hjælpen").click()
    hanne.page.wait_for_url("**/my-help")
    until(hanne, "/my-help", "Du har taget det tilbage.")
    assert hanne.page.get_by_role("link", name="Tag mit samtykke tilbage").count() == 1

    mette = visitor("Mette")
    mette.go("/referrals?box=outbox")
    assert "Hanne" not in mette.main
