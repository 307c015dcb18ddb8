"""A private RabbitMQ: its own node name, epmd, cookie and ports, on loopback only, no plugins."""

import hashlib
import os
import signal
import subprocess
from pathlib import Path
from typing import Final

import amqp

from deploy.local.account import Account
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.process import NotReady, Process
from deploy.local.programs import REPOSITORY, RabbitPrograms, rabbit_programs
from deploy.local.secret import secret

SHARED_SETTINGS: Final = REPOSITORY / "deploy" / "rabbitmq" / "rabbitmq.conf"
USER: Final = "samspor"


class Rabbit:
    """One broker with its data in `folder`. `start` also recovers from an unclean end of the last run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = Ports(folder / "ports.json")
        self.process = Process("rabbitmq", folder)
        self.epmd = Process("epmd", folder)
        self.account = Account.for_servers()
        self.node = f"samspor-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}@localhost"
        self._vhosts: list[str] = []

    def start(self, seconds: float = 120.0) -> None:
        """Start and wait until it answers. A broker that an earlier run left behind is stopped first."""
        self.account.make_folder(self.folder)
        programs = rabbit_programs()
        self.process.stop()
        self.epmd.stop()
        for attempt in range(3):
            try:
                self._start_once(programs, seconds)
                break
            except NotReady:
                self.epmd.stop()
                if attempt == 2:
                    raise

    def _start_once(self, programs: RabbitPrograms, seconds: float) -> None:
        _, epmd_port, distribution_port = (self.ports.choose(name) for name in ("amqp", "epmd", "distribution"))
        self._write_settings()
        env = self._env(programs)
        self.epmd.start([str(programs.epmd), "-port", str(epmd_port), "-address", LOOPBACK], env, self.account)
        server = [str(programs.sbin / "rabbitmq-server"), "-noinput"]
        options = f"-kernel inet_dist_use_interface {{127,0,0,1}} +S {min(os.cpu_count() or 1, 4)}"
        more = {
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": options,
            # The start script then becomes the server instead of waiting beside it: one pid to know.
            "RUNNING_UNDER_SYSTEMD": "true",
        }
        self.process.start(server, env | more, self.account)
        self.process.wait_ready(self.answers, seconds)

    def _write_settings(self) -> None:
        own = {"listeners.tcp.1": f"{LOOPBACK}:{self.port}", "default_user": USER, "default_pass": self._password()}
        text = SHARED_SETTINGS.read_text() + "".join(f"{name} = {value}\n" for name, value in own.items())
        for name, content in {"rabbitmq.conf": text, "enabled_plugins": "[].\n", "environment": ""}.items():
            (self.folder / name).write_text(content)
            self.account.give(self.folder / name, 0o600)
        cookie = self.folder / ".erlang.cookie"
        secret(cookie, self.account)
        cookie.chmod(0o400)

    def _env(self, programs: RabbitPrograms) -> dict[str, str]:
        return {
            "PATH": f"{programs.erlang}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.ports["epmd"]),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "environment"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
        }

    @property
    def port(self) -> int:
        return self.ports["amqp"]

    def stop(self, *, keep: bool = True) -> None:
        """`keep`: its data will be used again. To put them in order takes ten seconds."""
        if not keep:
            self.kill()
        self.process.stop(seconds=60)
        self.epmd.stop()

    def kill(self) -> None:
        """kill -9 of the broker."""
        self.process.kill()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        self.process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send(signal.SIGCONT)

    def answers(self) -> bool:
        host = f"{LOOPBACK}:{self.port}"
        try:
            with amqp.Connection(
                host, userid=USER, password=self._password(), connect_timeout=2, read_timeout=5, write_timeout=5
            ):
                return True
        except (OSError, amqp.exceptions.AMQPError):
            return False

    def wait_ready(self, seconds: float = 120.0) -> None:
        self.process.wait_ready(self.answers, seconds)

    def url(self, vhost: str = "/") -> str:
        """AMQP URL: Settings.broker."""
        path = "%2F" if vhost == "/" else vhost
        return f"amqp://{USER}:{self._password()}@{LOOPBACK}:{self.port}/{path}"

    def _password(self) -> str:
        return secret(self.folder / "broker.password", self.account)

    def fresh(self) -> str:
        """URL of a new, empty virtual host. Sixteen are made at a time: each call of rabbitmqctl takes a second."""
        if not self._vhosts:
            prefix = os.urandom(4).hex()
            self._vhosts = [f"t{prefix}{number}" for number in range(16)]
            names = ",".join(f'<<"{name}">>' for name in self._vhosts)
            user = f'<<"{USER}">>'
            self.control(
                "eval",
                f"[begin rabbit_vhost:add(V, {user}), rabbit_auth_backend_internal:set_permissions("
                f'{user}, V, <<".*">>, <<".*">>, <<".*">>, {user}) end || V <- [{names}]].',
            )
        return self.url(self._vhosts.pop())

    def control(self, *arguments: str) -> str:
        """Output of `rabbitmqctl <arguments>`; NotReady with what it said if it fails."""
        programs = rabbit_programs()
        command = [str(programs.sbin / "rabbitmqctl"), "--node", self.node, *arguments]
        who = self.account.arguments()
        done = subprocess.run(
            command,
            check=False,
            env=self._env(programs),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            **who,
        )
        if done.returncode != 0:
            raise NotReady(f"rabbitmqctl {arguments[0]} failed: {(done.stderr or done.stdout)[-600:]}")
        return done.stdout
