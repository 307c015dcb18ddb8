"""A referral to a service that counts its places is accepted when it has got one."""

from typing import Any

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.spec.scenario import NOW, given
from services.referrals.errors import StepNotAllowed
from services.referrals.events import (
    ReferralAccepted,
    ReferralCancelled,
    ReferralDrafted,
    ReferralNotPlaced,
    ReferralPlaceAsked,
    ReferralRequested,
)
from services.referrals.place import Accept, Placed
from services.referrals.referral import REFERRAL, Hold

ABOUT: dict[str, Any] = {"citizen": "c", "case": "", "category": "referral"}
DRAFTED = ReferralDrafted(
    **ABOUT,
    referral="r",
    sender="s",
    recipient="n",
    service="v",
    purpose="mentoring",
    categories=("family",),
    reason="",
)
REQUESTED = ReferralRequested(**ABOUT, bases=("b",), reply_by=NOW)
ACCEPT = referrals.AcceptReferral(referral="r", note="Welcome", reason="place_free")
ASKED = ReferralPlaceAsked(**ABOUT, service="v", reason="place_free", note="Welcome")
ACCEPTED = ReferralAccepted(**ABOUT, reason="place_free")
NO_ROOM = ReferralNotPlaced(**ABOUT)
SENT = (DRAFTED, REQUESTED)


def test_where_nothing_is_counted_it_is_accepted_at_once() -> None:
    accepted = ReferralAccepted(**ABOUT, reason="place_free", note="Welcome")
    given(REFERRAL, *SENT).when(Accept(ACCEPT, counted=False)).then(accepted)


def test_a_place_is_asked_for_once_and_the_status_stays() -> None:
    outcome = given(REFERRAL, *SENT).when(Accept(ACCEPT, counted=True)).then(ASKED)
    assert outcome.state.status == "requested"
    for counted in (True, False):
        given(REFERRAL, *SENT, ASKED).when(Accept(ACCEPT, counted=counted)).then()


def test_a_place_accepts_and_none_leaves_it_to_wait() -> None:
    outcome = given(REFERRAL, *SENT, ASKED).when(Placed(room=True)).then(ACCEPTED)
    assert (outcome.state.status, outcome.state.place) == ("accepted", "held")
    outcome = given(REFERRAL, *SENT, ASKED).when(Placed(room=False)).then(NO_ROOM)
    assert (outcome.state.status, outcome.state.place) == ("requested", "no_room")


def test_who_found_no_room_may_ask_again() -> None:
    given(REFERRAL, *SENT, ASKED, NO_ROOM).when(Accept(ACCEPT, counted=True)).then(ASKED)
    given(REFERRAL, *SENT, ASKED, NO_ROOM).when(Placed(room=True)).then()


@pytest.mark.parametrize("room", [True, False])
def test_an_answer_that_comes_after_the_end_changes_nothing(room: bool) -> None:
    cancelled = ReferralCancelled(**ABOUT, reason="recalled")
    given(REFERRAL, *SENT, ASKED, cancelled).when(Placed(room=room)).then()
    given(REFERRAL, *SENT, ASKED, cancelled).when(Accept(ACCEPT, counted=True)).refused(StepNotAllowed)


def test_a_withdrawn_consent_ends_one_that_waits_for_its_place() -> None:
    outcome = given(REFERRAL, *SENT, ASKED).when(Hold("b"))
    outcome.then(ReferralCancelled(**ABOUT, reason="consent_withdrawn"))
    assert outcome.state.place == ""
