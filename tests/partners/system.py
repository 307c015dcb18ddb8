"""Services hosted in this process on real databases. No worker runs: a test brings views up to date itself."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from psycopg import sql

from deploy.local.ports import free_port
from deploy.local.postgres import Postgres
from libs.bus.received import Envelope, Received
from libs.host.migrate import migrate_one
from libs.host.rpc import Server
from libs.host.service import find
from libs.host.settings import Settings
from services.consents.vault import HMAC_FILE, KEK_FILE
from services.partners.projections import DIRECTORY

LOG = ("cases", "consents", "partners")
"""What an event log needs."""
STORY = (*LOG, "referrals")


@contextmanager
def running(postgres: Postgres, folder: Path, names: tuple[str, ...]) -> Iterator[Settings]:
    databases, services = postgres.fresh(*names), find(names)
    for issuer in ("cli", *names):
        make_key(folder, issuer)
    (folder / "secrets").mkdir()
    for name in (KEK_FILE, HMAC_FILE):
        file = folder / "secrets" / name
        file.write_text(secrets.token_hex(32))
        file.chmod(0o600)
    settings = Settings(
        environment="test",
        database=databases.template,
        owner_database=databases.owner_template,
        rpc={name: f"127.0.0.1:{free_port()}" for name in names},
        issuers=folder / "public",
        signing_keys=folder / "private",
        secrets=folder / "secrets",
    )
    servers = []
    try:
        for service in services:
            migrate_one(service, databases.url(service.name, owner=True))
            servers.append(Server(service, settings))
            servers[-1].start()
        yield settings
    finally:
        for server in servers:
            server.stop()
        databases.drop()


def published(settings: Settings, service: str) -> list[Envelope]:
    """All events of a service in the order of their positions."""
    with psycopg.connect(settings.database_of(service)) as connection:
        rows = connection.execute("SELECT position, body FROM events ORDER BY position").fetchall()
    return [Received(position, bytes(body)).envelope for position, body in rows]


def show_directory(settings: Settings) -> None:
    """What the worker of partners does with all of its events."""
    with psycopg.connect(settings.database_of("partners")) as connection:
        for table in DIRECTORY.keyed:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        rows = connection.execute("SELECT position, body FROM events ORDER BY position").fetchall()
        DIRECTORY.apply(connection, [Received(position, bytes(body)) for position, body in rows])


def make_key(folder: Path, issuer: str) -> None:
    """The issuer's keys, `private/<issuer>.pem` and `public/<issuer>.pem`."""
    key: Any = Ed25519PrivateKey.generate()
    sides = {
        "private": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "public": key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    }
    for side, pem in sides.items():
        (folder / side).mkdir(exist_ok=True)
        (folder / side / f"{issuer}.pem").write_bytes(pem)
