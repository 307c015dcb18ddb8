"""referrals as libs/host runs it."""

from typing import Final

from libs.host.calls import Clients
from libs.host.service import Runtime, Service
from services.referrals.alarms import when_alarm_is_due_remind_or_escalate
from services.referrals.events import EVENTS
from services.referrals.handlers import HANDLERS
from services.referrals.policies import LISTS, when_consent_withdrawn_hold_referral
from services.referrals.queries import QUERIES


class Referrals:
    """What handlers, policies and queries work with."""

    def __init__(self, runtime: Runtime) -> None:
        self.log, self.pool = runtime.log, runtime.pool
        self.authorizer = runtime.authorizer
        self._runtime = runtime

    @property
    def clients(self) -> Clients:
        return self._runtime.others


SERVICE: Final = Service(
    name="referrals",
    events=EVENTS,
    handlers=HANDLERS,
    queries=QUERIES,
    consumes={"referrals": LISTS, "consents": when_consent_withdrawn_hold_referral},
    fires=when_alarm_is_due_remind_or_escalate,
    needs=("consents",),
    compose=Referrals,
)
