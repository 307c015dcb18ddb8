"""referrals as libs/host runs it."""

from functools import cached_property
from typing import Final

from libs.host.calls import Clients
from libs.host.post import Post, Posting
from libs.host.service import Runtime, Service
from services.referrals.alarms import when_alarm_is_due_remind_or_escalate
from services.referrals.asking import ASKING_HANDLERS
from services.referrals.calendar import CALENDAR_EVENTS
from services.referrals.calendars import CALENDAR_HANDLERS, CALENDAR_QUERIES
from services.referrals.candidacies import CANDIDACY_HANDLERS, CANDIDACY_QUERIES
from services.referrals.delivering import deliver, tellers
from services.referrals.events import EVENTS
from services.referrals.handlers import HANDLERS
from services.referrals.light import LIGHT_HANDLERS, LIGHT_QUERIES
from services.referrals.mailing import send_links
from services.referrals.placing import when_partners_published
from services.referrals.policies import LISTS, when_consent_withdrawn_hold_referral
from services.referrals.queries import QUERIES
from services.referrals.token import Tokens
from services.referrals.webhook import WEBHOOK_EVENTS
from services.referrals.webhooks import WEBHOOK_HANDLERS, WEBHOOK_QUERIES, Secrets


class Referrals:
    """What handlers, policies and queries work with."""

    def __init__(self, runtime: Runtime) -> None:
        self.log, self.pool = runtime.log, runtime.pool
        self.authorizer = runtime.authorizer
        self.post: Post = Posting(runtime.settings)
        self.address = runtime.settings.address
        self.local = runtime.settings.environment == "local"
        self.tellers = tellers()
        self._runtime = runtime

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self._runtime.settings.folder("signing_keys"))

    @cached_property
    def calendar_tokens(self) -> Tokens:
        return Tokens(self._runtime.settings.folder("signing_keys"), "calendars")

    @cached_property
    def secrets(self) -> Secrets:
        return Secrets(self._runtime.settings.folder("signing_keys"))

    @property
    def clients(self) -> Clients:
        return self._runtime.others


SERVICE: Final = Service(
    name="referrals",
    events=(*EVENTS, *WEBHOOK_EVENTS, *CALENDAR_EVENTS),
    fires=when_alarm_is_due_remind_or_escalate,
    handlers={
        **HANDLERS,
        **ASKING_HANDLERS,
        **CANDIDACY_HANDLERS,
        **LIGHT_HANDLERS,
        **WEBHOOK_HANDLERS,
        **CALENDAR_HANDLERS,
    },
    queries={**QUERIES, **CANDIDACY_QUERIES, **LIGHT_QUERIES, **WEBHOOK_QUERIES, **CALENDAR_QUERIES},
    chores=(send_links, deliver),
    consumes={
        "referrals": LISTS,
        "partners": when_partners_published,
        "consents": when_consent_withdrawn_hold_referral,
    },
    needs=("consents",),
    compose=Referrals,
)
