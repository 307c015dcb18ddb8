"""One question whether there is room, asked and answered without anybody being named. Pure."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Decider, Event
from services.partners.room.errors import AskedOneself, QuestionUnknown, WaitTooLong
from services.partners.room.events import CapacityAnswered, CapacityAsked
from services.vocabulary import word

LONGEST_WAIT: Final = 260
"""Weeks."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    asker: str = ""
    """Empty: nobody asked."""
    recipient: str = ""
    answer: str = ""
    weeks: int = 0


class Ask(msgspec.Struct, frozen=True):
    """AskCapacity, with the id that the question is given and whose service it is about."""

    question: str
    recipient: str
    request: partners.AskCapacity

    def SerializeToString(self, *, deterministic: bool) -> bytes:  # noqa: N802 -- as a protobuf message
        """What a repetition is known by: what was asked, not whose service it turned out to be."""
        return self.request.SerializeToString(deterministic=deterministic)


def decide(question: Question, command: Ask | partners.AnswerCapacity, context: Context) -> Sequence[Event]:
    """An answer may be changed: what was right when it was given may no longer be."""
    if isinstance(command, Ask):
        return [asked(command, context)]
    if not question.asker:
        raise QuestionUnknown(question=command.question)
    if command.weeks > LONGEST_WAIT:
        raise WaitTooLong(most=LONGEST_WAIT)
    weeks = command.weeks if command.answer == "wait" else 0
    if (command.answer, weeks) == (question.answer, question.weeks):
        return []
    return [CapacityAnswered(question=command.question, answer=word(command.answer), weeks=weeks)]


def asked(command: Ask, context: Context) -> CapacityAsked:
    if command.recipient == context.organisation:
        raise AskedOneself
    request = command.request
    return CapacityAsked(
        question=command.question,
        service=request.service,
        asker=context.organisation,
        recipient=command.recipient,
        need=word(request.need),
        age_band=word(request.age_band),
    )


def evolve(question: Question, event: Any) -> Question:
    match event:
        case CapacityAsked():
            return Question(asker=event.asker, recipient=event.recipient)
        case CapacityAnswered():
            return msgspec.structs.replace(question, answer=event.answer, weeks=event.weeks)
    return question


QUESTION: Final = Decider(state=Question, decide=decide, evolve=evolve)
