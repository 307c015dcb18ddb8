"""A whole Samspor on this machine: two servers and four processes of ours, with all their data in one folder.

`samspor run` keeps one in .local/; the tests start theirs in a folder of their own. What was chosen (ports, passwords,
keys) is remembered in the folder, so that a later run finds its data and its address again.
"""

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from deploy.local.account import Account
from deploy.local.health import serving
from deploy.local.keys import make_secrets, make_token_keys
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.postgres import SERVICES, Postgres
from deploy.local.process import Process
from deploy.local.programs import REPOSITORY, RabbitPrograms, rabbit_programs
from deploy.local.rabbitmq import Rabbit

APART: Final = ("consents",)
"""Services that answer from a process of their own, `rpc-<service>`: the one with the keys (docs/adr/0012)."""

PYTHON_PATH: Final = os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "build" / "gen")))


@dataclass(frozen=True)
class Program:
    """One of our own processes."""

    process: Process
    arguments: tuple[str, ...]
    ready: Callable[[], bool]


def reachable(folder: Path) -> Path:
    """Where the servers keep their data: in `folder`, or where root's own folders (/root) keep their user out."""
    if Account.for_servers().reaches(folder / "postgres"):
        return folder
    return Path("/var/lib/samspor") / hashlib.sha256(str(folder).encode()).hexdigest()[:12]


class Platform:
    """Everything in `folder`. `start` also takes over from a run that ended uncleanly."""

    def __init__(self, folder: Path, more: Mapping[str, str] | None = None) -> None:
        """`more`: environment for our processes beside what is generated, for instance SAMSPOR_OTLP_FILE."""
        self.folder = folder
        self._more = dict(more or {})
        self.ports = Ports(folder / "ports.json")
        self.servers = reachable(folder)
        self.postgres = Postgres(self.servers / "postgres")
        self.rabbitmq = Rabbit(self.servers / "rabbitmq")
        self._hosts = {service: f"rpc-{service}" if service in APART else "rpc" for service in SERVICES}
        self.programs: dict[str, Program] = {
            **{name: self._rpc(name) for name in dict.fromkeys(self._hosts.values())},
            "worker": self._program("worker", "worker", *SERVICES, ready=self._ready_at("worker")),
            "gateway": self._program("gateway", "gateway", ready=self._ready_at("gateway")),
        }

    def start(self, tell: Callable[[str], None] = lambda _line: None) -> None:
        """Start what is needed and wait until all of it is ready. Raises NotReady, Missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        for program in self.programs.values():
            # Of a run that ended uncleanly. None of them keeps anything that it would have to save.
            program.process.kill()
        tell("starting PostgreSQL and RabbitMQ")
        with ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(self._start_databases), pool.submit(self.rabbitmq.start)]:
                started.result()
        self.write_environment()
        tell("starting the services")
        for program in self.programs.values():
            self.launch(program)
        for name in self.programs:
            self.wait_ready(name)

    def _start_databases(self) -> None:
        """With their tables up to date: that takes less time than RabbitMQ needs to start."""
        self.postgres.start()
        migration = Process("migrate", self.folder)
        known = {"SAMSPOR_DATABASE": self.postgres.template(), "SAMSPOR_OWNER_DATABASE": self.postgres.owner_template()}
        migration.start(self._command("migrate"), self._environment() | known)
        migration.wait_end(120)

    def launch(self, program: Program) -> None:
        program.process.start(self._command(*program.arguments), self._environment())

    def wait_ready(self, name: str, seconds: float = 60.0) -> None:
        program = self.programs[name]
        program.process.wait_ready(program.ready, seconds)

    def stop(self, *, keep: bool = True) -> None:
        """`keep`: its data will be used again."""
        for program in self.programs.values():
            program.process.send(signal.SIGTERM)
        for program in self.programs.values():
            program.process.stop(seconds=10)
        self.rabbitmq.stop(keep=keep)
        self.postgres.stop()

    def rabbitmq_programs(self) -> RabbitPrograms:
        return rabbit_programs()

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['gateway']}/"

    @property
    def environment_file(self) -> Path:
        """What our processes, and `samspor` on the command line, are told: SAMSPOR_ENV_FILE."""
        return self.folder / "env"

    def write_environment(self) -> None:
        """Choose what is not chosen yet and write it down. PostgreSQL and RabbitMQ must run."""
        rpc = {service: f"{LOOPBACK}:{self._port(service)}" for service in SERVICES}
        make_token_keys(self.folder / "keys", (*SERVICES, "gateway", "cli"))
        make_secrets(self.folder / "secrets")
        settings = {
            "SAMSPOR_DATABASE": self.postgres.template(),
            "SAMSPOR_OWNER_DATABASE": self.postgres.owner_template(),
            "SAMSPOR_BROKER": self.rabbitmq.url(),
            "SAMSPOR_RPC": json.dumps(rpc),
            "SAMSPOR_WORKER_HEALTH": f"{LOOPBACK}:{self._port('worker')}",
            "SAMSPOR_ISSUERS": str(self.folder / "keys" / "public"),
            "SAMSPOR_SIGNING_KEYS": str(self.folder / "keys" / "private"),
            "SAMSPOR_SECRETS": str(self.folder / "secrets"),
            "SAMSPOR_GATEWAY_HOST": LOOPBACK,
            "SAMSPOR_GATEWAY_PORT": str(self._port("gateway")),
            "SAMSPOR_ADDRESS": self.address,
            "SAMSPOR_MAIL": f"smtp://{LOOPBACK}:{self._port('mail')}",
            "SAMSPOR_GATEWAY_CATCH_MAIL": str(self.ports["mail"]),
            **self._more,
        }
        new = self.environment_file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
        new.rename(self.environment_file)

    def _port(self, name: str) -> int:
        """A remembered port as it is while its program runs; else one that is free now."""
        program = self.programs["gateway" if name == "mail" else self._hosts.get(name, name)]
        return self.ports[name] if program.process.pid else self.ports.choose(name)

    def _rpc(self, name: str) -> Program:
        """The process that hosts the services whose host has this name."""
        services = [service for service, host in self._hosts.items() if host == name]
        return self._program(name, "rpc", *services, ready=self._rpc_ready(services))

    def _program(self, name: str, *arguments: str, ready: Callable[[], bool]) -> Program:
        return Program(Process(name, self.folder), arguments, ready)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "cli.main", *arguments]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMSPOR_")}
        file = {"SAMSPOR_ENV_FILE": str(self.environment_file)} if self.environment_file.exists() else {}
        return kept | {"PYTHONPATH": PYTHON_PATH} | file | self._more

    def _rpc_ready(self, services: Sequence[str]) -> Callable[[], bool]:
        return lambda: all(serving(f"{LOOPBACK}:{self.ports[service]}") for service in services)

    def _ready_at(self, name: str) -> Callable[[], bool]:
        def ready() -> bool:
            try:
                with urlopen(f"http://{LOOPBACK}:{self.ports[name]}/health/ready", timeout=2) as answer:
                    return bool(answer.status == 200)
            except (OSError, HTTPException):
                return False

        return ready
