"""The rpc host: `samspor rpc NAME...` answers gRPC for any set of services, each on a server and port of its own."""

import signal
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any, Final

import grpc
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import HealthServicer
from grpc_reflection.v1alpha import reflection

from libs.host import logs
from libs.host.clients import STATUS_KEY, GrpcClients
from libs.host.dispatch import LARGEST, Failed, Method
from libs.host.health import Check, DatabaseCheck, Watch
from libs.host.keys import public_keys
from libs.host.service import Runtime, Service, find, vocabularies
from libs.host.settings import DEADLINE, Settings, load
from libs.host.telemetry import Telemetry
from libs.host.tokens import Verifier
from libs.host.validation import Rulebook

GRACE: Final = 5.0
"""Seconds that calls under way are given at the end."""
OPTIONS: Final = (
    ("grpc.so_reuseport", 0),
    # Above LARGEST, so that it is we who refuse, with a reason; far above, gRPC itself refuses without reading on.
    ("grpc.max_receive_message_length", 4 * LARGEST),
    ("grpc.max_concurrent_streams", 1000),
)
ANSWERED: Final = ("grpc-retry-pushback-ms", "-1")
"""Clients repeat a call that did not arrive. Who answers, if only that another does not, has waited already: repeated
at every step on the way, the waits would multiply (gRFC A6, pushback)."""
_CODES: Final = {code.value[0]: code for code in grpc.StatusCode}


class Server:
    """One service that answers."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.name = service.name
        self.address = settings.listen_on(service.name)
        self._clients = GrpcClients(service.name, settings)
        self._runtime = Runtime(service, settings, self._clients, partial(public_keys, service.name, self._clients))
        self._telemetry = Telemetry(service.name, settings)
        descriptor = descriptor_of(service)
        methods = self._methods(service, descriptor, settings)
        self._pool = ThreadPoolExecutor(settings.threads, thread_name_prefix=service.name)
        self._server = grpc.server(self._pool, options=OPTIONS)
        handlers = grpc.method_handlers_generic_handler(descriptor.full_name, methods)
        self._server.add_generic_rpc_handlers((handlers,))
        self._health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = (descriptor.full_name, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name)
        reflection.enable_server_reflection((*names, reflection.SERVICE_NAME), self._server)
        self._server.add_insecure_port(self.address)
        self._database = DatabaseCheck(settings.database_of(service.name))
        checks: dict[str, Check] = {"database": self._database}
        checks |= {need: partial(self._clients.check, need) for need in service.needs}
        self._names = ("", descriptor.full_name)
        self._watch = Watch(service.name, checks, self._tell)

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        """Says NOT_SERVING, lets calls under way end, and closes what was opened."""
        self._watch.stop()
        self._health.enter_graceful_shutdown()
        self._server.stop(GRACE).wait(GRACE + 1)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._database.close()
        self._clients.close()
        self._runtime.close()
        self._telemetry.flush()

    def _tell(self, serving: bool) -> None:
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in self._names:
            self._health.set(name, status)

    def _methods(self, service: Service, descriptor: Any, settings: Settings) -> dict[str, Any]:
        composed = service.compose(self._runtime)
        rulebook = Rulebook(vocabularies())
        verifier = Verifier(service.name, settings.folder("issuers"), settings.rpc)
        routes = rows(service, descriptor)
        return {
            name: grpc.unary_unary_rpc_method_handler(
                partial(
                    carry,
                    Method(
                        f"{descriptor.full_name}/{name}",
                        request,
                        (service.handlers.get(request) or service.queries[request]),
                        service=composed,
                        name=service.name,
                        rulebook=rulebook,
                        verifier=verifier,
                        telemetry=self._telemetry,
                    ),
                )
            )
            for name, request in routes.items()
        }


def carry(method: Method, body: bytes, call: grpc.ServicerContext) -> bytes:
    """One gRPC call to a Method and back; none is begun that nobody waits for any more.

    grpc itself begins no call that it knows to be cancelled, and learns that a moment after the caller gave up.
    """
    remaining = call.time_remaining()
    if remaining == 0:
        call.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "nobody waits for this any more")
    metadata = {key: value for key, value in call.invocation_metadata() if isinstance(value, str)}
    try:
        return method.answer(body, metadata, DEADLINE if remaining is None else remaining)
    except Failed as failed:
        call.set_trailing_metadata(((STATUS_KEY, failed.status.SerializeToString()), ANSWERED))
        call.abort(_CODES[failed.status.code], failed.status.message)
        raise  # abort never returns


def descriptor_of(service: Service) -> Any:
    """The gRPC service whose messages the declaration's tables name: the one of their proto file."""
    request = next(iter((*service.handlers, *service.queries)))
    (descriptor,) = request.DESCRIPTOR.file.services_by_name.values()
    return descriptor


def rows(service: Service, descriptor: Any) -> dict[str, type[Message]]:
    """Method name -> request message. Raises ValueError if a method has no row, or a row no method."""
    requests = {request.DESCRIPTOR.full_name: request for request in (*service.handlers, *service.queries)}
    methods = {method.input_type.full_name: method.name for method in descriptor.methods}
    if odd := requests.keys() ^ methods.keys():
        raise ValueError(f"{service.name}: a row without a method, or a method without a row: {', '.join(sorted(odd))}")
    return {methods[name]: request for name, request in requests.items()}


def serve(names: Iterable[str]) -> None:
    """Runs the named services until SIGTERM or SIGINT."""
    logs.configure()
    run(find(names), load())


def run(services: Iterable[Service], settings: Settings) -> None:
    """Runs the services in this process, from its main thread, until SIGTERM or SIGINT."""
    try:
        servers = [Server(service, settings) for service in services]
    except (ValueError, OSError, RuntimeError) as error:
        # Nothing was asked yet, so what is wrong is the set-up, and its words are the operator's.
        logs.logger().critical("cannot start", reason=str(error), **logs.failure(error))
        raise SystemExit(1) from None
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        for server in servers:
            server.start()
        addresses = {server.name: server.address for server in servers}
        logs.logger().info("answering", services=list(addresses), addresses=list(addresses.values()))
        stop.wait()
        logs.logger().info("stopping", services=list(addresses))
    finally:
        with ThreadPoolExecutor(len(servers)) as pool:
            list(pool.map(Server.stop, servers))
