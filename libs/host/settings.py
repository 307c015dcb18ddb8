"""What a process is told about the place it runs in: environment variables SAMSPOR_*, or a file with the same names."""

import os
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.host import clock

DEADLINE = 2.0
"""Seconds that one service waits for another unless the call says otherwise, and within which whoever asks learns that
another one does not answer: however many are asked for one call, they share this time."""
SPARE = 0.3
"""Seconds of a call's time that are kept for the answer, so that a refusal arrives before its asker gives up."""


class SettingMissing(RuntimeError):
    """A process was started without something it needs; the message names the variable to set."""

    def __init__(self, name: str, key: str = "") -> None:
        where = f" for {key}" if key else ""
        super().__init__(f"SAMSPOR_{name.upper()} is not set{where}. libs/host/settings.py says what each is.")


class Settings(BaseSettings):
    """Read once at start and handed on. A process is given only what it needs; the rest stays empty."""

    model_config = SettingsConfigDict(env_prefix="SAMSPOR_", extra="ignore", frozen=True)

    environment: str = "local"
    """Name of the installation, on every span and log line. Demo personas exist in `local` only."""
    database: str = ""
    """Template with `{service}`: `postgresql://samspor_{service}:...@host:port/samspor_{service}`, the runtime role."""
    owner_database: str = ""
    """The same with the role that owns the tables; migrations only."""
    broker: str = ""
    """`amqp://user:password@host:port/vhost`"""
    rpc: dict[str, str] = {}
    """Service -> `host:port` where it answers gRPC; JSON in the environment."""
    listen: str = ""
    """Interface that rpc processes bind, for instance `0.0.0.0`; empty: the host named in `rpc`."""
    worker_health: str = ""
    """`host:port` of a worker process's health answer."""
    issuers: Path | None = None
    """Folder of public keys, `<issuer>.pem`: whose tokens are believed."""
    signing_keys: Path | None = None
    """Folder of the private keys, `<issuer>.pem`, that this process signs tokens with."""
    secrets: Path | None = None
    """Folder of consents' key-encryption key and HMAC key."""
    address: str = ""
    """Where people reach the pages, for links in mails: `https://samspor.example.org`."""
    mail: str = ""
    """SMTP server, `smtp://host:port`, `smtp+tls://` (STARTTLS) or `smtps://`, with `user:password@` if it asks."""
    mail_from: str = "Samspor <samspor@localhost>"
    text_messages: str = ""
    """HTTP gateway that takes `{"to", "text"}` as JSON and sends a text message; empty: none are sent."""
    text_messages_key: str = ""
    """Bearer token of that gateway."""
    otlp: str = ""
    """OTLP/HTTP endpoint, for instance `http://127.0.0.1:4318`."""
    otlp_file: Path | None = None
    """Spans go here as JSON lines; used where there is no collector."""
    clock: Path | None = None
    """File with the seconds that this platform's clock is ahead (libs/host/clock.py); `local` only."""
    threads: int = 16
    """Calls that one service's rpc server works on at once."""

    def database_of(self, service: str) -> str:
        return self._template("database").format(service=service)

    def owner_database_of(self, service: str) -> str:
        return self._template("owner_database").format(service=service)

    def rpc_of(self, service: str) -> str:
        """`host:port` of the service. Raises SettingMissing."""
        try:
            return self.rpc[service]
        except KeyError:
            raise SettingMissing("rpc", service) from None

    def listen_on(self, service: str) -> str:
        """`interface:port` that the service's rpc server binds. Raises SettingMissing."""
        host, _, port = self.rpc_of(service).rpartition(":")
        return f"{self.listen or host}:{port}"

    def folder(self, name: str) -> Path:
        """The folder setting `issuers`, `signing_keys` or `secrets`. Raises SettingMissing."""
        folder: Path | None = getattr(self, name)
        if folder is None:
            raise SettingMissing(name)
        return folder

    def _template(self, name: str) -> str:
        template: str = getattr(self, name)
        if not template:
            raise SettingMissing(name)
        return template


def load() -> Settings:
    """Settings of this process. SAMSPOR_ENV_FILE names a file of `NAME=value` lines; the environment goes before it."""
    file = os.environ.get("SAMSPOR_ENV_FILE")
    if file and not Path(file).is_file():
        raise SettingMissing("env_file", f"a file that exists: {file} does not")
    settings = Settings(_env_file=file)  # type: ignore[call-arg]  # pydantic-settings takes it from the model's metaclass
    clock.follow(settings.clock, settings.environment)
    return settings
