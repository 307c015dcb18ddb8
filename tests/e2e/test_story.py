"""The story as people live it: what each of them sees of the same citizen, before and after a consent is withdrawn."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.e2e.conftest import NARROW, WIDE, Visitor

AMALIE = "Amalie"
MOTHERS = "Unge Mødre Nordby"
Making = Callable[..., Visitor]


def timeline_of(visitor: Visitor, name: str = AMALIE) -> str:
    """Opens the citizen's timeline from the caseload, or from the referrals where there is no case; its path."""
    visitor.go("/caseload")
    link = visitor.page.locator("table a[href^='/citizens/']", has_text=name)
    if link.count():
        link.first.click()
    else:
        visitor.go("/referrals")
        visitor.page.locator("a.row-link", has_text=name).first.click()
        visitor.page.locator("main a[href^='/citizens/']").first.click()
    visitor.page.wait_for_selector("#timeline")
    return visitor.page.url.removeprefix(visitor.address)


def entries(visitor: Visitor, category: str) -> list[str]:
    """What stands on the timeline of one category."""
    visitor.page.locator("#timeline details").evaluate_all("all => all.forEach(one => one.open = true)")
    found = visitor.page.locator("#timeline .entry").all_inner_texts()
    return [text for text in found if re.search(rf"·\s*{category}\b", text)]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_family_unit_reads_the_arrears_and_the_ngo_is_told_what_is_missing(visitor: Making, width: int) -> None:
    mette = visitor("Mette", width)
    timeline_of(mette)
    economy = entries(mette, "Økonomi")
    assert any("restance" in text.lower() for text in economy)

    fatima = visitor("Fatima", width)
    timeline_of(fatima)
    stubs = entries(fatima, "Økonomi")
    assert stubs
    assert all("Tilbageholdt: intet samtykke til kategorien “økonomi”" in text for text in stubs)
    assert "restance" not in fatima.page.content().lower()
    assert fatima.page.get_by_role("link", name="Bed om samtykke").count()


def test_after_a_withdrawal_the_next_page_load_shows_it_no_more(visitor: Making) -> None:
    """Then she gives it again, so that this story can be told twice."""
    fatima, amalie = visitor("Fatima"), visitor(AMALIE)
    path = timeline_of(fatima)
    read_before = entries(fatima, "Bolig")
    assert read_before
    assert not any("Tilbageholdt" in text for text in read_before)
    try:
        amalie.go(f"{path}/consents")
        amalie.page.locator("li.basis", has_text=MOTHERS).get_by_role("link", name="Træk tilbage").first.click()
        for box in amalie.page.locator("input[name=categories]").all():
            box.set_checked(box.get_attribute("value") == "housing")
        amalie.page.get_by_role("button", name="Træk tilbage").click()
        assert "Samtykket er trukket tilbage" in amalie.main

        fatima.page.reload()
        read_after = entries(fatima, "Bolig")
        assert len(read_after) == len(read_before)
        assert all("Tilbageholdt: samtykket til kategorien “bolig” er trukket tilbage" in text for text in read_after)
        assert entries(fatima, "Familie"), "the rest of the consent goes on"
        assert not any("Tilbageholdt" in text for text in entries(fatima, "Familie"))

        amalie.go(f"{path}/looked")
        looks = [row for row in amalie.page.locator("tbody tr").all_inner_texts() if MOTHERS in row]
        assert any("bolig" in row.split("\t")[-2] for row in looks), "the reading before the withdrawal"
        assert any("bolig" in row.split("\t")[-1] for row in looks), "the page that withheld it"
    finally:
        give_consent(amalie, path)


def give_consent(amalie: Visitor, path: str) -> None:
    amalie.go(f"{path}/consents/new?categories=housing&purpose=mentoring")
    option = amalie.page.locator("#grantee option", has_text=MOTHERS).get_attribute("value")
    amalie.page.select_option("#grantee", option)
    amalie.page.get_by_role("button", name="Gem samtykket").click()
    assert "Samtykket er gemt" in amalie.main


def test_everybody_finds_their_own_name_of_each_look(visitor: Making) -> None:
    """Who looked lists the page that was just loaded."""
    mette, amalie = visitor("Mette"), visitor(AMALIE)
    path = timeline_of(mette)
    amalie.go(f"{path}/looked")
    first = amalie.page.locator("tbody tr").first.inner_text()
    assert "Børne- og Familieafdelingen" in amalie.main
    assert first


def test_a_note_is_written_and_read_by_whom_the_page_said(visitor: Making) -> None:
    marker = uuid4().hex
    mette = visitor("Mette")
    timeline_of(mette)
    mette.page.get_by_role("link", name="Nyt notat").first.click()
    mette.page.fill("#text", f"Husbesøg {marker} & <b>te</b>")
    mette.page.select_option("#category", "family")
    readers = mette.page.locator("tr[data-category]:visible").all_inner_texts()
    assert len(readers) == 1, "with scripts only the chosen category's line is shown"
    assert MOTHERS in readers[0]
    mette.page.get_by_role("button", name="Gem notatet").click()
    assert "Notatet er gemt" in mette.main
    seen_by(mette, marker)

    fatima = visitor("Fatima")
    timeline_of(fatima)
    text = seen_by(fatima, marker)
    assert "& <b>te</b>" in text


def seen_by(visitor: Visitor, text: str) -> str:
    """Reloads until the timeline shows it, for at most some seconds."""
    for _ in range(40):
        found = [entry for entry in visitor.page.locator("#timeline .entry").all_inner_texts() if text in entry]
        if found:
            return found[0]
        visitor.page.wait_for_timeout(250)
        visitor.page.reload()
    raise AssertionError("the note did not come on the timeline")


def test_unknown_and_forbidden_citizens_look_alike(visitor: Making) -> None:
    mette, peter = visitor("Mette"), visitor("Lone")
    path = timeline_of(mette, "Sofie")
    forbidden, unknown = peter.go(path), peter.go(f"/citizens/{uuid4()}")
    assert forbidden.status == unknown.status == 404
    assert "Sofie" not in peter.page.content()


def test_an_auditor_states_the_ground_and_reads(visitor: Making) -> None:
    mette, ida = visitor("Mette"), visitor("Ida")
    citizen = timeline_of(mette).split("/")[-1]
    ida.go(f"/citizens/{citizen}")
    ida.go("/audit")
    ida.page.fill("#citizen", citizen)
    ida.page.get_by_role("button", name="Begynd").click()
    ida.page.wait_for_selector("#timeline")
    assert any("restance" in text.lower() for text in entries(ida, "Økonomi"))
