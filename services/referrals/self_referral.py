"""A referral that a citizen asks for. Pure.

Each service has one stream of a citizen's requests after the other: the next begins when the one before is over, so two
that are made at once are two decisions on one stream, and one of them is refused.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Context, Event, derived_id
from services.referrals.deadlines import deadlines
from services.referrals.errors import HelpAskedAlready, SentToOneself
from services.referrals.events import ReferralDrafted, ReferralRequested
from services.vocabulary import word, words

if TYPE_CHECKING:
    from services.referrals.referral import Referral

OWN_WORDS: Final = "referral"
"""The category of what the citizen writes: the recipient must be let to read it, whatever it is about."""


class Help(msgspec.Struct, frozen=True):
    """RequestHelp, with the id that the referral is given and the bases on which its recipient may be told."""

    referral: str
    request: referrals.RequestHelp
    bases: tuple[str, ...]

    def SerializeToString(self, *, deterministic: bool) -> bytes:  # noqa: N802 -- as a protobuf message
        """What a repetition is known by: what was asked, not what consents answered."""
        return b"RequestHelp" + self.request.SerializeToString(deterministic=deterministic)


def referral_id(citizen: str, service: str, number: int) -> str:
    """Of the citizen's request number `number` to this service, from 0 on."""
    return derived_id(citizen, f"help from {service} {number}")


def told_about(request: referrals.RequestHelp) -> list[str]:
    return list(dict.fromkeys((*request.categories, OWN_WORDS)))


def ask_for_help(referral: "Referral", command: Help, context: Context) -> Sequence[Event]:
    """Drafted and requested in one. Raises HelpAskedAlready, SentToOneself."""
    request = command.request
    if referral.id:
        raise HelpAskedAlready(referral=referral.id)
    if request.recipient == context.organisation:
        raise SentToOneself
    about: dict[str, Any] = {"citizen": request.citizen, "case": "", "category": "referral"}
    drafted = ReferralDrafted(
        **about,
        referral=command.referral,
        sender=context.organisation,
        recipient=request.recipient,
        service=request.service,
        purpose=word(request.purpose),
        categories=words(told_about(request)),
        reason=request.reason,
        self_referral=True,
    )
    usual = deadlines(referrals.RequestReferral(), context.occurred)
    return [drafted, ReferralRequested(**about, bases=command.bases, **usual._asdict())]
