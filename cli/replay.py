"""samspor replay: make a projection again from the logs, beside the old one, and swap it in."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any, NoReturn

import msgspec
import psycopg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from libs.bus import Projection
from libs.bus.ask import Asker
from libs.bus.connection import BROKEN
from libs.bus.pages import SourceAway
from libs.bus.rebuild import RebuildRunning, Rebuilt, rebuild
from libs.host import settings
from libs.host.service import NAMES, Service, find
from libs.host.settings import Settings

UNUSABLE = 2
"""Exit code when nothing was rebuilt; what there was is still read."""


def replay(
    name: Annotated[str, typer.Argument(help="The projection, for instance timeline.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Answer one JSON document.")] = False,
) -> None:
    """Rebuilds a projection from position zero of every source. The old one is read until the new one is complete.

    The workers of the sources must run: they answer for their logs.
    """
    service, projection, sources = _projection(name)
    with _usable():
        chosen = settings.load()
        total = _known_positions(chosen, service.name, sources)
        with Asker(chosen.broker) as asker, _progress(total) as tell:
            pages = {source: partial(asker.page, source) for source in sources}
            rebuilt = rebuild(chosen.owner_database_of(service.name), projection, pages, tell)
    _print(name, rebuilt, as_json)


def _projection(name: str) -> tuple[Service, Projection, list[str]]:
    found: dict[str, tuple[Service, Projection, list[str]]] = {}
    for service in find(NAMES):
        for source, handler in service.consumes.items():
            if isinstance(handler, Projection):
                found.setdefault(handler.name, (service, handler, []))[2].append(source)
    if name not in found:
        _fail(f"there is no projection {name}; there is {', '.join(sorted(found))}")
    return found[name]


def _known_positions(chosen: Settings, service: str, sources: list[str]) -> int:
    """Events that the old tables were made of: about as many will come."""
    with psycopg.connect(chosen.database_of(service), connect_timeout=5) as connection:
        row = connection.execute(
            "SELECT coalesce(sum(position), 0) FROM positions WHERE source = ANY(%s)", [sources]
        ).fetchone()
    return int(row[0]) if row else 0


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        rate = task.finished_speed or task.speed
        return Text(f"{rate:,.0f} events/s" if rate else "")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str, int], None]]:
    """On stderr, so that an answer can be piped; told a source and its position."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("replay", total=total or None)
        positions: dict[str, int] = {}

        def tell(source: str, position: int) -> None:
            positions[source] = position
            done = sum(positions.values())
            bar.update(task, completed=done, total=max(total, done))

        yield tell


def _print(name: str, rebuilt: Rebuilt, as_json: bool) -> None:
    rate = round(rebuilt.events / rebuilt.seconds) if rebuilt.seconds else 0
    document: Mapping[str, Any] = {"projection": name} | rebuilt._asdict() | {"events_per_second": rate}
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n")
        return
    typer.echo(f"{name}: {rebuilt.events:,} events in {rebuilt.seconds:.1f} s ({rate:,} events/s)")
    if rebuilt.parked:
        typer.echo(f"{rebuilt.parked:,} of them are parked; samspor parked list shows them")


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except settings.SettingMissing as missing:
        _fail(str(missing))
    except SourceAway as away:
        _fail(f"the worker of {away} does not answer; nothing was changed. Start it and repeat.")
    except RebuildRunning:
        _fail("another replay is running; nothing was changed")
    except psycopg.Error as error:
        _fail(f"the database refused ({type(error).__name__}); nothing was changed")
    except BROKEN as error:
        _fail(f"the broker does not answer ({type(error).__name__}); nothing was changed")


def _fail(sentence: str) -> NoReturn:
    typer.echo(f"samspor: {sentence}", err=True)
    raise typer.Exit(UNUSABLE)
