"""The board: what is to be done next is seen at a glance, with the days that are left."""

import re

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from tests.gateway.conftest import Browser
from tests.gateway.world import NAME, REFERRAL, stamp, uid


def column(page: str, stage: str) -> str:
    found = re.search(rf'<details class="column" id="{stage}".*?</details>', page, re.DOTALL)
    assert found
    return found.group()


def test_a_referral_stands_in_one_column(helper: Browser) -> None:
    helper.services.referral = {"working_days_left": 2, "priority": "urgent"}
    page = helper.get("/board?lang=en").text
    assert page.count(f'href="/referrals/{REFERRAL}"') == 1
    awaited = column(page, "awaited")
    assert NAME in awaited
    assert "2 working days left" in awaited
    assert "Urgent" in awaited
    assert "Nadia Netværk" in awaited, "who works with it"
    assert 'id="draft"' not in page, "nobody receives a draft"
    assert "There are none." in column(page, "over")


@pytest.mark.parametrize(
    ("days", "words"),
    [(-3, "3 working days too late"), (-1, "1 working day too late"), (0, "Too late since today")],
)
def test_what_is_overdue_is_red(helper: Browser, days: int, words: str) -> None:
    helper.services.referral = {"working_days_left": days, "reply_by": stamp(0.01)}
    awaited = column(helper.get("/board?lang=en").text, "awaited")
    assert f'<p class="late">{words}' in awaited


def test_the_last_day_is_not_red(helper: Browser) -> None:
    helper.services.referral = {"working_days_left": 0, "reply_by": stamp(-0.2)}
    assert '<p class="soon">The last day is today' in column(helper.get("/board?lang=en").text, "awaited")


def test_the_sender_sees_who_takes_care_when_nobody_answers(coordinator: Browser) -> None:
    coordinator.services.referral = {"escalated": True, "escalate_to": "Visitation <b>"}
    page = coordinator.get("/board?box=outbox&lang=en").text
    assert "Nobody answered. Visitation &lt;b&gt; takes care of it." in column(page, "awaited")


def test_the_place_on_the_wait_list_is_shown(helper: Browser) -> None:
    helper.services.referral = {"status": "received", "business_status": "waitlisted", "wait_position": 4}
    page = helper.get("/board?lang=en").text
    assert "number 4" in column(page, "waitlisted")
    assert NAME not in column(page, "awaited")


def test_each_column_is_paged_on_its_own(helper: Browser) -> None:
    page = helper.get("/board?under_way=tok&service=&lang=en").text
    assert re.search(r'rel="next" href="/board\?[^"]*under_way=tok[^"]*awaited=x[^"]*#awaited"', page)
    asked = {
        one.stage: one.page.token
        for one in helper.services.asked
        if isinstance(one, referrals.ListReferrals) and one.stage
    }
    assert asked == {"awaited": "", "waitlisted": "", "under_way": "tok", "on_hold": "", "over": ""}


def test_filters_are_asked_for_and_an_empty_board_says_why(helper: Browser) -> None:
    service = uid("service")
    page = helper.get(f"/board?service={service}&colleague=p-ngo&lang=en").text
    asked = helper.services.last(referrals.ListReferrals)
    assert (asked.service, asked.colleague) == (service, "p-ngo")
    assert "No referral fits what you chose to see." in page
    assert 'href="/board?box=inbox">Show all' in page
    assert re.search(r'value="p-ngo" selected', page)


def test_a_board_without_anything_says_what_to_do(coordinator: Browser) -> None:
    assert "Nobody has sent you a referral yet." in coordinator.get("/board?lang=en").text
    coordinator.services.referral = {"sender": uid("housing")}
    page = coordinator.get("/board?box=outbox&lang=en").text
    assert "You have sent no referral yet." in page


def test_who_works_with_no_citizens_has_no_board(browser: Browser) -> None:
    browser.sign_in("p-keeper")
    assert browser.get("/board").status_code == 404


def test_what_nobody_answered_is_on_the_first_page_and_on_its_own(coordinator: Browser) -> None:
    coordinator.services.referral = {"escalated": True, "escalate_to": "Visitation"}
    for path in ("/", f"/referrals/{REFERRAL}"):
        assert "Nobody answered. Visitation takes care of it." in coordinator.get(f"{path}?lang=en").text
