"""Offers and introductions: who answers for whom, and when two organisations have met."""

from datetime import timedelta
from typing import Final

import pytest
from samspor.partners.v1 import partners_pb2 as partners

from libs.host.times import period
from libs.spec.scenario import NOW, given
from services.partners.portal.errors import (
    IntroductionAnsweredAlready,
    IntroductionNotInStatus,
    IntroductionUnknown,
    OfferPeriodOver,
    OfferWithdrawnAlready,
)
from services.partners.portal.events import IntroductionAnswered, IntroductionClosed, IntroductionProposed
from services.partners.portal.introduction import INTRODUCTION
from services.partners.portal.offer import OFFER
from tests.partners.agreed import ID, OTHERS, OURS, THEIRS

BROKER: Final = "0189aaaa-0000-7000-8000-000000000004"
PROPOSED: Final = IntroductionProposed(broker=BROKER, parties=(OURS, THEIRS), reason="They need premises")
OUR_YES, THEIR_YES = (IntroductionAnswered(party=party, answer="yes") for party in (OURS, THEIRS))
YES: Final = partners.AnswerIntroduction(introduction=ID, answer="yes")
NO: Final = partners.AnswerIntroduction(introduction=ID, answer="no")
CLOSE: Final = partners.CloseIntroduction(introduction=ID, outcome="agreement")
OFFERING: Final = partners.PublishOffer(
    organisation=OURS, direction="offer", kind="premises", title="A room", contact="volunteer_centre"
)


def test_two_have_met_when_both_said_yes() -> None:
    proposal = partners.ProposeIntroduction(parties=[OURS, THEIRS], reason="They need premises")
    given(INTRODUCTION).when(proposal, organisation=BROKER).then(PROPOSED)
    first = given(INTRODUCTION, PROPOSED).when(YES, organisation=OURS).then(OUR_YES)
    assert first.state.status == "proposed"
    second = given(INTRODUCTION, PROPOSED, OUR_YES).when(YES, organisation=THEIRS).then(THEIR_YES)
    assert second.state.status == "introduced"


def test_one_no_is_enough() -> None:
    declined = given(INTRODUCTION, PROPOSED, OUR_YES).when(NO, organisation=THEIRS)
    assert declined.state.status == "declined"
    given(INTRODUCTION, PROPOSED, *declined.events).when(YES, organisation=OURS).refused(IntroductionNotInStatus)


@pytest.mark.parametrize("who", [BROKER, OTHERS])
def test_only_the_parties_answer(who: str) -> None:
    given(INTRODUCTION, PROPOSED).when(YES, organisation=who).refused(IntroductionUnknown, introduction=ID)


def test_nobody_answers_twice() -> None:
    given(INTRODUCTION, PROPOSED, OUR_YES).when(YES, organisation=OURS).refused(IntroductionAnsweredAlready)


def test_what_came_of_it_is_said_once_and_by_whom_it_concerns() -> None:
    met, closed = (PROPOSED, OUR_YES, THEIR_YES), IntroductionClosed(outcome="agreement")
    for who in (BROKER, OURS, THEIRS):
        assert given(INTRODUCTION, *met).when(CLOSE, organisation=who).then(closed).state.status == "closed"
    given(INTRODUCTION, *met).when(CLOSE, organisation=OTHERS).refused(IntroductionUnknown)
    for events in ((PROPOSED, OUR_YES), (*met, closed)):
        given(INTRODUCTION, *events).when(CLOSE, organisation=OURS).refused(IntroductionNotInStatus)


def test_an_offer_is_withdrawn_once() -> None:
    (offered,) = given(OFFER).when(OFFERING).events
    withdraw = partners.WithdrawOffer(offer=ID)
    (withdrawn,) = given(OFFER, offered).when(withdraw).events
    given(OFFER, offered, withdrawn).when(withdraw).refused(OfferWithdrawnAlready)


def test_what_is_over_is_not_offered() -> None:
    late = partners.PublishOffer()
    late.CopyFrom(OFFERING)
    late.period.CopyFrom(period(None, NOW))
    given(OFFER).when(late).refused(OfferPeriodOver)
    assert given(OFFER).when(late, now=NOW - timedelta(days=1)).events
