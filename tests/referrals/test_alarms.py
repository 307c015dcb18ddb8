"""Deadlines: each reminder and each escalation once, whoever ends when, and none when the answer is there."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any, Final

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.bus.alarms import Alarm
from libs.spec.scenario import NOW, given
from services.referrals.alarms import Requested, alarms_of
from services.referrals.events import ReferralEscalated, ReferralReminded
from services.referrals.referral import REFERRAL, Alarmed
from tests.referrals.mentoring import Mentoring
from tests.referrals.test_referral import ABOUT, ACKNOWLEDGE_BY, HISTORIES, REPLY_BY
from tests.rpc.office import MARIA, MENTOR, Office

MONTH: Final = timedelta(days=30)
DAY: Final = timedelta(days=1)
KINDS: Final = [f"{deadline}.{when}" for deadline in ("acknowledge", "answer") for when in ("soon", "due", "late")]


def test_alarms_go_off_a_working_day_before_at_and_after_each_deadline() -> None:
    """From a Thursday: the deadlines are on Monday and Wednesday."""
    friday = NOW + DAY
    set_ = dict(alarms_of(Requested(reply_by=REPLY_BY, acknowledge_by=ACKNOWLEDGE_BY), NOW))
    assert set_ == {
        "acknowledge.soon": friday,
        "acknowledge.due": friday + 3 * DAY,
        "acknowledge.late": friday + 4 * DAY,
        "answer.soon": friday + 4 * DAY,
        "answer.due": friday + 5 * DAY,
        "answer.late": friday + 6 * DAY,
    }


def test_what_had_passed_when_it_was_recorded_alarms_nobody() -> None:
    request = Requested(reply_by=REPLY_BY, acknowledge_by=ACKNOWLEDGE_BY)
    assert [each.kind for each in alarms_of(request, ACKNOWLEDGE_BY)] == ["answer.soon", "answer.due", "answer.late"]
    assert list(alarms_of(request, REPLY_BY)) == []
    assert [each.kind for each in alarms_of(Requested(reply_by=NOW + DAY), NOW)] == ["answer.due", "answer.late"]


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize("kind", KINDS)
def test_an_alarm_is_raised_while_its_step_is_awaited(status: str, kind: str) -> None:
    outcome = given(REFERRAL, *HISTORIES[status]).when(Alarmed(kind))
    acknowledge, late = kind.startswith("acknowledge"), kind.endswith("late")
    at = ACKNOWLEDGE_BY if acknowledge else REPLY_BY
    if status == "requested" or (status == "received" and not acknowledge):
        about: dict[str, Any] = ABOUT | {"alarm": kind, "deadline": kind.partition(".")[0], "at": at}
        outcome.then(ReferralEscalated(**about) if late else ReferralReminded(**about))
        assert outcome.state.status == status
    else:
        outcome.then()


@pytest.fixture
def mentoring(office: Office) -> Mentoring:
    mentoring = Mentoring(office)
    mentoring.consent()
    return mentoring


def later() -> datetime:
    return datetime.now(UTC) + MONTH


def raised(mentoring: Mentoring, referral: str) -> list[str]:
    query = "SELECT convert_from(body, 'UTF8')::json -> 'data' ->> 'alarm' FROM events WHERE stream = %(id)s"
    rows = mentoring.office.rows("referrals", query + " ORDER BY version", {"id": referral})
    return [alarm for (alarm,) in rows if alarm]


def test_nobody_answers(mentoring: Mentoring) -> None:
    referral = mentoring.requested()
    mentoring.see("referrals")
    alarms = mentoring.office.alarms("referrals", later())
    assert alarms.look() >= len(KINDS)
    assert raised(mentoring, referral) == KINDS
    assert alarms.look() == 0
    mentoring.see("referrals")
    assert mentoring.line(referral, "outbox", MARIA) == mentoring.referral(referral)


def test_nothing_is_raised_before_its_time(mentoring: Mentoring) -> None:
    referral = mentoring.requested()
    mentoring.see("referrals")
    mentoring.office.alarms("referrals", datetime.now(UTC)).look()
    assert raised(mentoring, referral) == []


@pytest.mark.parametrize("seen", [True, False])
def test_a_step_in_time_silences_its_alarms(mentoring: Mentoring, *, seen: bool) -> None:
    """Also where the worker has not seen the step yet."""
    received, accepted = mentoring.requested(), mentoring.requested()
    mentoring.see("referrals")
    mentoring.office.send(referrals.AcknowledgeReferral(referral=received), MENTOR)
    mentoring.office.send(referrals.AcceptReferral(referral=accepted), MENTOR)
    if seen:
        mentoring.see("referrals")
    mentoring.office.alarms("referrals", later()).look()
    assert raised(mentoring, received) == KINDS[3:]
    assert raised(mentoring, accepted) == []


def test_two_workers_look_at_once(mentoring: Mentoring) -> None:
    made = [mentoring.requested() for _ in range(5)]
    mentoring.see("referrals")
    start = Barrier(2)

    def work() -> None:
        start.wait()
        mentoring.office.alarms("referrals", later()).look()

    workers = [Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert [raised(mentoring, referral) for referral in made] == [KINDS] * 5


def test_a_worker_ends_between_command_and_removal(mentoring: Mentoring) -> None:
    referral = mentoring.requested()
    mentoring.see("referrals")

    def ending(fire: Callable[[Alarm], object]) -> Callable[[Alarm], object]:
        ends: Iterator[None] = iter([None] * 2)

        def fire_and_end(alarm: Alarm) -> None:
            fire(alarm)
            for _ in ends:
                raise ConnectionError

        return fire_and_end

    now = later()
    mentoring.office.alarms("referrals", now, ending).look()
    mentoring.office.alarms("referrals", now).look()
    assert sorted(raised(mentoring, referral)) == sorted(KINDS)
