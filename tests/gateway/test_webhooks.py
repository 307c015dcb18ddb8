"""The page on which an administrator says which systems are told."""

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from tests.gateway.conftest import Browser
from tests.gateway.world import uid


@pytest.fixture
def keeper(browser: Browser) -> Browser:
    browser.sign_in("p-keeper")
    return browser


def test_an_address_is_added_and_its_secret_is_shown(keeper: Browser) -> None:
    answer = keeper.send("/webhooks/new", {"url": "https://a.example/in"})
    assert keeper.services.last(referrals.RegisterWebhook).url == "https://a.example/in"
    assert "whsec_c2VjcmV0" in answer.text
    assert "Adressen findes ikke mere" in answer.text


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("rotate", referrals.RotateWebhookSecret),
        ("pause", referrals.PauseWebhook),
        ("resume", referrals.ResumeWebhook),
        ("end", referrals.EndWebhook),
    ],
)
def test_an_address_is_changed_after_a_question(path: str, command: type, keeper: Browser) -> None:
    keeper.send(f"/webhooks/{uid('webhook')}/{path}", {})
    assert keeper.services.last(command).webhook == uid("webhook")


def test_what_was_sent_is_shown_with_each_attempt_and_sent_again(keeper: Browser) -> None:
    page = keeper.get(f"/webhooks/{uid('webhook')}").text
    for said in ("Bliver prøvet igen", "Næste forsøg", "Svar 503", "ligger i vores eget netværk"):
        assert said in page
    keeper.send(f"/webhooks/{uid('webhook')}/deliveries/{uid('delivery')}", {})
    resent = keeper.services.last(referrals.ResendDelivery)
    assert (resent.webhook, resent.delivery) == (uid("webhook"), uid("delivery"))
    assert "whsec_" not in page


def test_another_organisation_s_address_has_no_page(keeper: Browser) -> None:
    assert keeper.get(f"/webhooks/{uid('theirs')}").status_code == 404


def test_nobody_else_finds_the_page(helper: Browser) -> None:
    for path in ("/webhooks", f"/webhooks/{uid('webhook')}"):
        assert helper.get(path).status_code == 404
