"""A place across referrals and partners: asked for, got or not, given back, in whatever order workers come to it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.errors import Refused
from tests.rpc.office import MARIA, MENTOR, Office
from tests.rpc.places import Scene, set_scene


@pytest.fixture
def scene(office: Office) -> Scene:
    return set_scene(office)


def test_a_service_that_counts_nothing_is_accepted_at_once(scene: Scene) -> None:
    referral = scene.referral()
    assert scene.accept(referral) == []
    assert (scene.of(referral).status, scene.of(referral).place) == ("accepted", "")


def test_the_last_place_is_had_once_and_given_back(scene: Scene) -> None:
    scene.declare(1)
    first, second = scene.referral(), scene.referral()
    command_id = str(uuid4())
    assert scene.accept(first, command_id) == ["PLACE_PENDING"], "nobody has turned a worker"
    assert scene.of(first).status == "requested"
    scene.office.catch_up()
    assert (scene.of(first).status, scene.of(first).place, scene.room()) == ("accepted", "held", 0)
    assert scene.accept(first, command_id) == []
    again = str(uuid4())
    scene.accept(second, again)
    scene.office.catch_up()
    with pytest.raises(Refused) as refused:
        scene.accept(second, again)
    assert refused.value.reason == "NO_ROOM"
    assert (scene.of(second).status, scene.of(second).place) == ("requested", "no_room")
    scene.office.send(referrals.CompleteReferral(referral=first, outcome="goal_reached"), MENTOR)
    scene.office.catch_up()
    assert scene.room() == 1
    scene.accept(second)
    scene.office.catch_up()
    assert (scene.of(second).status, scene.room()) == ("accepted", 0)


@pytest.mark.parametrize("partners_first", [True, False])
def test_one_that_is_recalled_meanwhile_leaks_no_place(scene: Scene, partners_first: bool) -> None:
    scene.declare(1)
    referral = scene.referral()
    scene.accept(referral)
    if partners_first:
        scene.office.turn("partners", "referrals")
        assert scene.room() == 0
    scene.office.send(referrals.CancelReferral(referral=referral, reason="recalled"), MARIA)
    scene.office.catch_up()
    assert (scene.of(referral).status, scene.room()) == ("cancelled", 1)


def test_workers_that_begin_anew_take_and_give_nothing_twice(scene: Scene) -> None:
    scene.declare(2)
    held, over = scene.referral(), scene.referral()
    for referral in (held, over):
        scene.accept(referral)
    scene.office.catch_up()
    scene.office.send(referrals.CancelReferral(referral=over, reason="recalled"), MARIA)
    scene.office.catch_up()
    before = scene.office.recorded(), scene.room(), scene.office.rows("partners", "SELECT count(*) FROM events")
    scene.office.begin_anew("partners", "referrals")
    scene.office.begin_anew("referrals", "partners")
    scene.office.catch_up()
    assert (scene.office.recorded(), scene.room()) == before[:2] == (before[0], 1)
    assert scene.office.rows("partners", "SELECT count(*) FROM events") == before[2]


def test_of_many_who_take_the_last_place_at_once_one_has_it(scene: Scene) -> None:
    scene.declare(1)
    found = [scene.referral() for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        for warnings in pool.map(scene.accept, found):
            assert warnings == ["PLACE_PENDING"]
    scene.office.catch_up()
    places = sorted(scene.of(referral).place for referral in found)
    assert places == ["held", *["no_room"] * 11]
    assert scene.room() == 0


def test_room_is_asked_about_before_anybody_is_named(scene: Scene) -> None:
    office = scene.office
    ask = partners.AskCapacity(service=scene.service, need="family", age_band="18-24")
    question = office.send(ask, MARIA).id
    office.catch_up()
    waiting = partners.ListCapacityQuestions(box="inbox", waiting=True)
    (asked,) = (
        each for each in office.ask(waiting, partners.CapacityQuestionList, MENTOR).questions if each.id == question
    )
    assert (asked.asker, asked.need, asked.age_band, asked.answer) == (MARIA.organisation, "family", "18-24", "")
    answer = partners.AnswerCapacity(question=question, answer="wait", weeks=3)
    with pytest.raises(Refused) as refused:
        office.send(answer, MARIA)
    assert refused.value.reason == "ROLE_MISSING", "who asked does not answer"
    office.send(answer, MENTOR)
    office.catch_up()
    outbox = office.ask(partners.ListCapacityQuestions(box="outbox"), partners.CapacityQuestionList, MARIA).questions
    assert [(each.answer, each.weeks) for each in outbox if each.id == question] == [("wait", 3)]
    assert question not in [each.id for each in office.ask(waiting, partners.CapacityQuestionList, MENTOR).questions]


def test_only_its_own_people_say_what_room_a_service_has(scene: Scene) -> None:
    for person, reason in ((MARIA, "ROLE_MISSING"), (MARIA._replace(role="ngo_worker"), "SERVICE_UNKNOWN")):
        command = partners.DeclareCapacity(organisation=person.organisation, service=scene.service, available=9)
        with pytest.raises(Refused) as refused:
            scene.office.send(command, person)
        assert refused.value.reason in (reason, "SERVICE_UNKNOWN")
    assert not scene.office.ask(partners.GetCapacity(service=scene.service), partners.Capacity, MARIA).declared


def test_a_place_that_is_given_back_is_offered_to_the_first_that_waits(scene: Scene) -> None:
    scene.declare(1)
    holder, routine, urgent = scene.referral(), scene.referral(), scene.referral("urgent")
    scene.accept(holder)
    for waiting in (routine, urgent):
        scene.office.send(referrals.WaitListReferral(referral=waiting), MENTOR)
    scene.office.catch_up()
    scene.office.send(referrals.CompleteReferral(referral=holder, outcome="goal_reached"), MENTOR)
    scene.office.catch_up()
    assert [scene.of(each).business_status for each in (routine, urgent)] == ["waitlisted", "offered"]
    scene.office.begin_anew("referrals", "partners")
    scene.office.catch_up()
    assert scene.of(routine).business_status == "waitlisted"
