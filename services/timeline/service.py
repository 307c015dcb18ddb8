"""The timeline's composition root."""

from libs.host.calls import Clients
from libs.host.service import Runtime, Service
from services.timeline.projections import ENTRIES
from services.timeline.queries import QUERIES


class Timelines:
    """What the timeline's questions are answered from."""

    def __init__(self, runtime: Runtime) -> None:
        self.pool = runtime.pool
        self._runtime = runtime

    @property
    def clients(self) -> Clients:
        return self._runtime.others


SERVICE = Service(
    name="timeline",
    queries=QUERIES,
    consumes=dict.fromkeys(("cases", "consents", "partners", "referrals"), ENTRIES),
    needs=("consents",),
    compose=Timelines,
)
