"""Inbox and outbox, and what each side knows of one referral."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.message import Message
from google.rpc import status_pb2
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import new_id
from libs.host.times import timestamp
from tests.referrals.mentoring import Mentoring
from tests.rpc.office import MARIA, MENTOR, STRANGER, Office, Person


@pytest.fixture
def mentoring(office: Office) -> Mentoring:
    mentoring = Mentoring(office)
    mentoring.consent()
    return mentoring


def box(mentoring: Mentoring, person: Person, name: str, **filters: Any) -> referrals.ReferralList:
    question = referrals.ListReferrals(box=name, citizen=mentoring.citizen, **filters)
    return mentoring.office.ask(question, referrals.ReferralList, person)


def ids(found: referrals.ReferralList) -> list[str]:
    return [one.id for one in found.referrals]


def about(referral: str) -> list[Message]:
    """A question, and each command, about one referral."""
    commands: list[Any] = [
        referrals.RequestReferral(referral=referral),
        referrals.AcknowledgeReferral(referral=referral),
        referrals.AcceptReferral(referral=referral),
        referrals.RejectReferral(referral=referral, reason="no_capacity"),
        referrals.ReadyReferral(referral=referral),
        referrals.StartReferral(referral=referral),
        referrals.HoldReferral(referral=referral, reason="citizen_ill"),
        referrals.ReportContact(referral=referral, category="family", text="Met"),
        referrals.CompleteReferral(referral=referral, outcome="goal_reached"),
        referrals.FailReferral(referral=referral, reason="not_reached"),
        referrals.MarkReferralInError(referral=referral, reason="other"),
        referrals.CancelReferral(referral=referral, reason="other"),
    ]
    for command in commands:
        command.command.CopyFrom(common.Command(command_id=new_id()))
    return [referrals.GetReferral(referral=referral), *commands]


def test_of_what_was_a_mistake_its_recipient_learns_no_more(mentoring: Mentoring) -> None:
    referral = mentoring.accepted()
    mentoring.office.send(referrals.MarkReferralInError(referral=referral, reason="wrong_citizen"), MARIA)
    mentoring.see("referrals")
    for told in (mentoring.read(referral, MENTOR), mentoring.line(referral, "inbox", MENTOR)):
        assert (told.status, told.reason) == ("entered-in-error", "wrong_citizen")
        assert not any((told.citizen, told.case, told.purpose, told.categories, told.bases))
    assert not ids(box(mentoring, MENTOR, "inbox"))
    assert mentoring.referral(referral).citizen == mentoring.citizen


@pytest.mark.parametrize("person", [MENTOR, STRANGER])
def test_a_draft_is_the_senders_alone(mentoring: Mentoring, person: Person) -> None:
    """Whoever else asks is told, to the byte, what they are told of a referral that there is not."""
    draft, none = mentoring.drafted(), new_id()

    def answer(request: Message) -> status_pb2.Status:
        return mentoring.office.status(request.SerializeToString(), request, person)

    for real, imagined in zip(about(draft), about(none), strict=True):
        told = answer(real).SerializeToString().replace(draft.encode(), none.encode())
        assert told == answer(imagined).SerializeToString()
    mentoring.see("referrals")
    assert ids(box(mentoring, MARIA, "outbox")) == [draft]
    assert ids(box(mentoring, person, "inbox")) == []


def test_a_draft_that_was_cancelled_is_still_the_senders_alone(mentoring: Mentoring) -> None:
    draft = mentoring.drafted()
    mentoring.office.send(referrals.CancelReferral(referral=draft, reason="sent_by_mistake"), MARIA)
    mentoring.see("referrals")
    assert ids(box(mentoring, MARIA, "outbox", status="cancelled")) == [draft]
    assert ids(box(mentoring, MENTOR, "inbox")) == []


def test_a_list_says_what_the_referral_says(mentoring: Mentoring) -> None:
    """After every step, for both sides."""
    referral = mentoring.accepted()
    steps: list[Any] = [
        referrals.ReadyReferral(referral=referral, note="Bo"),
        referrals.HoldReferral(referral=referral, reason="citizen_ill"),
        referrals.StartReferral(referral=referral),
        referrals.ReportContact(referral=referral, category="family", text="Met"),
        referrals.CompleteReferral(referral=referral, outcome="partly_reached", note="Moved"),
    ]
    for step in steps:
        mentoring.office.send(step, MENTOR)
        mentoring.see("referrals")
        (received,), (sent,) = box(mentoring, MENTOR, "inbox").referrals, box(mentoring, MARIA, "outbox").referrals
        assert received == sent == mentoring.referral(referral)
    assert (received.status, received.outcome, received.version) == ("completed", "partly_reached", 8)


def test_what_is_due_first_is_on_top_page_by_page(mentoring: Mentoring) -> None:
    """Then, the newest change first, what awaits no answer."""
    now, made = datetime.now(UTC), [mentoring.drafted() for _ in range(7)]
    for referral, days in zip(made[:4], (3, 1, 4, 2), strict=True):
        request = referrals.RequestReferral(referral=referral, reply_by=timestamp(now + timedelta(days=days)))
        mentoring.office.send(request, MARIA)
    mentoring.office.send(referrals.AcceptReferral(referral=made[2]), MENTOR)
    mentoring.see("referrals")
    expected = [made[1], made[3], made[0], made[2], made[6], made[5], made[4]]
    pages, token = [], ""
    for _ in range(4):
        page = box(mentoring, MARIA, "outbox", page=common.PageRequest(size=2, token=token))
        assert page.total == 7
        pages.append(ids(page))
        token = page.page.next
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert [one for page in pages for one in page] == expected
    assert not token
    assert ids(box(mentoring, MENTOR, "inbox")) == expected[:4]
