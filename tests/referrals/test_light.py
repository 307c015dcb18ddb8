"""Light replies against real services: what a link opens, what it does not, and what is never in a mail."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals
from samspor.timeline.v1 import timeline_pb2 as timeline

from libs.host.errors import Refused
from services.gateway.fhir.task import task_of
from tests.referrals.mentoring import NEEDED
from tests.referrals.replies import CODE, HOLDER, OTHERS, Caught, Replies, acting, token_in
from tests.rpc.office import MARIA, MENTOR, NGO, STRANGER, Office

GUESSES: Final = 30


@pytest.fixture
def replies(office: Office) -> Replies:
    return Replies(office)


def refusal(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*arguments, **named)
    return refused.value.reason


def yes(referral: str) -> dict[str, Any]:
    return {"accept": referrals.AcceptReferral(referral=referral)}


def met(referral: str) -> dict[str, Any]:
    return {"contact": referrals.ReportContact(referral=referral, category="family", text="Met")}


def done(referral: str) -> dict[str, Any]:
    return {"complete": referrals.CompleteReferral(referral=referral, outcome="goal_reached")}


def test_the_loop_is_closed_without_an_account(replies: Replies) -> None:
    referral, token = replies.asked()
    link = replies.link(token)
    assert (link.kind, link.status, link.referral_status, link.readable) == ("answer", "open", "requested", False)

    replies.act(token, **yes(referral))
    assert replies.referral(referral).status == "accepted"
    assert (replies.link(token).status, replies.link(token).readable) == ("used", True)
    shown = replies.read_by_link(token)
    assert shown.name.startswith("Name ")
    assert shown.reason == "A mentor"

    report = replies.token()
    assert replies.link(report).kind == "report"
    replies.act(report, CODE, **met(referral))
    replies.act(report, CODE, **met(referral))
    replies.act(report, CODE, **done(referral))
    after = replies.referral(referral)
    assert (after.status, after.outcome, after.contacts) == ("completed", "goal_reached", 2)
    assert replies.link(report).status == "used"
    assert not replies.link(token).readable, "it is over: nobody reads on"


def test_a_reading_is_on_record_in_the_name_of_the_organisation(replies: Replies) -> None:
    _, token = replies.under_way()
    before = replies.office.recorded()["consents"]
    replies.read_by_link(token)
    assert replies.office.recorded()["consents"] > before
    looked = replies.office.ask(consents.ListAccess(citizen=replies.citizen), consents.AccessList, MARIA)
    assert NGO in {each.organisation for each in looked.accesses}


def test_looking_changes_nothing(replies: Replies) -> None:
    _, token = replies.asked()
    before = replies.office.recorded()
    for _ in range(20):
        assert replies.link(token).status == "open"
    assert replies.office.recorded() == before


def test_an_answer_is_given_once(replies: Replies) -> None:
    referral, token = replies.asked()
    command = acting(token, **yes(referral))
    first = replies.office.send(command, HOLDER, command_id := "0189cccc-0000-7000-8000-" + referral[-12:])
    assert replies.office.send(command, HOLDER, command_id) == first, "sent again by a browser that lost the answer"
    assert refusal(replies.act, token, **yes(referral)) == "LINK_OVER"
    no = referrals.RejectReferral(referral=referral, reason="other")
    assert refusal(replies.act, token, reject=no) == "LINK_OVER"


def test_of_many_at_once_one_answers(replies: Replies) -> None:
    referral, token = replies.asked()

    def attempt(_: int) -> str:
        try:
            return replies.act(token, **yes(referral)).id
        except Refused as refused:
            return refused.reason

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    assert sorted(outcomes) == sorted([referral, *["LINK_OVER"] * 7])
    assert replies.history(referral).count("ReferralAccepted") == 1


@pytest.mark.parametrize("way", ["recalled", "answered", "withdrawn", "revoked"])
def test_a_link_is_over_when_its_referral_is(replies: Replies, way: str) -> None:
    referral, token = replies.asked()
    office = replies.office
    if way == "recalled":
        office.send(referrals.CancelReferral(referral=referral, reason="sent_by_mistake"), MARIA)
    elif way == "answered":
        office.send(referrals.RejectReferral(referral=referral, reason="no_capacity"), MENTOR)
    elif way == "withdrawn":
        listed = office.ask(consents.ListBases(citizen=replies.citizen), consents.BasisList, MARIA)
        replies.withdraw(next(each.id for each in listed.bases if each.organisation == NGO))
        office.catch_up()
    else:
        office.send(referrals.RevokeReplyLinks(referral=referral), MARIA)
    assert replies.link(token).status == "revoked"
    assert refusal(replies.act, token, **yes(referral)) == "LINK_OVER"
    assert refusal(replies.read_by_link, token) == "LINK_OVER"
    if way != "revoked":
        assert replies.deliver().mails == [], "nothing more is sent"


def test_nothing_is_told_before_a_yes_nor_for_a_wrong_code(replies: Replies) -> None:
    referral, token = replies.asked()
    assert refusal(replies.read_by_link, token) == "LINK_OVER"
    replies.act(token, **yes(referral))
    before = replies.office.recorded()["consents"]
    for code in (OTHERS, "nordby 4", " "):
        assert refusal(replies.read_by_link, token, code) in ("CODE_WRONG", "REQUEST_INVALID")
    assert replies.office.recorded()["consents"] == before


def test_five_wrong_codes_lock_the_link_and_a_new_one_is_sent_to_its_owner(replies: Replies) -> None:
    referral, token = replies.under_way()
    replies.act(token, CODE, **met(referral))
    for _ in range(5):
        assert refusal(replies.act, token, OTHERS, **met(referral)) == "CODE_WRONG"
    assert refusal(replies.act, token, CODE, **met(referral)) == "LINK_OVER"
    assert refusal(replies.read_by_link, token) == "LINK_OVER"
    assert replies.link(token).status == "locked"

    replies.office.send(referrals.RenewReplyLink(token=token), HOLDER)
    fresh = replies.token()
    assert fresh != token
    replies.act(fresh, CODE, **met(referral))


def test_codes_that_are_tried_at_once_are_counted_before_they_are_told(replies: Replies) -> None:
    _, token = replies.under_way()

    replies.office.catch_up()

    def attempt(number: int) -> str:
        guess = referrals.OpenByLink(token=token, code=f"guess {number}")
        return refusal(replies.office.ask, guess, referrals.OpenedByLink, HOLDER)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(GUESSES)))
    assert outcomes.count("CODE_WRONG") <= 5
    assert set(outcomes) <= {"CODE_WRONG", "CODE_BUSY", "LINK_OVER"}


def test_a_link_is_good_for_its_own_referral_only(replies: Replies) -> None:
    _, token = replies.asked()
    other = replies.requested()
    assert refusal(replies.act, token, **yes(other)) == "STEP_NOT_BY_LINK"
    assert replies.referral(other).status == "requested"


def test_made_up_tokens_are_unknown(replies: Replies) -> None:
    for token in ("A" * 43, "", "x", "é" * 43):
        assert refusal(replies.link, token) in ("LINK_UNKNOWN", "REQUEST_INVALID")


def test_the_role_of_a_link_is_good_for_nothing_else(replies: Replies) -> None:
    referral, _ = replies.asked()
    holder = HOLDER._replace(organisation=NGO)
    questions: list[tuple[Any, Any]] = [
        (referrals.GetReferral(referral=referral), referrals.Referral),
        (referrals.ListReferrals(box="inbox"), referrals.ReferralList),
        (timeline.GetTimeline(citizen=replies.citizen, purpose="mentoring"), timeline.Timeline),
        (consents.ListBases(citizen=replies.citizen), consents.BasisList),
    ]
    for question, answer in questions:
        assert refusal(replies.office.ask, question, answer, holder) in ("ROLE_MISSING", "CITIZEN_UNKNOWN")
    command = referrals.AcceptReferral(referral=referral)
    assert refusal(replies.office.send, command, holder) == "ROLE_MISSING"
    assert refusal(replies.office.send, referrals.RevokeReplyLinks(referral=referral), STRANGER) == "REFERRAL_UNKNOWN"


def test_what_is_sent_again_is_the_same_link(replies: Replies) -> None:
    """As after a crash between the sending and the record of it."""
    referral = replies.requested()
    lost = Caught(failing=1)
    replies.deliver(lost)
    rows = "UPDATE reply_links SET next_try = now() WHERE referral = %(referral)s RETURNING sent"
    assert replies.office.rows("referrals", rows, {"referral": referral}) == [(None,)]
    replies.deliver(lost)
    first, second = lost.mails
    assert first == second
    assert replies.history(referral).count("ReplyLinkSent") == 1
    assert replies.deliver().mails == []
    replies.act(token_in(second), **yes(referral))


def test_nothing_personal_is_sent_or_kept(replies: Replies) -> None:
    """A mail is a postcard; and whoever reads our tables and our log cannot make a link of what stands there."""
    referral = replies.requested()
    post = replies.deliver()
    token = token_in(post.mails[-1])
    words = (replies.citizen, referral, "A mentor", "Name", *NEEDED, "mentoring", MARIA.name, MARIA.organisation)
    for text in (text for mail in post.mails for text in mail):
        assert [word for word in words if word.lower() in text.lower()] == []
    kept = replies.office.rows("referrals", "SELECT convert_from(body, 'UTF8') FROM events")
    kept += replies.office.rows("referrals", "SELECT l::text FROM reply_links l")
    assert kept
    assert not [row for (row,) in kept if token in row]


def test_the_sender_s_program_sees_the_task_change(replies: Replies) -> None:
    """The guide's light workflow: the recipient has no system, and answers by link."""
    referral, token = replies.under_way()
    assert task_of(replies.referral(referral)).status == "accepted"
    replies.act(token, CODE, **done(referral))
    task = task_of(replies.referral(referral))
    assert (task.status, task.output[0].value_codeable_concept.coding[0].code) == ("completed", "goal_reached")  # type: ignore[union-attr]
