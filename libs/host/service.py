"""What a service is made of, said once; the rpc host and the worker host both run it from this.

services/<name>/service.py is the service's composition root, and the only place that knows how its objects are made:

    class Cases:
        def __init__(self, runtime: Runtime) -> None:
            self.log, self.pool, self.clients = runtime.log, runtime.pool, runtime.clients
            self.authorizer = runtime.authorizer

    SERVICE = Service(
        name="cases",
        events=EVENTS,                      # events.py
        handlers=HANDLERS,                  # handlers.py: {cases_pb2.OpenCase: open_case, ...}
        queries=QUERIES,                    # queries.py: {cases_pb2.GetCase: get_case, ...}
        consumes={"consents": when_consents_published},
        needs=("consents",),
        compose=Cases,
    )

    def open_case(service: Cases, request: cases_pb2.OpenCase, caller: Context) -> common_pb2.Recorded: ...
    def when_consents_published(service: Cases, connection: Connection, events: Sequence[Received]) -> None: ...

This module, and every module that a service.py imports, must load in workers: `*_pb2` yes, `*_pb2_grpc` and grpc no.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from psycopg_pool import ConnectionPool

from libs.eventlog.datastore import BoundedConnection
from libs.eventlog.event import Event
from libs.host.authorize import Authorizer
from libs.host.calls import Caller, Clients
from libs.host.settings import DEADLINE, Settings

if TYPE_CHECKING:
    from libs.eventlog import Log, Sealer

SERVICES: Final = Path(__file__).parents[2] / "services"
NAMES: Final = ("cases", "consents", "partners", "referrals", "timeline")
"""The services that rpc and worker processes host, in the order they are started."""

CONNECTIONS: Final = 8
"""Most connections of one service's pool in one process; its log has its own."""

REST: Final = 1.0
"""Seconds after which a connection is tried before it is used."""

Handler = Callable[[Any, Any, Caller], Message]
"""`handler(service, request, caller) -> answer`; a no is a Refusal."""
Consume = Callable[[Any, Any, Sequence[Any]], None]
"""`consume(service, connection, events)`, in the transaction that also moves the position (libs/bus)."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service's declaration."""

    name: str
    events: Iterable[type[Event]] = ()
    """Every event it records, in every version it ever recorded."""
    upcasts: Mapping[str, Any] = field(default_factory=dict)
    handlers: Mapping[type[Message], Handler] = field(default_factory=dict)
    """Commands: request message -> its function."""
    queries: Mapping[type[Message], Handler] = field(default_factory=dict)
    """Questions: request message -> its function."""
    consumes: Mapping[str, Consume] = field(default_factory=dict)
    """Source service -> what is done with its events."""
    fires: Callable[[Any, Any], object] | None = None
    """`fires(service, alarm)`: what is done about an alarm of its table `alarms` that is due (libs/bus/alarms.py)."""
    chores: tuple[Callable[[Any], None], ...] = ()
    """`chore(service)`: what its worker does again and again, about once a second. Safe in two workers at once."""
    needs: tuple[str, ...] = ()
    """Services it cannot do without: its health says NOT_SERVING while one of them is away."""
    compose: Callable[["Runtime"], Any]
    """Makes the service's own object, the first argument of all of the above."""
    sealer: Callable[["Runtime"], "Sealer | None"] | None = None
    """Only consents has one of its own; the others ask consents for public keys."""
    room: Path | None = None
    """Folder of its policies.cedar and migrations/; None: services/<name>."""

    @property
    def folder(self) -> Path:
        return self.room or SERVICES / self.name


class PooledConnection(BoundedConnection[Any]):
    """A connection that knows when it was used last, by the monotonic clock."""

    used: float = 0.0


def note_use(connection: PooledConnection) -> None:
    connection.used = monotonic()


def check_after_rest(connection: PooledConnection) -> None:
    """Raises psycopg.OperationalError when the server has gone. One just used is taken as it is: a server that starts
    again takes longer than that."""
    if monotonic() - connection.used > REST:
        ConnectionPool.check_connection(connection)


class Runtime:
    """What `compose` may use; each part is made when it is first asked for, and `close` ends those that were."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        clients: Clients | None = None,
        sealer: "Callable[[], Sealer] | None" = None,
    ) -> None:
        self.service, self.settings = service, settings
        self.clients = clients
        """The other services; None in workers, which talk over RabbitMQ."""
        self._sealer = sealer

    @cached_property
    def pool(self) -> "ConnectionPool[Any]":
        """Connections to the service's database as its runtime role, each statement its own transaction unless one is
        begun. None of them waits for ever."""
        return ConnectionPool(
            self.settings.database_of(self.service.name),
            connection_class=PooledConnection,
            kwargs={"autocommit": True},
            check=check_after_rest,
            reset=note_use,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=DEADLINE,
            reconnect_timeout=DEADLINE,
            open=True,
            name=self.service.name,
        )

    @property
    def others(self) -> Clients:
        """The other services. Raises RuntimeError in a worker, which asks nobody over gRPC."""
        if self.clients is None:
            raise RuntimeError(f"the worker of {self.service.name} asks no questions over gRPC")
        return self.clients

    @cached_property
    def sealer(self) -> "Sealer | None":
        if self.service.sealer:
            return self.service.sealer(self)
        return self._sealer() if self._sealer else None

    @cached_property
    def log(self) -> "Log":
        from libs.eventlog import Log

        service = self.service
        return Log(
            service.name,
            self.settings.database_of(service.name),
            service.events,
            service.upcasts,
            sealer=self.sealer,
            secret=self._secret(),
        )

    def _secret(self) -> bytes:
        """Follows from the key that the service signs with. None in workers: no personal text is commanded there.

        A new signing key makes the repetition of an older command look like another command with its id.
        """
        if self.clients is None:
            return b""
        key = (self.settings.folder("signing_keys") / f"{self.service.name}.pem").read_bytes()
        return hmac.digest(key, b"samspor: fingerprints of commands", "sha256")

    @cached_property
    def authorizer(self) -> Authorizer:
        """The service's policies.cedar, parsed once."""
        return Authorizer((self.service.folder / "policies.cedar").read_text())

    def close(self) -> None:
        for part in ("log", "pool"):
            if part in self.__dict__:
                self.__dict__[part].close()


def find(names: Iterable[str]) -> list[Service]:
    """The declarations of the named services. Raises ValueError for a name that is not a service."""
    chosen = list(dict.fromkeys(names))
    if unknown := [name for name in chosen if name not in NAMES]:
        raise ValueError(f"no such service: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return [import_module(f"services.{name}.service").SERVICE for name in chosen]


def vocabularies() -> Mapping[str, tuple[str, ...]]:
    """The closed lists that the protos' rules name. Found as the services are: no lib imports them."""
    words: Mapping[str, tuple[str, ...]] = import_module("services.vocabulary").VOCABULARIES
    return words
