"""A private PostgreSQL with one database and two roles per service."""

import os
import secrets
import shutil
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Final, LiteralString, cast
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from deploy.local.account import Account
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.process import NotReady, Process, command_line, start_ticks, wait_until
from deploy.local.programs import REPOSITORY, PostgresPrograms, postgres_programs
from deploy.local.secret import secret

SERVICES: Final = ("cases", "consents", "referrals", "partners", "timeline")
SCRIPTS: Final = REPOSITORY / "deploy" / "postgres"
SETTINGS: Final = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    # No statement and no row in the log: they could hold a person's data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}

VOLATILE: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres:
    """One server with its data in `folder`. `start` also recovers from an unclean end of the last run."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """`durable`: what is committed survives the machine; without it, only the server's own end."""
        self.folder = folder
        self._options = SETTINGS if durable else SETTINGS | VOLATILE
        self.data = folder / "data"
        self.ports = Ports(folder / "ports.json")
        self.process = Process("postgres", folder)
        self.account = Account.for_servers()

    def programs(self) -> PostgresPrograms:
        """The programs that fit the data folder, or the newest for a new one."""
        version = self.data / "PG_VERSION"
        return postgres_programs(int(version.read_text()) if version.exists() else None)

    def start(self, seconds: float = 60.0) -> None:
        """Start and wait until it answers. A server that an earlier run left behind is stopped first."""
        self.account.make_folder(self.folder)
        programs = self.programs()
        self._end_predecessor()
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs)
        # The helpers of a killed server hold its shared memory for a moment; a chosen port may be taken meanwhile.
        for attempt in range(5):
            try:
                self._start_once(programs, seconds)
                break
            except NotReady:
                if attempt == 4:
                    raise
        self.provision(SERVICES)

    def _initialise(self, programs: PostgresPrograms) -> None:
        initdb = Process("initdb", self.folder)
        password_file = self.folder / "admin.password"
        secret(password_file, self.account)
        half = self.folder / "data.new"
        command = [str(programs.bin / "initdb"), "-D", str(half), "-U", "postgres", "-A", "scram-sha-256"]
        options = ["--pwfile", str(password_file), "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        shutil.rmtree(half, ignore_errors=True)
        initdb.start([*command, *options], {"PATH": "/usr/bin:/bin"}, self.account)
        initdb.wait_end(120)
        half.rename(self.data)

    def _start_once(self, programs: PostgresPrograms, seconds: float) -> None:
        port = self.ports.choose("postgres")
        options = [f"-c{name}={value}" for name, value in self._options.items()]
        command = [str(programs.bin / "postgres"), "-D", str(self.data), "-p", str(port), *options]
        self.process.start(command, {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, self.account)
        self.process.wait_ready(self.answers, seconds)

    def _end_predecessor(self) -> None:
        self.process.stop(signal.SIGINT)
        lock = self.data / "postmaster.pid"
        if lock.exists():
            # Of a server that never ended cleanly. Its pid may be a stranger's by now, and hold PostgreSQL up.
            pid = int(lock.read_text().split("\n")[0])
            if str(self.data).encode() in command_line(pid):
                os.kill(pid, signal.SIGINT)
                wait_until(lambda: start_ticks(pid) is None, 20)
            lock.unlink(missing_ok=True)

    @property
    def port(self) -> int:
        return self.ports["postgres"]

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back."""
        self.process.stop(signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of the postmaster, as the kernel's out-of-memory killer would."""
        self.process.kill()

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.admin_url(), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def wait_ready(self, seconds: float = 60.0) -> None:
        self.process.wait_ready(self.answers, seconds)

    def admin_url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres:{self._password('admin')}@{LOOPBACK}:{self.port}/{database}"

    def template(self, suffix: str = "") -> str:
        """URL of the runtime role with `{service}` to fill in: Settings.database."""
        return self._template("", "runtime", suffix)

    def owner_template(self, suffix: str = "") -> str:
        """URL of the owner role with `{service}` to fill in: Settings.owner_database."""
        return self._template("_owner", "owner", suffix)

    def _template(self, role: str, password: str, suffix: str) -> str:
        login = f"samspor_{{service}}{role}:{self._password(password)}"
        return f"postgresql://{login}@{LOOPBACK}:{self.port}/samspor_{{service}}{suffix}"

    def url(self, service: str, *, owner: bool = False) -> str:
        return (self.owner_template() if owner else self.template()).format(service=service)

    def _password(self, name: str) -> str:
        return secret(self.folder / f"{name}.password", self.account)

    def provision(self, services: Iterable[str], suffix: str = "") -> None:
        """Roles and database `samspor_<service><suffix>` of each service; what exists is kept."""
        with psycopg.connect(self.admin_url(), autocommit=True) as connection:
            existing = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            for service in services:
                database = f"samspor_{service}{suffix}"
                self._settings(connection, service)
                connection.execute(_script("roles.sql"))
                if database not in existing:
                    name, owner = sql.Identifier(database), sql.Identifier(f"samspor_{service}_owner")
                    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
                with psycopg.connect(self.admin_url(database), autocommit=True) as inside:
                    self._settings(inside, service)
                    inside.execute(_script("database.sql"))

    def _settings(self, connection: psycopg.Connection, service: str) -> None:
        passwords = {"password": self._password("runtime"), "owner_password": self._password("owner")}
        for name, value in {"service": service, **passwords}.items():
            connection.execute("SELECT set_config(%s, %s, false)", (f"samspor.{name}", value))

    def fresh(self, *services: str) -> "Databases":
        """New, empty databases of `services` (all by default), with the roles that exist already."""
        suffix = f"_{secrets.token_hex(4)}"
        self.provision(services or SERVICES, suffix)
        return Databases(self.template(suffix), self.owner_template(suffix), self.admin_url(), services or SERVICES)


class Databases:
    """One set of the services' databases. `template` and `owner_template` are what Settings takes."""

    def __init__(self, template: str, owner_template: str, admin_url: str, services: tuple[str, ...]) -> None:
        self.template = template
        self.owner_template = owner_template
        self.admin_url = admin_url
        self.services = services

    def url(self, service: str, *, owner: bool = False) -> str:
        return (self.owner_template if owner else self.template).format(service=service)

    def drop(self) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            for service in self.services:
                name = sql.Identifier(urlsplit(self.url(service)).path[1:])
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _script(name: str) -> LiteralString:
    return cast(LiteralString, (SCRIPTS / name).read_text())  # type: ignore[redundant-cast]  # mypy knows no LiteralString
