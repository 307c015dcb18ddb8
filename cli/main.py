"""samspor: one command for operators, integrators and the processes themselves.

Each command is a function or an app of a module of its own, imported when it is called: `samspor rpc` must not load
nameko, nor `samspor worker` grpc, and `samspor --help` needs neither.
"""

import os
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

LOCAL: Final = Path(__file__).parents[1] / ".local" / "run" / "env"
"""What `samspor run` writes where no other folder is named."""


class Command(NamedTuple):
    name: str
    module: str
    attribute: str
    help: str


COMMANDS: Final = (
    Command("run", "cli.run", "run", "Start everything on this machine and load the demo story."),
    Command("status", "cli.status", "status", "What runs, where, and how far each timeline source has come."),
    Command("reset", "cli.run", "reset", "Delete the local data."),
    Command("story", "cli.story", "story", "Load the demo story."),
    Command("import-log", "cli.imports", "import_log", "Load a log of casework: CSV with XES names."),
    Command("import-directory", "cli.imports", "import_directory", "Load a directory of organisations: HSDS."),
    Command("export-directory", "cli.exports", "export_directory", "Write the directory as HSDS: JSON or CSV."),
    Command("search", "cli.search", "search", "Find services of the directory, and whom they are for."),
    Command("directory", "cli.directory", "app", "Entries that nobody has confirmed for long: stale, confirm."),
    Command("timeline", "cli.timeline", "show_timeline", "A citizen's timeline as somebody sees it."),
    Command("access", "cli.access", "app", "What is known about a citizen, and who has seen it: package, seen."),
    Command("replay", "cli.replay", "replay", "Rebuild a projection from the logs."),
    Command("parked", "cli.parked", "app", "What consumers could not apply: list, show, retry."),
    Command("referrals", "cli.referrals", "app", "Referrals that an organisation sent or received: list, show."),
    Command("capacity", "cli.capacity", "app", "Room in services: show, set."),
    Command("agreements", "cli.agreements", "app", "Agreements between organisations: list, show."),
    Command("control", "cli.control", "app", "Control of the access log: run, list, assess, close."),
    Command("webhooks", "cli.webhooks", "app", "Webhooks of an organisation: list, show, deliveries, resend."),
    Command("migrate", "cli.processes", "migrate", "Bring the databases up to date."),
    Command("keys", "cli.keys", "app", "Make the keys of an installation; rotate the one that wraps all others."),
    Command("rpc", "cli.processes", "rpc", "Answer gRPC for the named services."),
    Command("worker", "cli.processes", "worker", "Relay and consume for the named services."),
    Command("gateway", "cli.processes", "gateway", "Serve the pages."),
    Command("version", "cli.processes", "version", "The version."),
)


class LazyGroup(TyperGroup):
    """The table above as click sees it."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 -- click's signature
        return [command.name for command in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        command = next((each for each in COMMANDS if each.name == cmd_name), None)
        return load(command) if command else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(command.name, command.help) for command in COMMANDS])


def load(command: Command) -> Any:
    found: Any = getattr(import_module(command.module), command.attribute)
    if not isinstance(found, typer.Typer):
        function, found = found, typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
        found.command(name=command.name)(function)
    loaded = get_command(found)
    loaded.name = command.name
    return loaded


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
    help="Samspor: one shared, provable timeline for everyone who helps the same citizen.",
)


@app.callback()
def main() -> None:
    # What `samspor run` has started is meant, unless the environment says otherwise.
    if LOCAL.is_file() and not os.environ.keys() & {"SAMSPOR_ENV_FILE", "SAMSPOR_RPC", "SAMSPOR_DATABASE"}:
        os.environ["SAMSPOR_ENV_FILE"] = str(LOCAL)


if __name__ == "__main__":
    app(prog_name="samspor")
