"""When the last of several that were asked has said no, the referral is rejected (docs/adr/0007)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from libs.bus.received import Received
from libs.eventlog import derived_id
from libs.host import clock
from services.referrals.claiming import NobodyTakes
from services.referrals.events import CandidateDeclined
from services.referrals.policy_context import context_of
from services.referrals.referral import REFERRAL

if TYPE_CHECKING:
    from services.referrals.service import Referrals

POLICY: Final = "when_all_declined_reject_referral"


def when_all_declined_reject_referral(service: "Referrals", events: Sequence[Received]) -> None:
    for event in events:
        cause = event.envelope
        if cause.type != CandidateDeclined.type:
            continue
        context = context_of(
            service.log.load(REFERRAL, cause.subject).state.sender,
            POLICY,
            derived_id(cause.id, POLICY),
            clock.now(),
            correlationid=cause.correlationid,
            traceparent=cause.traceparent,
        )
        service.log.execute(REFERRAL, cause.subject, NobodyTakes(event.data["reason"]), context)
