"""samspor parked: what a service could not apply, told without any of its text, and tried again."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Annotated, Any

import msgspec
import psycopg
import typer
from rich.console import Console
from rich.table import Table

from libs.bus import Received, parking
from libs.bus.parking import NotParked, Parked
from libs.host import settings
from libs.host.service import NAMES, Runtime, Service, find

FAILED = 1
"""Exit code when something is still parked that was to be applied."""
UNUSABLE = 2
"""Exit code when there was nothing to be done: no such entry, or the database does not answer."""

app = typer.Typer(
    no_args_is_help=True, help="Events that a service could not apply, and messages that held none: look, try again."
)

Entry = Annotated[str, typer.Argument(help="As listed: SERVICE/NUMBER, for instance timeline/12.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer one JSON document.")]


@app.command("list")
def list_parked(as_json: AsJson = False) -> None:
    """Lists what is parked in every service."""
    found = {f"{name}/{row.id}": row for name in NAMES for row in _parked_in(name)}
    if as_json:
        _print_json([_told(entry, row) for entry, row in found.items()])
        return
    if not found:
        typer.echo("Nothing is parked.")
        return
    table = Table()
    for heading in ("entry", "source", "position", "reason", "cause", "bytes", "parked"):
        table.add_column(heading, justify="right" if heading in ("position", "bytes") else "left")
    for entry, row in found.items():
        position = "" if row.position is None else f"{row.position:,}"
        when = f"{row.parked:%Y-%m-%d %H:%M:%S}"
        table.add_row(entry, row.source, position, row.reason, row.cause, f"{row.size:,}", when)
    Console().print(table)


@app.command()
def show(entry: Entry, as_json: AsJson = False) -> None:
    """Shows what one entry is about: its attributes and digest, and nothing of its text."""
    name, number = _parse(entry)
    with _usable(entry), _connected(name) as connection:
        row, body = parking.show(connection, number)
    told = _told(entry, row) | {"sha256": hashlib.sha256(body).hexdigest()} | _attributes(row, body)
    if as_json:
        _print_json(told)
        return
    table = Table(show_header=False)
    for key, value in told.items():
        table.add_row(key, str(value))
    Console().print(table)


@app.command()
def retry(
    entries: Annotated[list[str] | None, typer.Argument(help="SERVICE/NUMBER as listed; all of them if none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Applies parked events now, out of turn; those that succeed are parked no longer."""
    wanted = entries or [f"{name}/{row.id}" for name in NAMES for row in _parked_in(name)]
    outcomes = {entry: _retry(entry) for entry in wanted}
    if as_json:
        _print_json(outcomes)
    else:
        for entry, outcome in outcomes.items():
            typer.echo(f"{entry}: {outcome}")
        if not outcomes:
            typer.echo("Nothing is parked.")
    if any(outcome != "applied" for outcome in outcomes.values()):
        raise typer.Exit(FAILED)


def _retry(entry: str) -> str:
    """`applied`, or the class of the error that the event still meets."""
    name, number = _parse(entry)
    with _usable(entry):
        service = find([name])[0]
        with closing(Runtime(service, settings.load())) as runtime, _connected(name) as connection:
            row, _ = parking.show(connection, number)
            try:
                parking.retry(connection, number, _handler(service, runtime, row.source))
            except psycopg.OperationalError:
                raise
            except Exception as error:  # noqa: BLE001 -- whatever it is, the entry stays parked
                return type(error).__name__
    return "applied"


def _handler(service: Service, runtime: Runtime, source: str) -> Any:
    return partial(service.consumes[source], service.compose(runtime))


def _parked_in(name: str) -> list[Parked]:
    with _usable(name), _connected(name) as connection:
        return list(parking.parked(connection))


@contextmanager
def _connected(name: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.load().database_of(name), connect_timeout=5) as connection:
        yield connection


@contextmanager
def _usable(what: str) -> Iterator[None]:
    try:
        yield
    except settings.SettingMissing as missing:
        _fail(str(missing))
    except NotParked:
        _fail(f"{what} is not parked; samspor parked list shows what is")
    except psycopg.OperationalError as error:
        _fail(f"the database of {what.partition('/')[0]} does not answer ({type(error).__name__}); is it running?")


def _parse(entry: str) -> tuple[str, int]:
    name, _, number = entry.partition("/")
    if name not in NAMES or not number.isdecimal():
        _fail(f"{entry} is no entry; write SERVICE/NUMBER as samspor parked list does")
    return name, int(number)


def _told(entry: str, row: Parked) -> dict[str, Any]:
    return {"entry": entry} | {key: value for key, value in row._asdict().items() if key != "id"}


def _attributes(row: Parked, body: bytes) -> dict[str, str]:
    """What a published event says about itself, without whom it is about."""
    try:
        envelope = Received(row.position or 0, body).envelope
    except msgspec.MsgspecError:
        return {}
    return {name: str(getattr(envelope, name)) for name in ("id", "type", "subject", "time", "organisation")}


def _print_json(document: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n")


def _fail(sentence: str) -> Any:
    typer.echo(f"samspor: {sentence}", err=True)
    raise typer.Exit(UNUSABLE)
