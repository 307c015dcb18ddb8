"""A place for a referral to a service that counts its places: asked for with the acceptance, which follows. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Event
from services.referrals.events import ReferralAccepted, ReferralNotPlaced, ReferralPlaceAsked

if TYPE_CHECKING:
    from services.referrals.referral import Referral

ASKED: Final = "asked"
HELD: Final = "held"
NO_ROOM: Final = "no_room"
OVER: Final = frozenset({"rejected", "cancelled", "completed", "failed", "entered-in-error"})


class Accept(msgspec.Struct, frozen=True):
    """AcceptReferral, and whether the service counts its places."""

    request: referrals.AcceptReferral
    counted: bool

    @property
    def referral(self) -> str:
        return self.request.referral

    def SerializeToString(self, *, deterministic: bool) -> bytes:  # noqa: N802 -- as a protobuf message
        """What a repetition is known by: what was asked, not what partners answered."""
        return self.request.SerializeToString(deterministic=deterministic)


class Placed(msgspec.Struct, frozen=True):
    """partners has answered."""

    room: bool


def accept(referral: "Referral", command: Accept, about: dict[str, Any]) -> Sequence[Event]:
    """Who accepts while a place is asked for waits for the same answer."""
    if referral.place == ASKED:
        return []
    said: dict[str, Any] = about | {"reason": command.request.reason, "note": command.request.note}
    if command.counted:
        return [ReferralPlaceAsked(**said, service=referral.service)]
    return [ReferralAccepted(**said)]


def placed(referral: "Referral", command: Placed, about: dict[str, Any]) -> Sequence[Event]:
    """Nothing for a referral that ended meanwhile: partners takes its place back when it hears of that."""
    if referral.place != ASKED:
        return []
    if command.room:
        return [ReferralAccepted(**about, reason=referral.reason_to_accept)]
    return [ReferralNotPlaced(**about)]


def place_after(referral: "Referral", event: Event, status: str) -> dict[str, str]:
    """What an event changes about the place; `status`: the referral's after it."""
    match event:
        case ReferralPlaceAsked():
            return {"place": ASKED, "reason_to_accept": event.reason}
        case ReferralNotPlaced():
            return {"place": NO_ROOM}
        case ReferralAccepted():
            return {"place": HELD if referral.place == ASKED else ""}
    return {"place": ""} if status in OVER else {}
