"""consents as libs/host runs it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final

from libs.eventlog import Context, Sealer
from libs.host.service import Runtime, Service, vocabularies
from libs.host.validation import Rulebook
from libs.sealing import KeyCache
from services.consents.events import EVENTS, KeyCreated
from services.consents.exporting import EXPORTS
from services.consents.handlers import HANDLERS
from services.consents.identity import Identities
from services.consents.keys import Keys
from services.consents.kinds import KINDS, Kinds
from services.consents.names import Names
from services.consents.policies import when_cases_published
from services.consents.projections import LISTS
from services.consents.queries import QUERIES
from services.consents.vault import HMAC_FILE, Blinder, wrapper_of

TOGETHER: Final = 32
"""Appends that one call or batch waits for at once: the log records in one group what waits together."""


class Consents:
    """What handlers, policies and queries work with. The two secrets are read in rpc processes only."""

    def __init__(self, runtime: Runtime) -> None:
        self.log, self.pool = runtime.log, runtime.pool
        self.authorizer = runtime.authorizer
        self.together = ThreadPoolExecutor(TOGETHER, "consents-together")
        if runtime.clients is not None:
            self.keys = keys_of(runtime)
            assert isinstance(runtime.sealer, KeyCache)
            self.sealer = runtime.sealer
            self.identities = Identities(runtime.pool, Blinder(runtime.settings.folder("secrets") / HMAC_FILE))
            self.names = Names(self.log, self.keys)
            self.kinds = Kinds(runtime.pool)
            self.rules = Rulebook(vocabularies())


def keys_of(runtime: Runtime) -> Keys:
    """A new key is announced in the log, which so knows every key that was ever used."""

    def announce(key_id: str, citizen: str, organisation: str, public: bytes) -> None:
        now = datetime.now(UTC)
        context = Context(
            command_id=key_id, actor="consents", organisation=organisation, role="service", now=now, occurred=now
        )
        created = KeyCreated(citizen=citizen, controller=organisation, public=public)
        runtime.log.append(key_id, 0, [created], context)

    return Keys(runtime.pool, wrapper_of(runtime.settings.folder("secrets")), announce)


def sealer_of(runtime: Runtime) -> Sealer | None:
    """consents seals with its own keys. A worker has no secrets, and records no personal text."""
    return None if runtime.clients is None else KeyCache(keys_of(runtime).public)


SERVICE: Final = Service(
    name="consents",
    events=EVENTS,
    handlers=HANDLERS,
    queries={**QUERIES, **EXPORTS},
    consumes={"cases": when_cases_published, "partners": KINDS, "consents": LISTS},
    sealer=sealer_of,
    compose=Consents,
)
