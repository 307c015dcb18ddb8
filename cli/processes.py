"""The processes of an installation, each a thin command; libs/host and services/gateway are what they run."""

from importlib.metadata import version as installed
from typing import Annotated

import typer

Names = Annotated[list[str], typer.Argument(help="Services, for instance cases consents.", show_default=False)]


def rpc(names: Names) -> None:
    """Answers gRPC for any set of services, each on its own port."""
    from libs.host.rpc import serve

    serve(names)


def worker(names: Names) -> None:
    """Relays and consumes events for any set of services."""
    from libs.host.worker import serve

    serve(names)


def gateway() -> None:
    """Serves the pages and the REST mount."""
    from libs.host.settings import load
    from services.gateway.app import serve
    from services.gateway.settings import read

    serve(load(), read())


def migrate() -> None:
    """Applies what is missing to every service's database, as the roles that own the tables."""
    from libs.host.migrate import migrate as apply
    from libs.host.service import NAMES, find
    from libs.host.settings import load

    for service, count in apply(find(NAMES), load()).items():
        typer.echo(f"{service}: {count or 'no'} migration{'' if count == 1 else 's'} applied")


def version() -> None:
    """Prints the version."""
    typer.echo(installed("samspor"))
