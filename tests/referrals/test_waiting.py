"""The wait-list, and referrals that go on from others."""

from typing import Any

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import new_id
from libs.host.errors import Refused
from tests.referrals.mentoring import NEEDED, Mentoring
from tests.rpc.office import MARIA, MENTOR, NGO, SCHOOL, Office, Person


@pytest.fixture
def mentoring(office: Office) -> Mentoring:
    mentoring = Mentoring(office)
    mentoring.consent()
    return mentoring


def draft(mentoring: Mentoring, by: Person = MARIA, recipient: str = NGO, **more: Any) -> str:
    command = referrals.DraftReferral(
        citizen=mentoring.citizen, recipient=recipient, purpose="mentoring", reason="A mentor", **more
    )
    command.categories.extend(NEEDED)
    return mentoring.office.send(command, by).id


def test_the_most_urgent_is_first_then_who_waits_longest(mentoring: Mentoring) -> None:
    service, made = new_id(), []
    for priority in ("routine", "urgent", "routine", "stat"):
        referral = draft(mentoring, priority=priority, service=service)
        mentoring.office.send(referrals.RequestReferral(referral=referral), MARIA)
        mentoring.office.send(referrals.WaitListReferral(referral=referral), MENTOR)
        made.append(referral)
    mentoring.see("referrals")
    assert [mentoring.referral(one).wait_position for one in made] == [3, 2, 4, 1]
    assert [mentoring.line(one, "inbox", MENTOR).wait_position for one in made] == [3, 2, 4, 1]
    mentoring.office.send(referrals.OfferPlace(referral=made[3]), MENTOR)
    mentoring.office.send(referrals.CancelReferral(referral=made[1], reason="recalled"), MARIA)
    mentoring.see("referrals")
    assert [mentoring.referral(one).wait_position for one in made] == [1, 0, 2, 0]
    assert mentoring.referral(made[3]).business_status == "offered"


def test_what_was_rejected_is_sent_again(mentoring: Mentoring) -> None:
    rejected = mentoring.requested()
    with pytest.raises(Refused) as refused:
        draft(mentoring, replaces=rejected)
    assert refused.value.reason == "NOT_SENT_AGAIN"
    mentoring.office.send(referrals.RejectReferral(referral=rejected, reason="no_capacity"), MENTOR)
    assert mentoring.referral(draft(mentoring, replaces=rejected)).replaces == rejected


@pytest.mark.parametrize("name", ["part_of", "replaces"])
def test_nobody_goes_on_from_a_referral_of_others(mentoring: Mentoring, name: str) -> None:
    reasons = set()
    for earlier in (mentoring.drafted(), new_id()):
        with pytest.raises(Refused) as refused:
            draft(mentoring, MENTOR, SCHOOL, **{name: earlier})
        reasons.add(refused.value.reason)
    assert reasons == {"REFERRAL_UNKNOWN"}


def test_the_sender_does_not_send_on_what_it_sent(mentoring: Mentoring) -> None:
    with pytest.raises(Refused) as refused:
        draft(mentoring, part_of=mentoring.accepted())
    assert refused.value.reason == "NOT_SENT_ON"
