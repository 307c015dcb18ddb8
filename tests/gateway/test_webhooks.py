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
    ("path", "command"), [("rotate", referrals.RotateWebhookSecret), ("end", referrals.EndWebhook)]
)
def test_an_address_is_changed_after_a_question(path: str, command: type, keeper: Browser) -> None:
    keeper.send(f"/webhooks/{uid('webhook')}/{path}", {})
    assert keeper.services.last(command).webhook == uid("webhook")


def test_nobody_else_finds_the_page(helper: Browser) -> None:
    assert helper.get("/webhooks").status_code == 404
