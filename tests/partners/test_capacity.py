"""What room a service has, who holds a place in it, and how it is asked about without naming anybody."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from samspor.partners.v1 import partners_pb2 as partners

from libs.spec.scenario import CONTEXT, NOW, given
from services.partners.room.capacity import CAPACITY, Declare, Release, Reserve
from services.partners.room.errors import (
    AskedOneself,
    CapacityExceeded,
    CapacityNotSaid,
    FreshTooLong,
    QuestionUnknown,
    ServiceUnknown,
    WaitTooLong,
)
from services.partners.room.events import (
    CapacityAnswered,
    CapacityAsked,
    CapacityDeclared,
    PlaceRefused,
    PlaceReleased,
    PlaceReserved,
)
from services.partners.room.queries import as_told
from services.partners.room.question import QUESTION, Ask

SERVICE = "11890a5d-ac96-474b-8cce-b302099a8057"
OWNER = "01890a5d-ac96-774b-bcce-b302099a8057"
OTHER = "01890a5d-ac96-774b-bcce-b302099a8058"
AMALIE, BO = "referral of Amalie", "referral of Bo"
ROOM = CapacityDeclared(service=SERVICE, organisation=OWNER, available=2, maximum=3, updated=NOW, fresh_days=14)
FULL = msgspec.structs.replace(ROOM, available=0)


def declare(organisation: str = OWNER, **said: Any) -> Declare:
    return Declare(partners.DeclareCapacity(organisation=organisation, service=SERVICE, **said))


def held(referral: str, available: int) -> PlaceReserved:
    return PlaceReserved(service=SERVICE, referral=referral, available=available)


def test_a_first_declaration_says_a_number() -> None:
    given(CAPACITY).when(declare()).refused(CapacityNotSaid)
    given(CAPACITY).when(declare(available=2, maximum=3)).then(ROOM)
    given(CAPACITY).when(declare(more=2, maximum=3)).then(ROOM)


@pytest.mark.parametrize(
    ("said", "available"), [({"more": 1}, 3), ({"more": -1}, 1), ({"more": -9}, 0), ({"available": 0}, 0), ({}, 2)]
)
def test_two_taps_change_the_number_and_renew_it(said: dict[str, Any], available: int) -> None:
    later = NOW + timedelta(days=5)
    renewed = msgspec.structs.replace(ROOM, available=available, updated=later)
    given(CAPACITY, ROOM).when(declare(**said), occurred=later).then(renewed)


def test_what_is_free_and_what_is_held_are_no_more_than_there_is() -> None:
    given(CAPACITY, ROOM, held(AMALIE, 1)).when(declare(available=3)).refused(
        CapacityExceeded, available=3, held=1, maximum=3
    )
    given(CAPACITY, ROOM, held(AMALIE, 1), held(BO, 0)).when(declare(maximum=1)).refused(CapacityExceeded, held=2)
    given(CAPACITY).when(declare(available=100_001)).refused(CapacityExceeded, maximum=100_000)
    given(CAPACITY).when(declare(available=1, maximum=4_000_000_000)).refused(CapacityExceeded, maximum=100_000)
    given(CAPACITY).when(declare(available=1, fresh_days=367)).refused(FreshTooLong, most=366)


def test_nobody_else_declares_the_same_service() -> None:
    given(CAPACITY, ROOM).when(declare(OTHER, available=1)).refused(ServiceUnknown, service=SERVICE)


def test_a_place_is_held_once_per_referral_and_given_back_once() -> None:
    given(CAPACITY, ROOM).when(Reserve(SERVICE, AMALIE)).then(held(AMALIE, 1))
    given(CAPACITY, ROOM, held(AMALIE, 1)).when(Reserve(SERVICE, AMALIE)).then(held(AMALIE, 1))
    released = PlaceReleased(service=SERVICE, referral=AMALIE, available=2)
    given(CAPACITY, ROOM, held(AMALIE, 1)).when(Release(SERVICE, AMALIE)).then(released)
    given(CAPACITY, ROOM, held(AMALIE, 1), released).when(Release(SERVICE, AMALIE)).then()


def test_a_full_service_has_no_place_and_keeps_those_it_gave() -> None:
    given(CAPACITY, FULL).when(Reserve(SERVICE, AMALIE)).then(PlaceRefused(service=SERVICE, referral=AMALIE))
    given(CAPACITY, ROOM, held(AMALIE, 1), FULL).when(Reserve(SERVICE, AMALIE)).then(held(AMALIE, 0))


def test_what_nobody_counts_is_never_full() -> None:
    given(CAPACITY).when(Reserve(SERVICE, AMALIE)).then(held(AMALIE, 0))
    given(CAPACITY, held(AMALIE, 0)).when(Release(SERVICE, AMALIE)).then(
        PlaceReleased(service=SERVICE, referral=AMALIE, available=0)
    )


@pytest.mark.parametrize(("days", "known"), [(0, True), (13.99, True), (14, False), (400, False)])
def test_a_number_is_unknown_when_nobody_has_said_it_for_too_long(days: float, known: bool) -> None:
    row = {"service": SERVICE, "available": 2, "maximum": 3, "unit": "", "updated": NOW, "fresh_days": 14, "version": 1}
    told = as_told(row, NOW + timedelta(days=days))
    assert told.HasField("available") == known
    assert told.declared
    assert told.updated.ToDatetime(NOW.tzinfo) == NOW


ASKED = CapacityAsked(
    question="q", service=SERVICE, asker=CONTEXT.organisation, recipient=OWNER, need="housing", age_band="18-24"
)
ASK = Ask("q", OWNER, partners.AskCapacity(service=SERVICE, need="housing", age_band="18-24"))


def test_room_is_asked_about_and_answered_without_anybody_being_named() -> None:
    given(QUESTION).when(ASK).then(ASKED)
    assert not ASKED.citizen
    assert not ASKED.case
    wait = partners.AnswerCapacity(question="q", answer="wait", weeks=6)
    answered = CapacityAnswered(question="q", answer="wait", weeks=6)
    given(QUESTION, ASKED).when(wait).then(answered)
    given(QUESTION, ASKED, answered).when(wait).then()
    changed = partners.AnswerCapacity(question="q", answer="yes", weeks=6)
    given(QUESTION, ASKED, answered).when(changed).then(CapacityAnswered(question="q", answer="yes"))


def test_questions_that_make_no_sense_are_refused() -> None:
    given(QUESTION).when(ASK, organisation=OWNER).refused(AskedOneself)
    given(QUESTION).when(partners.AnswerCapacity(question="q", answer="yes")).refused(QuestionUnknown, question="q")
    given(QUESTION, ASKED).when(partners.AnswerCapacity(question="q", answer="wait", weeks=261)).refused(
        WaitTooLong, most=260
    )
