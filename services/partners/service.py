"""partners as libs/host runs it."""

from typing import Final

from libs.host.service import Runtime, Service
from services.partners.agreements.handlers import AGREEMENT_HANDLERS
from services.partners.agreements.queries import AGREEMENT_QUERIES
from services.partners.events import EVENTS
from services.partners.handlers import HANDLERS
from services.partners.hsds_queries import HSDS_QUERIES
from services.partners.match_queries import MATCH_QUERIES
from services.partners.portal.handlers import PORTAL_HANDLERS
from services.partners.portal.queries import PORTAL_QUERIES
from services.partners.projections import DIRECTORY
from services.partners.queries import QUERIES
from services.partners.room.policies import when_referrals_published
from services.partners.search import SEARCH_QUERIES
from services.partners.unconfirmed import UNCONFIRMED_QUERIES


class Partners:
    """What handlers and queries work with."""

    def __init__(self, runtime: Runtime) -> None:
        self.log, self.pool = runtime.log, runtime.pool
        self.authorizer = runtime.authorizer


SERVICE: Final = Service(
    name="partners",
    events=EVENTS,
    consumes={"partners": DIRECTORY, "referrals": when_referrals_published},
    handlers={**HANDLERS, **AGREEMENT_HANDLERS, **PORTAL_HANDLERS},
    queries={
        **QUERIES,
        **HSDS_QUERIES,
        **SEARCH_QUERIES,
        **AGREEMENT_QUERIES,
        **MATCH_QUERIES,
        **PORTAL_QUERIES,
        **UNCONFIRMED_QUERIES,
    },
    compose=Partners,
)
