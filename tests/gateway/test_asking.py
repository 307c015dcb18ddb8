"""A citizen finds a service, sees what asking it means, asks, and follows what becomes of it."""

import re
from typing import Any, Final

import pytest
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2

from libs.eventlog import Kind
from libs.host.errors import Refused
from tests.gateway.conftest import Browser
from tests.gateway.rooms_in_memory import SERVICE
from tests.gateway.services_in_memory import InMemory
from tests.gateway.world import CITIZEN, CONSENT, FAMILY, NGO, ORGANISATIONS, REFERRAL, stamp

ASK: Final = f"/organisations/{NGO}/services/{SERVICE}/help"
FILLED: Final[dict[str, Any]] = {
    "reason": "Jeg mangler et sted at bo.",
    "categories": ["housing"],
    "purpose": "mentoring",
    "period.until": "2099-01-31",
}


@pytest.fixture
def citizen(browser: Browser) -> Browser:
    browser.sign_in(CITIZEN)
    browser.services.referral = {
        "self_referral": True,
        "service": SERVICE,
        "bases": [CONSENT],
        "status": "requested",
        "acknowledge_by": stamp(-1),
    }
    return browser


def text_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_the_way_from_finding_help_to_asking(citizen: Browser) -> None:
    assert 'href="/find-help"' in citizen.get(f"/citizens/{CITIZEN}").text
    assert ASK in citizen.send("/find-help", {"need": "mentor"}).text
    assert ASK in citizen.get(f"/organisations/{NGO}").text


def test_what_a_yes_means_stands_beside_the_button(citizen: Browser) -> None:
    page = text_of(citizen.get(f"{ASK}?lang=en").text)
    for said in (
        f"Who is told {ORGANISATIONS[NGO][0]}",
        "What they are told Your name, and what you write here.",
        "What may they use it for?",
        "To and with",
        "You can take your yes back on any day.",
        "3 free of 5",
        "Yes, ask for help",
    ):
        assert said in page


def test_asking_is_one_command_in_the_citizens_name(citizen: Browser) -> None:
    answer = citizen.send(ASK, FILLED)
    assert str(answer.url).endswith("/my-help")
    command = citizen.services.last(referrals_pb2.RequestHelp)
    assert (command.citizen, command.recipient, command.service) == (CITIZEN, NGO, SERVICE)
    said = (command.reason, list(command.categories), command.purpose)
    assert said == (FILLED["reason"], FILLED["categories"], FILLED["purpose"])
    assert command.period.until.seconds
    assert command.notice_version


@pytest.mark.parametrize("reason", ["HELP_ASKED_ALREADY", "SELF_REFERRAL_CLOSED", "RECIPIENT_BLOCKED"])
def test_a_no_keeps_what_was_written(citizen: Browser, reason: str) -> None:
    citizen.services.refuse["RequestHelp"] = Refused(Kind.CONFLICT, reason, "")
    answer = citizen.send(ASK, FILLED)
    assert answer.status_code >= 400
    assert FILLED["reason"] in answer.text
    assert reason not in answer.text


def test_an_empty_form_asks_nobody(citizen: Browser) -> None:
    assert citizen.send(ASK, {"reason": "", "period.until": ""}).status_code == 422
    assert not [one for one in citizen.services.asked if isinstance(one, referrals_pb2.RequestHelp)]


@pytest.mark.parametrize(
    "terms",
    [
        {"status": "inactive"},
        {"status": "active", "eligibility": partners_pb2.Eligibility(situations=["referred_by_authority"])},
    ],
)
def test_a_service_that_takes_nobody_by_themselves_is_not_offered(
    citizen: Browser, terms: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = partners_pb2.Service(id=SERVICE, organisation=NGO, name="Mentor", **terms)
    listed = partners_pb2.ServiceList(services=[one], total=1)
    monkeypatch.setattr(InMemory, "_search_services", lambda *_: listed)
    assert ASK not in citizen.get(f"/organisations/{NGO}").text
    assert citizen.get(ASK).status_code == 404


def test_the_list_leads_back(citizen: Browser) -> None:
    assert f"/citizens/{CITIZEN}/consents/{CONSENT}/withdraw" in citizen.get("/my-help").text
    assert citizen.send(f"/referrals/{REFERRAL}/recall", {}).status_code == 200
    command = citizen.services.last(referrals_pb2.CancelReferral)
    assert (command.referral, command.reason) == (REFERRAL, "recalled")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({}, "They have got it. They say so in a few days."),
        ({"escalated": True}, "They have not answered in time."),
        ({"status": "received", "business_status": "waitlisted", "wait_position": 2}, "You are number 2 on the list."),
        ({"status": "received", "business_status": "offered"}, "There is a place for you."),
        ({"status": "accepted"}, "They said yes."),
        ({"status": "on-hold", "reason": "consent_withdrawn"}, "You took back your consent"),
        ({"status": "rejected", "reason": "no_capacity"}, "They said no. You can ask somewhere else. No capacity."),
        ({"status": "completed", "outcome": "goal_reached"}, "The help is over."),
    ],
)
def test_each_state_in_plain_words(citizen: Browser, state: dict[str, Any], said: str) -> None:
    citizen.services.referral |= state
    assert said in text_of(citizen.get("/my-help?lang=en").text)


def test_who_has_asked_for_nothing_is_led_to_find_help(citizen: Browser) -> None:
    citizen.services.referral["sender"] = NGO
    assert "You have not asked for help here yet." in citizen.get("/my-help?lang=en").text


@pytest.mark.parametrize("path", [ASK, "/my-help", f"/referrals/{REFERRAL}/recall"])
def test_these_pages_are_for_citizens(coordinator: Browser, path: str) -> None:
    assert coordinator.get(path).status_code == 404


def test_the_recipient_sees_that_the_citizen_asked(helper: Browser) -> None:
    helper.services.referral = {"self_referral": True}
    for path in ("/referrals?box=inbox&lang=en", f"/referrals/{REFERRAL}?lang=en"):
        page = helper.get(path).text
        assert "The citizen themselves" in page
        assert ORGANISATIONS[FAMILY][0] not in page
