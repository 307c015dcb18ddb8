"""The pages of referrals: making one, and what either side does with it."""

import re
from html import unescape
from typing import Any

import pytest
from samspor.referrals.v1 import referrals_pb2

from libs.eventlog import Kind
from libs.host.errors import Refused
from tests.gateway.conftest import Browser
from tests.gateway.world import ACTION, CANDIDACY, CASE, CITIZEN, JOBS, NGO, REFERRAL

TIMELINE = f"/citizens/{CITIZEN}"


def test_a_referral_without_a_basis_stays_a_draft_and_asks_for_consent(coordinator: Browser) -> None:
    coordinator.services.refuse["RequestReferral"] = Refused(Kind.CONFLICT, "BASIS_MISSING", "", {"missing": "economy"})
    coordinator.services.statuses[REFERRAL] = "draft"
    fields = {"recipient": NGO, "purpose": "mentoring", "categories": ["economy"], "reason": "Gæld."}
    answer = coordinator.send(f"{TIMELINE}/referrals/new?lang=en", fields)
    assert answer.status_code == 422
    assert "Ask for consent" in answer.text
    assert "categories=economy" in answer.text
    assert coordinator.services.last(referrals_pb2.DraftReferral).reason == "Gæld."


@pytest.mark.parametrize(
    ("step", "fields", "kind"),
    [
        ("accept", {"note": "Ja tak"}, referrals_pb2.AcceptReferral),
        ("reject", {"reason": "no_capacity"}, referrals_pb2.RejectReferral),
        ("start", {}, referrals_pb2.StartReferral),
        ("contact", {"text": "Gåtur", "category": "contact"}, referrals_pb2.ReportContact),
        ("complete", {"outcome": "goal_reached", "goal": "yes", "next": "nothing"}, referrals_pb2.CompleteReferral),
    ],
)
def test_the_partner_answers_a_referral(helper: Browser, step: str, fields: dict[str, str], kind: Any) -> None:
    answer = helper.send(f"/referrals/{REFERRAL}/{step}", fields)
    assert answer.status_code == 200
    command = helper.services.last(kind)
    assert command.referral == REFERRAL
    assert all(getattr(command, name) == value for name, value in fields.items())


@pytest.mark.parametrize("who", ["coordinator", "helper"])
def test_either_side_closes_the_reply_links(who: str, request: pytest.FixtureRequest) -> None:
    browser: Browser = request.getfixturevalue(who)
    assert f"/referrals/{REFERRAL}/revoke" in browser.get(f"/referrals/{REFERRAL}").text
    assert browser.send(f"/referrals/{REFERRAL}/revoke", {}).status_code == 200
    assert browser.services.last(referrals_pb2.RevokeReplyLinks).referral == REFERRAL


def test_a_referral_made_from_an_action_names_it(coordinator: Browser) -> None:
    link = re.search(rf'href="({TIMELINE}/referrals/new\?[^"]+)"', coordinator.get(f"/cases/{CASE}").text)
    assert link
    page = coordinator.get(unescape(link[1])).text
    posted = re.search(rf'action="({TIMELINE}/referrals/new\?[^"]+)"', page)
    assert posted
    fields = {"recipient": NGO, "case": CASE, "purpose": "mentoring", "categories": ["family"], "reason": "Mentor."}
    coordinator.send(unescape(posted[1]), fields, page)
    draft = coordinator.services.last(referrals_pb2.DraftReferral)
    assert (draft.case, draft.action) == (CASE, ACTION)


def test_several_are_asked_at_once(coordinator: Browser) -> None:
    several = f"{TIMELINE}/referrals/new?several=1"
    assert several in coordinator.get(f"{TIMELINE}/referrals").text
    fields = {"candidates": [NGO, JOBS], "purpose": "mentoring", "categories": ["family"], "reason": "Mentor."}
    assert coordinator.send(several, fields).status_code == 200
    draft = coordinator.services.last(referrals_pb2.DraftReferral)
    assert (draft.recipient, list(draft.candidates)) == ("", [NGO, JOBS])


def test_a_task_is_taken_or_declined_from_the_inbox(helper: Browser) -> None:
    inbox = helper.get("/referrals?box=inbox&lang=en").text
    assert "Another organisation has taken this task." in inbox
    steps: tuple[tuple[str, dict[str, str], Any], ...] = (
        ("claim", {}, referrals_pb2.ClaimReferral),
        ("decline", {"reason": "no_capacity"}, referrals_pb2.DeclineReferral),
    )
    for step, fields, kind in steps:
        page = f"/referrals/{CANDIDACY}/{step}"
        assert page in inbox
        assert "Housing" in helper.get(f"{page}?lang=en").text
        assert helper.send(page, fields).status_code == 200
        assert helper.services.last(kind).referral == CANDIDACY


def test_who_is_not_asked_finds_nothing_to_take(coordinator: Browser) -> None:
    assert CANDIDACY not in coordinator.get("/referrals?box=inbox").text
    assert coordinator.get(f"/referrals/{CANDIDACY}/claim").status_code == 404


def test_the_sender_sees_who_said_no_and_why(coordinator: Browser) -> None:
    coordinator.services.referral = {
        "recipient": "",
        "candidates": [NGO, JOBS],
        "declined": [referrals_pb2.DeclinedBy(candidate=JOBS, reason="no_capacity")],
    }
    page = " ".join(re.sub("<[^>]+>", " ", coordinator.get(f"/referrals/{REFERRAL}?lang=en").text).split())
    assert "Said no Jobcentret: No capacity" in page
