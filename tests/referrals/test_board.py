"""The columns of a board: each referral stands in one, with its days left and who works with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import new_id
from libs.host.times import timestamp
from services.referrals.queries import STAGES
from services.vocabulary import VOCABULARIES
from tests.referrals.mentoring import Mentoring
from tests.rpc.office import MARIA, MENTOR, Office, Person


@pytest.fixture
def mentoring(office: Office) -> Mentoring:
    mentoring = Mentoring(office)
    mentoring.consent()
    return mentoring


def box(mentoring: Mentoring, person: Person, name: str, **filters: Any) -> referrals.ReferralList:
    mentoring.see("referrals")
    question = referrals.ListReferrals(box=name, citizen=mentoring.citizen, **filters)
    return mentoring.office.ask(question, referrals.ReferralList, person)


def columns(mentoring: Mentoring, person: Person, name: str) -> dict[str, list[str]]:
    found = {stage: box(mentoring, person, name, stage=stage) for stage in STAGES}
    return {stage: [one.id for one in answer.referrals] for stage, answer in found.items() if answer.total}


def test_every_status_has_its_column() -> None:
    assert tuple(STAGES) == VOCABULARIES["referral_stage"]
    assert {status for each in STAGES.values() for status in each} == set(VOCABULARIES["referral_status"])


def test_a_referral_goes_from_column_to_column(mentoring: Mentoring) -> None:
    referral = mentoring.drafted()
    assert columns(mentoring, MARIA, "outbox") == {"draft": [referral]}
    assert columns(mentoring, MENTOR, "inbox") == {}
    steps: list[tuple[Any, Person, str]] = [
        (referrals.RequestReferral(referral=referral), MARIA, "awaited"),
        (referrals.AcknowledgeReferral(referral=referral), MENTOR, "awaited"),
        (referrals.WaitListReferral(referral=referral), MENTOR, "waitlisted"),
        (referrals.OfferPlace(referral=referral), MENTOR, "waitlisted"),
        (referrals.AcceptReferral(referral=referral), MENTOR, "under_way"),
        (referrals.StartReferral(referral=referral), MENTOR, "under_way"),
        (referrals.HoldReferral(referral=referral, reason="citizen_ill"), MENTOR, "on_hold"),
        (referrals.CompleteReferral(referral=referral, outcome="goal_reached"), MENTOR, "over"),
    ]
    for step, by, stage in steps:
        mentoring.office.send(step, by)
        assert columns(mentoring, MARIA, "outbox") == columns(mentoring, MENTOR, "inbox") == {stage: [referral]}


def test_a_column_is_paged_by_itself(mentoring: Mentoring) -> None:
    waiting = {mentoring.requested() for _ in range(3)}
    mentoring.accepted()
    first = box(mentoring, MENTOR, "inbox", stage="awaited", page=common.PageRequest(size=2))
    rest = box(mentoring, MENTOR, "inbox", stage="awaited", page=common.PageRequest(size=2, token=first.page.next))
    assert first.total == rest.total == 3
    assert {one.id for one in (*first.referrals, *rest.referrals)} == waiting


def test_each_side_finds_what_a_colleague_works_with(mentoring: Mentoring) -> None:
    sent_by_another = MARIA._replace(name="ane")
    referral, other = mentoring.requested(), mentoring.drafted()
    mentoring.office.send(referrals.RequestReferral(referral=other), sent_by_another)
    mentoring.office.send(referrals.AcceptReferral(referral=referral), MENTOR)
    assert box(mentoring, MARIA, "outbox").colleagues == {referral: "maria", other: "ane"}
    assert box(mentoring, MENTOR, "inbox").colleagues == {referral: "mentor"}
    assert [one.id for one in box(mentoring, MARIA, "outbox", colleague="ane").referrals] == [other]
    assert [one.id for one in box(mentoring, MENTOR, "inbox", colleague="mentor").referrals] == [referral]
    assert box(mentoring, MENTOR, "inbox", colleague="maria").total == 0, (
        "the other side's people are nobody's business"
    )


def test_one_service_alone(mentoring: Mentoring) -> None:
    service = new_id()
    draft = referrals.DraftReferral(
        citizen=mentoring.citizen,
        recipient=MENTOR.organisation,
        purpose="mentoring",
        reason="A mentor",
        service=service,
    )
    draft.categories.extend(["family"])
    referral = mentoring.office.send(draft, MARIA).id
    mentoring.drafted()
    assert [one.id for one in box(mentoring, MARIA, "outbox", service=service).referrals] == [referral]
    assert box(mentoring, MARIA, "outbox", service=new_id()).total == 0


def test_days_are_counted_until_what_is_awaited(mentoring: Mentoring) -> None:
    """To the next day at this hour there is a working day at most, and none when an answer is there."""
    referral = mentoring.drafted()
    due = timestamp(datetime.now(UTC) + timedelta(days=1))
    mentoring.office.send(referrals.RequestReferral(referral=referral, reply_by=due, acknowledge_by=due), MARIA)
    (listed,) = box(mentoring, MARIA, "outbox").referrals
    assert listed == mentoring.referral(referral)
    assert listed.working_days_left in (0, 1)
    mentoring.office.send(referrals.AcceptReferral(referral=referral), MENTOR)
    (listed,) = box(mentoring, MARIA, "outbox").referrals
    assert not listed.HasField("working_days_left")


def test_the_sender_is_told_of_an_escalation_until_somebody_answers(mentoring: Mentoring) -> None:
    draft = referrals.DraftReferral(
        citizen=mentoring.citizen,
        recipient=MENTOR.organisation,
        purpose="mentoring",
        reason="A mentor",
        escalate_to="Visitation",
    )
    draft.categories.extend(["family"])
    referral = mentoring.office.send(draft, MARIA).id
    mentoring.office.send(referrals.RequestReferral(referral=referral), MARIA)
    mentoring.see("referrals")
    mentoring.office.alarms("referrals", datetime.now(UTC) + timedelta(days=30)).look()
    (sent,), (received,) = (box(mentoring, *who).referrals for who in ((MARIA, "outbox"), (MENTOR, "inbox")))
    assert (sent.escalated, sent.escalate_to) == (True, "Visitation")
    assert (received.escalated, received.escalate_to) == (False, "")
    assert sent == mentoring.referral(referral)
    mentoring.office.send(referrals.AcceptReferral(referral=referral), MENTOR)
    assert not box(mentoring, MARIA, "outbox").referrals[0].escalated
