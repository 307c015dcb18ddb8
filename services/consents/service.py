"""consents as libs/host runs it."""

from collections.abc import Container, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final

from google.protobuf.message import Message
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Sealer
from libs.host.remembered import Remembered
from libs.host.service import Handler, Runtime, Service, vocabularies
from libs.host.validation import Rulebook
from libs.sealing import KeyCache
from services.consents.control.handlers import CONTROL_HANDLERS
from services.consents.control.queries import CONTROL_QUERIES
from services.consents.destruction import Destruction
from services.consents.events import EVENTS, KeyCreated
from services.consents.exercising import decide_right, invoke_right, lift_restriction, list_rights
from services.consents.exporting import EXPORTS
from services.consents.handlers import HANDLERS
from services.consents.household_handlers import HOUSEHOLD_HANDLERS, HOUSEHOLD_QUERIES
from services.consents.identity import Identities
from services.consents.keys import Keys
from services.consents.kinds import KINDS, Kinds
from services.consents.names import Names
from services.consents.projections import LISTS
from services.consents.queries import QUERIES
from services.consents.retention import CASE_RECORDS, CaseRecords
from services.consents.staff import Digests
from services.consents.tombstones import TOMBSTONES_FILE, Tombstones
from services.consents.vault import HMAC_FILE, Blinder, Wrapper, wrapper_of
from services.consents.vigil import Vigil
from services.consents.waiting import WAITING

TOGETHER: Final = 32
"""Appends that one call or batch waits for at once: the log records in one group what waits together."""


CONTROLS: Final = 8
"""Runs of control whose facts are remembered."""


class Consents:
    """What handlers, policies and queries work with. The two secrets are read in rpc processes only."""

    def __init__(self, runtime: Runtime) -> None:
        self.log, self.pool = runtime.log, runtime.pool
        self.authorizer = runtime.authorizer
        self.together = ThreadPoolExecutor(TOGETHER, "consents-together")
        if runtime.clients is None:
            self.destruction = Destruction(self.log, self.pool, None)
            return
        secrets = runtime.settings.folder("secrets")
        tombstones, wrapper = Tombstones(secrets / TOMBSTONES_FILE), wrapper_of(secrets)
        self.destruction = Destruction(self.log, self.pool, tombstones)
        self.keys = keys_of(runtime, wrapper, tombstones)
        blinder = Blinder(secrets / HMAC_FILE)
        self.identities = Identities(runtime.pool, blinder)
        self.digests = Digests(runtime.pool, blinder)
        self.names = Names(self.log, self.keys)
        self.kinds = Kinds(runtime.pool)
        self.rules = Rulebook(vocabularies())
        self.case_records = CaseRecords(runtime.pool)
        self.controls = Remembered(CONTROLS)
        Vigil(self.pool, self.keys, tombstones, self.destruction, wrapper).start()


def keys_of(runtime: Runtime, wrapper: Wrapper, destroyed: Container[str] = ()) -> Keys:
    """A new key is announced in the log, which so knows every key that was ever used."""

    def announce(key_id: str, citizen: str, organisation: str, public: bytes) -> None:
        now = datetime.now(UTC)
        context = Context(
            command_id=key_id, actor="consents", organisation=organisation, role="service", now=now, occurred=now
        )
        created = KeyCreated(citizen=citizen, controller=organisation, public=public)
        runtime.log.append(key_id, 0, [created], context)

    return Keys(runtime.pool, wrapper, announce, destroyed)


def sealer_of(runtime: Runtime) -> Sealer | None:
    """consents seals with its own keys. A worker has no secrets, and records no personal text."""
    if runtime.clients is None:
        return None
    keys = keys_of(runtime, wrapper_of(runtime.settings.folder("secrets")))
    return KeyCache(lambda citizen, organisation, _: keys.public(citizen, organisation))


RIGHTS: Final[Mapping[type[Message], Handler]] = {
    consents.InvokeRight: invoke_right,
    consents.DecideRight: decide_right,
    consents.LiftRestriction: lift_restriction,
}

SERVICE: Final = Service(
    name="consents",
    events=EVENTS,
    handlers={**HANDLERS, **RIGHTS, **HOUSEHOLD_HANDLERS, **CONTROL_HANDLERS},
    queries={**QUERIES, **EXPORTS, **HOUSEHOLD_QUERIES, **CONTROL_QUERIES, **WAITING, consents.ListRights: list_rights},
    consumes={"cases": CASE_RECORDS, "partners": KINDS, "consents": LISTS},
    sealer=sealer_of,
    compose=Consents,
)
