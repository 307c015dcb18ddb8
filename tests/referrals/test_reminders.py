"""Who has no account is reminded by mail, with a link of its own, until there is an answer."""

from datetime import UTC, datetime, timedelta

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.times import timestamp
from tests.referrals.replies import Replies, Sent, token_in
from tests.rpc.office import MARIA, Office

SOON, LATER = timedelta(days=8), timedelta(days=12)
"""After the acknowledgement's deadline, and before that of the answer."""


@pytest.fixture
def replies(office: Office) -> Replies:
    return Replies(office)


def asked(replies: Replies) -> tuple[str, str]:
    """Far enough ahead that the reminders' links are good by the machine's clock."""
    now, referral = datetime.now(UTC), replies.drafted()
    request = referrals.RequestReferral(referral=referral)
    request.acknowledge_by.CopyFrom(timestamp(now + SOON - timedelta(days=1)))
    request.reply_by.CopyFrom(timestamp(now + LATER))
    replies.office.send(request, MARIA)
    return referral, replies.token()


def remind(replies: Replies, referral: str, at: timedelta = SOON) -> list[Sent]:
    """Mails about this referral that are sent then."""
    replies.office.catch_up()
    replies.office.alarms("referrals", datetime.now(UTC) + at).look()
    found = replies.deliver().mails
    query = "SELECT link::text FROM reply_links WHERE referral = %(id)s"
    own = {link for (link,) in replies.office.rows("referrals", query, {"id": referral})}
    return [mail for mail in found if mail.message in own]


def test_each_reminder_is_one_mail_that_names_nobody(replies: Replies) -> None:
    referral, first = asked(replies)
    mails = remind(replies, referral)
    assert [mail.subject for mail in mails] == ["Samspor: please answer"] * 2, "a day before, and at the deadline"
    tokens = {token_in(mail) for mail in mails}
    assert len(tokens) == 2
    assert first not in tokens
    for mail in mails:
        assert not any(word in mail.text for word in (replies.citizen, "Name", "mentor", "Mentors", "family"))
    assert remind(replies, referral) == []


def test_any_of_the_links_answers_and_then_none_does(replies: Replies) -> None:
    referral, first = asked(replies)
    reminders = [token_in(mail) for mail in remind(replies, referral)]
    assert {replies.link(token).status for token in (first, *reminders)} == {"open"}
    replies.act(reminders[0], accept=referrals.AcceptReferral(referral=referral))
    assert replies.link(reminders[0]).status == "used"
    assert {replies.link(token).status for token in (first, reminders[1])} == {"revoked"}


def test_who_has_answered_is_not_reminded(replies: Replies) -> None:
    referral, token = asked(replies)
    replies.act(token, accept=referrals.AcceptReferral(referral=referral))
    assert [mail.subject for mail in remind(replies, referral, LATER)] == ["Samspor: someone asks for your help"]
    assert "ReferralReminded" not in replies.history(referral)


def test_links_that_were_ended_by_hand_stay_ended(replies: Replies) -> None:
    referral, _ = asked(replies)
    replies.office.send(referrals.RevokeReplyLinks(referral=referral), MARIA)
    assert remind(replies, referral) == []
