"""A referral that several are asked at once: the first to claim it has it. Pure.

One stream decides: of those who claim at the same time, the first to be recorded wins, and the others are decided again
on what it recorded.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Event
from services.referrals.errors import AlreadyClaimed, AlreadyDeclined, RecipientsUnclear, ReferralUnknown
from services.referrals.events import CandidateDeclined, ReferralClaimed, ReferralRejected
from services.vocabulary import word

if TYPE_CHECKING:
    from services.referrals.referral import Referral

FEWEST: Final = 2
ANSWERS: Final = ("received", "accepted", "rejected")
"""What only a recipient can make of a referral; while several are asked there is none."""


class NobodyTakes(msgspec.Struct, frozen=True):
    """Somebody said no, perhaps the last; `reason`: why. In the sender's name: what is recorded in a candidate's name
    would tell it on a timeline who the citizen was."""

    reason: str


def check_recipients(request: referrals.DraftReferral) -> None:
    """Raises RecipientsUnclear. Most items are in the rules of the message."""
    many = request.candidates
    if not many and request.recipient:
        return
    if request.recipient or request.service or len(many) < FEWEST or len(set(many)) < len(many):
        raise RecipientsUnclear


def asked_of_many(referral: "Referral") -> bool:
    """Nobody has it yet."""
    return bool(referral.candidates) and not referral.recipient


def still_asked(referral: "Referral", organisation: str) -> None:
    """Raises ReferralUnknown, AlreadyClaimed and AlreadyDeclined."""
    if organisation not in referral.candidates:
        raise ReferralUnknown(referral=referral.id)
    if organisation in referral.declined:
        raise AlreadyDeclined(referral=referral.id)
    if referral.recipient not in ("", organisation):
        raise AlreadyClaimed(referral=referral.id)


def claimed(referral: "Referral", bases: tuple[str, ...], about: dict[str, Any], organisation: str) -> Sequence[Event]:
    still_asked(referral, organisation)
    return [ReferralClaimed(**about, recipient=organisation, bases=bases)]


def declined(
    referral: "Referral", command: referrals.DeclineReferral, about: dict[str, Any], organisation: str
) -> Sequence[Event]:
    still_asked(referral, organisation)
    return [CandidateDeclined(**about, candidate=organisation, reason=word(command.reason))]


def nobody_takes(referral: "Referral", command: NobodyTakes, about: dict[str, Any]) -> Sequence[Event]:
    """Nothing while somebody may still take it, or where it ended meanwhile."""
    if referral.status != "requested" or not asked_of_many(referral):
        return []
    return (
        [ReferralRejected(**about, reason=command.reason)] if set(referral.candidates) == {*referral.declined} else []
    )
