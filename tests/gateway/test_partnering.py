"""What partners say of themselves and agree upon: their role, their agreements, offers, and who fits a need."""

import re
from html import unescape
from typing import Any

import pytest
from samspor.consents.v1 import consents_pb2
from samspor.partners.v1 import partners_pb2

from tests.gateway.conftest import Browser
from tests.gateway.world import AGREEMENT, CASE, CITIZEN, HOUSING, NGO, uid

ROLE = f"/organisations/{NGO}/role"


@pytest.fixture
def keeper(browser: Browser) -> Browser:
    """Who keeps the profile of the NGO."""
    browser.sign_in("p-keeper")
    return browser


def test_the_administrator_describes_the_own_role(keeper: Browser) -> None:
    page = keeper.get(ROLE).text
    assert ">Mentorer til unge mødre.</textarea>" in page
    fields = {"roles": ["mentor", "companion"], "frame_codes": ["volunteers_only"], "degree": "ongoing"}
    answer = keeper.send(ROLE, fields | {"can": "a", "cannot": "b", "frame": "c"})
    assert answer.url.path == f"/organisations/{NGO}"
    command = keeper.services.last(partners_pb2.DescribeRole)
    assert (command.organisation, list(command.roles), command.degree) == (NGO, ["mentor", "companion"], "ongoing")


def test_nobody_describes_anybody_elses_role(keeper: Browser) -> None:
    assert keeper.get(f"/organisations/{HOUSING}/role").status_code == 404
    assert keeper.get(f"/organisations/{HOUSING}").text.count("/role") == 0


def test_others_read_the_role_and_have_no_form(helper: Browser) -> None:
    page = helper.get(f"/organisations/{NGO}?lang=en").text
    assert "mentor" in page
    assert "Therapist" not in page
    assert f"{ROLE}" not in page
    assert helper.get(ROLE).status_code == 404


def test_the_administrator_hides_an_address_and_shows_it_again(keeper: Browser) -> None:
    page = keeper.get(f"/organisations/{NGO}?lang=en").text
    assert "Vej &lt;b&gt;1&lt;/b&gt;, 5000 Odense" in page
    assert "The address is secret" in page
    for name, do, command in (
        ("site", "hide", partners_pb2.RedactLocation),
        ("secret site", "show", partners_pb2.ShowLocation),
    ):
        path = f"/organisations/{NGO}/sites/{uid(name)}/{do}"
        assert f'href="{path}"' in page
        assert keeper.send(path, {}).url.path == f"/organisations/{NGO}"
        sent: Any = keeper.services.last(command)
        assert (sent.organisation, sent.location) == (NGO, uid(name))
        assert keeper.get(path.replace(NGO, HOUSING)).status_code == 404


def test_others_hide_no_address(helper: Browser) -> None:
    assert "/sites/" not in helper.get(f"/organisations/{NGO}").text
    assert helper.get(f"/organisations/{NGO}/sites/{uid('site')}/hide").status_code == 404


def test_an_agreement_is_signed_as_it_was_read(coordinator: Browser) -> None:
    path = f"/agreements/{AGREEMENT}"
    page = coordinator.get(f"{path}?lang=en").text
    assert f'href="{path}/sign"' in page
    assert f'href="{path}/begin"' not in page
    assert "Vi finder &lt;b&gt;mentorer&lt;/b&gt;." in page
    answer = coordinator.send(f"{path}/sign", {"title": "Leder"})
    assert answer.url.path == path
    command = coordinator.services.last(partners_pb2.SignAgreement)
    assert (command.agreement, command.revision, command.title) == (AGREEMENT, 1, "Leder")


def test_who_has_signed_waits_for_the_other_side(keeper: Browser) -> None:
    page = keeper.get(f"/agreements/{AGREEMENT}").text
    assert "/sign" not in page.replace("/sign-out", "")
    assert f"/agreements/{AGREEMENT}/decline" in page


def test_what_is_due_or_waits_is_marked(coordinator: Browser) -> None:
    page = coordinator.get("/agreements?lang=en").text
    assert page.count("Waits for your signature") == 1
    assert page.count('<span class="late">Review') == 1
    assert page.count('<span class="soon">Review') == 0, "in three months is not soon"


def test_who_works_with_citizens_reads_agreements_and_keeps_none(helper: Browser) -> None:
    path = f"/agreements/{AGREEMENT}"
    page = helper.get(path)
    assert page.status_code == 200
    assert f'href="{path}/' not in page.text.replace(f'href="{path}/compare"', "")
    for step in ("sign", "change", "comment"):
        assert helper.get(f"{path}/{step}").status_code == 404
    assert helper.get("/agreements/new").status_code == 404


def test_the_portal_is_open_and_follows_no_strange_link(browser: Browser) -> None:
    page = browser.get("/portal?lang=en").text
    assert "Et &lt;i&gt;lokale&lt;/i&gt;" in page
    assert 'href="https://netvaerk.example"' in page
    assert "javascript:" not in page


def test_help_is_found_with_its_reasons_and_without_a_name(coordinator: Browser) -> None:
    coordinator.get("/find-help?lang=en")
    answer = coordinator.send("/find-help", {"need": "mentor", "age": "19", "postal_code": "5000"})
    assert str(answer.url).endswith("/find-help"), "what is needed stands in no address"
    page = answer.text
    question = coordinator.services.last(partners_pb2.MatchPartners)
    assert (question.need, question.age, question.postal_code) == ("mentor", 19, "5000")
    assert "You have an agreement" in page
    assert "Nobody knows whether there is room" in page
    assert "The citizen is too old" in page


def test_from_a_case_its_category_and_the_area_are_asked_for_and_nothing_else(coordinator: Browser) -> None:
    page = coordinator.get(f"/cases/{CASE}/find-help").text
    question = coordinator.services.last(partners_pb2.MatchPartners)
    assert question == partners_pb2.MatchPartners(category="family", postal_code="5000")
    identify = coordinator.services.last(consents_pb2.Identify)
    assert (list(identify.citizens), identify.area) == ([CITIZEN], True)
    addresses = re.findall(r'href="(/citizens/[^"]*/referrals/new[^"]*)"', page)
    assert addresses
    form = coordinator.get(unescape(addresses[0])).text
    for chosen in (f'<option value="{NGO}" selected>', f'<option value="{CASE}" selected>', 'value="family" checked'):
        assert chosen in form
    assert "5000" not in addresses[0]


def test_what_is_needed_is_posted_and_the_referral_still_follows(coordinator: Browser) -> None:
    answer = coordinator.send(f"/citizens/{CITIZEN}/find-help", {"need": "mentor", "postal_code": "8000"})
    assert "mentor" not in str(answer.url)
    assert coordinator.services.last(partners_pb2.MatchPartners).postal_code == "8000"
    assert "/referrals/new?recipient=" in answer.text
    assert "mentor" not in "".join(re.findall(r'href="([^"]*)"', answer.text))


def test_who_has_nothing_to_do_with_the_citizen_finds_no_such_page(coordinator: Browser) -> None:
    assert coordinator.get(f"/citizens/{uid('nobody')}/find-help").status_code == 404


def test_nothing_is_asked_before_a_need_is_named(coordinator: Browser) -> None:
    before = len(coordinator.services.asked)
    assert coordinator.send("/find-help", {"age": "x"}).status_code == 200
    assert not any(isinstance(one, partners_pb2.MatchPartners) for one in coordinator.services.asked[before:])
