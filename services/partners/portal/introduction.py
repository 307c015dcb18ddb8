"""A broker brings two organisations together: both say yes before either learns how to reach the other. Pure."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Decider, Event
from services.partners.portal.errors import (
    IntroductionAnsweredAlready,
    IntroductionNotInStatus,
    IntroductionUnknown,
)
from services.partners.portal.events import IntroductionAnswered, IntroductionClosed, IntroductionProposed
from services.vocabulary import IntroductionStatus, word


class Introduction(msgspec.Struct, frozen=True, kw_only=True):
    broker: str = ""
    """Empty: there is no such introduction."""
    parties: tuple[str, ...] = ()
    offer: str = ""
    reason: str = ""
    status: IntroductionStatus = "proposed"
    accepted: tuple[str, ...] = ()
    outcome: str = ""

    def concerns(self, organisation: str) -> bool:
        return bool(self.broker) and organisation in (self.broker, *self.parties)


def decide(introduction: Introduction, command: Any, context: Context) -> Sequence[Event]:
    """Raises a Refusal of services/partners/portal/errors.py."""
    if isinstance(command, partners.ProposeIntroduction):
        one, other = command.parties
        return [
            IntroductionProposed(
                broker=context.organisation, parties=(one, other), offer=command.offer, reason=command.reason
            )
        ]
    if not introduction.concerns(context.organisation):
        raise IntroductionUnknown(introduction=command.introduction)
    match command:
        case partners.AnswerIntroduction():
            return answer(introduction, command, context)
        case partners.CloseIntroduction():
            if introduction.status != "introduced":
                raise IntroductionNotInStatus(status=introduction.status)
            return [IntroductionClosed(outcome=word(command.outcome))]
    raise TypeError(f"not a command to an introduction: {type(command).__name__}")


def answer(introduction: Introduction, command: partners.AnswerIntroduction, context: Context) -> Sequence[Event]:
    """Each party for itself, the broker for nobody."""
    if context.organisation not in introduction.parties:
        raise IntroductionUnknown(introduction=command.introduction)
    if introduction.status != "proposed":
        raise IntroductionNotInStatus(status=introduction.status)
    if context.organisation in introduction.accepted:
        raise IntroductionAnsweredAlready
    return [IntroductionAnswered(party=context.organisation, answer=word(command.answer))]


def evolve(introduction: Introduction, event: Event) -> Introduction:
    change = msgspec.structs.replace
    match event:
        case IntroductionProposed():
            return Introduction(broker=event.broker, parties=event.parties, offer=event.offer, reason=event.reason)
        case IntroductionAnswered(answer="no"):
            return change(introduction, status="declined")
        case IntroductionAnswered():
            accepted = (*introduction.accepted, event.party)
            both = set(accepted) == set(introduction.parties)
            return change(introduction, accepted=accepted, status="introduced" if both else introduction.status)
        case IntroductionClosed():
            return change(introduction, status="closed", outcome=event.outcome)
    return introduction


INTRODUCTION: Final = Decider(Introduction, decide, evolve)
