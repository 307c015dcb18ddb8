"""Reply links: what one is good for, and every way to its end."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given as all_of
from hypothesis import strategies
from samspor.referrals.v1 import referrals_pb2 as referrals

from deploy.local.keys import make_token_keys
from libs.eventlog import Event
from libs.spec.scenario import NOW, given
from services.referrals.errors import LinkOver, LinksTooMany, LinkUnknown, StepNotByLink
from services.referrals.events import (
    ContactReported,
    ReferralAccepted,
    ReferralCancelled,
    ReferralHeld,
    ReferralRejected,
    ReplyCodeRefused,
    ReplyLinkAsked,
    ReplyLinkSent,
    ReplyLinksRevoked,
    ReplyLinkUsed,
)
from services.referrals.link import MOST, TRIES, AskLink, ByLink, SendLink, WrongCode, readable, status
from services.referrals.referral import REFERRAL
from services.referrals.token import Tokens, digest_of
from tests.referrals.test_referral import ABOUT, ACCEPTED, DRAFTED, ID, REQUESTED

LINK: Final = "01890a5d-ac96-774b-bcce-b302099a9101"
REPORT: Final = "01890a5d-ac96-774b-bcce-b302099a9102"
UNTIL: Final = NOW + timedelta(days=4)
SENT: Final = ReplyLinkSent(**ABOUT, link=LINK, kind="answer", digest="d", until=UNTIL)
REPORTING: Final = ReplyLinkSent(**ABOUT, link=REPORT, kind="report", digest="e", until=NOW + timedelta(days=14))
WRONG: Final = ReplyCodeRefused(**ABOUT, link=REPORT)
YES: Final = referrals.AcceptReferral(referral=ID)
NO: Final = referrals.RejectReferral(referral=ID, reason="no_capacity")
MET: Final = referrals.ReportContact(referral=ID, category="family", text="Met")
DONE: Final = referrals.CompleteReferral(referral=ID, outcome="goal_reached")
WAITING: Final = (DRAFTED, REQUESTED, SENT)
UNDER_WAY: Final = (*WAITING, ReplyLinkUsed(**ABOUT, link=LINK), ACCEPTED, REPORTING)


def keys_of(folder: Path) -> Path:
    make_token_keys(folder, ["referrals"])
    return folder / "private"


def by(step: Any, link: str = LINK, *, code: bool = False) -> ByLink:
    return ByLink(link, step, code)


def test_an_answer_and_the_use_of_its_link_are_one() -> None:
    asked = given(REFERRAL, *WAITING)
    asked.when(by(YES)).then(ReplyLinkUsed(**ABOUT, link=LINK), ReferralAccepted(**ABOUT))
    asked.when(by(NO)).then(ReplyLinkUsed(**ABOUT, link=LINK), ReferralRejected(**ABOUT, reason="no_capacity"))


@pytest.mark.parametrize(
    ("after", "why"),
    [
        ((ReplyLinkUsed(**ABOUT, link=LINK), ACCEPTED), "used"),
        ((ReplyLinksRevoked(**ABOUT),), "revoked"),
        ((ACCEPTED,), "revoked"),
        ((ReferralRejected(**ABOUT, reason="other"),), "revoked"),
        ((ReferralCancelled(**ABOUT, reason="recalled"),), "revoked"),
        ((ReferralCancelled(**ABOUT, reason="consent_withdrawn"),), "revoked"),
    ],
)
def test_a_link_is_over_whichever_way_it_ended(after: tuple[Event, ...], why: str) -> None:
    for step in (YES, NO):
        given(REFERRAL, *WAITING, *after).when(by(step)).refused(LinkOver, status=why)


def test_a_link_is_over_at_its_deadline_to_the_second() -> None:
    asked = given(REFERRAL, *WAITING)
    asked.when(by(YES), now=UNTIL - timedelta(seconds=1))
    asked.when(by(YES), now=UNTIL).refused(LinkOver, status="expired")


def test_links_of_others_are_unknown() -> None:
    given(REFERRAL, *WAITING).when(by(YES, REPORT)).refused(LinkUnknown)


@pytest.mark.parametrize("step", [MET, DONE])
def test_an_answer_link_takes_answers_only(step: Any) -> None:
    given(REFERRAL, *WAITING).when(by(step, code=True)).refused(StepNotByLink)


def test_reports_need_the_code_and_the_last_one_uses_the_link_up() -> None:
    running = given(REFERRAL, *UNDER_WAY)
    running.when(by(MET, REPORT)).refused(StepNotByLink)
    running.when(by(MET, REPORT, code=True)).then(ContactReported(**ABOUT | {"category": "family"}, text="Met"))
    first, _ = running.when(by(DONE, REPORT, code=True)).events
    assert first == ReplyLinkUsed(**ABOUT, link=REPORT)
    running.when(by(YES, REPORT, code=True)).refused(StepNotByLink)


def test_the_fifth_wrong_code_locks() -> None:
    for tried in range(TRIES):
        given(REFERRAL, *UNDER_WAY, *[WRONG] * tried).when(WrongCode(REPORT)).then(WRONG)
    locked = given(REFERRAL, *UNDER_WAY, *[WRONG] * TRIES)
    locked.when(WrongCode(REPORT)).refused(LinkOver, status="locked")
    locked.when(by(MET, REPORT, code=True)).refused(LinkOver, status="locked")
    assert not readable(locked.state, locked.state.links[-1], NOW)


def test_details_are_for_after_a_yes() -> None:
    held = ReferralHeld(**ABOUT, reason="citizen_ill")
    cases: list[tuple[tuple[Event, ...], datetime, bool]] = [
        (WAITING, NOW, False),
        ((*WAITING, ReplyLinkUsed(**ABOUT, link=LINK), ACCEPTED), NOW, True),
        ((*WAITING, ReplyLinkUsed(**ABOUT, link=LINK), ACCEPTED), UNTIL, False),
        ((*WAITING, ReplyLinkUsed(**ABOUT, link=LINK), ACCEPTED, held), NOW, True),
        ((*WAITING, ReplyLinkUsed(**ABOUT, link=LINK), ReferralRejected(**ABOUT, reason="other")), NOW, False),
        ((*WAITING, ReplyLinkUsed(**ABOUT, link=LINK), ACCEPTED, ReplyLinksRevoked(**ABOUT)), NOW, False),
    ]
    for history, at, expected in cases:
        referral = given(REFERRAL, *history).state
        assert readable(referral, referral.links[0], at) is expected, history


def test_the_same_link_is_written_down_once() -> None:
    command = SendLink(LINK, "answer", "d", UNTIL)
    given(REFERRAL, DRAFTED, REQUESTED).when(command).then(SENT)
    given(REFERRAL, *WAITING).when(command).then()
    given(REFERRAL, DRAFTED, REQUESTED, ACCEPTED).when(command).refused(LinkOver)


def test_a_new_link_is_asked_for_by_who_holds_an_old_one() -> None:
    given(REFERRAL, *WAITING).when(AskLink(LINK), now=UNTIL).then(ReplyLinkAsked(**ABOUT, kind="answer"))
    given(REFERRAL, *UNDER_WAY).when(AskLink(REPORT)).then(ReplyLinkAsked(**ABOUT, kind="report"))
    given(REFERRAL, *WAITING, ReplyLinksRevoked(**ABOUT)).when(AskLink(LINK)).refused(LinkOver, status="revoked")
    given(REFERRAL, DRAFTED, REQUESTED, *[SENT] * MOST).when(AskLink(LINK)).refused(LinksTooMany)


def test_what_is_revoked_stays_so() -> None:
    command = referrals.RevokeReplyLinks(referral=ID)
    given(REFERRAL, *UNDER_WAY).when(command).then(ReplyLinksRevoked(**ABOUT))
    given(REFERRAL, *UNDER_WAY, ReplyLinksRevoked(**ABOUT)).when(command).then()


@all_of(strategies.lists(strategies.sampled_from(["yes", "no", "met", "done", "wrong", "ask", "revoke", "later"])))
def test_no_order_of_tries_uses_a_link_twice(tries: list[str]) -> None:
    """A link is used at most once, and a link that is over never opens again."""
    commands: dict[str, Any] = {
        "yes": by(YES),
        "no": by(NO),
        "met": by(MET, REPORT, code=True),
        "done": by(DONE, REPORT, code=True),
        "wrong": WrongCode(REPORT),
        "ask": AskLink(LINK),
        "revoke": referrals.RevokeReplyLinks(referral=ID),
    }
    history: tuple[Event, ...] = WAITING
    now, over = NOW, set[str]()
    for each in tries:
        if each == "later":
            now += timedelta(days=3)
        else:
            outcome = given(REFERRAL, *history).when(commands[each], now=now)
            history += outcome.events
            if any(isinstance(event, ReferralAccepted) for event in outcome.events):
                history += (REPORTING,)
        state = given(REFERRAL, *history).state
        open_now = {link.id for link in state.links if status(state, link, now) == "open"}
        assert not open_now & over
        over |= {link.id for link in state.links} - open_now
    for link in (LINK, REPORT):
        assert sum(isinstance(event, ReplyLinkUsed) and event.link == link for event in history) <= 1


def test_a_token_is_256_bits_that_only_the_key_gives(tmp_path: Path) -> None:
    first, second = Tokens(keys_of(tmp_path / "a")), Tokens(keys_of(tmp_path / "b"))
    assert first.of(LINK) == first.of(LINK) != first.of(REPORT)
    assert first.of(LINK) != second.of(LINK)
    assert len(first.of(LINK)) == 43
    assert first.of(LINK) not in digest_of(first.of(LINK))
