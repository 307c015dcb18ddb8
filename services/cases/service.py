"""cases as libs/host runs it."""

from typing import Final

from libs.host.service import Runtime, Service
from services.cases.closing_loop import when_referrals_published
from services.cases.events import EVENTS
from services.cases.handlers import HANDLERS
from services.cases.projections import CASELOAD
from services.cases.queries import QUERIES


class Cases:
    """What handlers and queries work with."""

    def __init__(self, runtime: Runtime) -> None:
        self.log, self.pool = runtime.log, runtime.pool
        self.authorizer = runtime.authorizer


SERVICE: Final = Service(
    name="cases",
    events=EVENTS,
    handlers=HANDLERS,
    queries=QUERIES,
    consumes={"cases": CASELOAD, "referrals": when_referrals_published},
    needs=("consents",),
    compose=Cases,
)
