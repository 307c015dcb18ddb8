"""What became of a referral closes the loop to its case, and to the action it was made from. Pure."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from libs.eventlog import Context, Event
from services.cases.events import ActionCompleted, ReferralOutcomeNoted
from services.cases.state import Case, Outcome, about
from services.vocabulary import word


class NoteOutcome(msgspec.Struct, frozen=True):
    """A referral was answered, or ended."""

    citizen: str
    referral: str
    recipient: str
    status: str
    at: datetime
    outcome: str = ""
    reason: str = ""
    action: str = ""
    """The action it was made from; done when the referral is completed."""
    category: str = "referral"


def note_outcome(case: Case, command: NoteOutcome, context: Context) -> Sequence[Event]:
    """A fact, whatever the status of the case. Nothing in a case that the sender has no part in: its id alone says
    nothing, and a referral can name any."""
    if case.citizen != command.citizen or context.organisation not in case.participants:
        return []
    noted = ReferralOutcomeNoted(
        **about(case, command),
        referral=command.referral,
        sender=context.organisation,
        recipient=command.recipient,
        status=word(command.status),
        outcome=word(command.outcome),
        reason=command.reason,
        at=command.at,
    )
    action = case.actions.get(command.action) if command.status == "completed" else None
    if action is None or action.completed:
        return [noted]
    return [noted, ActionCompleted(**about(case, action), action=command.action)]


def outcome_of(event: ReferralOutcomeNoted) -> Outcome:
    return Outcome(event.sender, event.recipient, event.status, event.outcome, event.reason, event.at)
