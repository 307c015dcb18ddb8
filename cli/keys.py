"""samspor keys: make those of an installation, and change the one that wraps all others."""

import shutil
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.progress import Progress

app = typer.Typer(pretty_exceptions_show_locals=False)

FAILED = 1
"""Exit code when a rotation did not come to its end; it is safe to begin again."""


@app.callback(invoke_without_command=True)
def make(
    context: typer.Context,
    keys_folder: Annotated[Path | None, typer.Option("--keys", help="For the token keys, public and private.")] = None,
    secrets_folder: Annotated[Path | None, typer.Option("--secrets", help="For the secrets of consents.")] = None,
    owner: Annotated[str, typer.Option(help="User that the processes run as.")] = "",
) -> None:
    """Makes the keys of an installation that has none; those that exist are kept."""
    if context.invoked_subcommand:
        return
    if keys_folder is None or secrets_folder is None:
        raise typer.BadParameter("name both folders: --keys and --secrets")
    from deploy.local.keys import make_secrets, make_token_keys
    from libs.host.service import NAMES

    make_token_keys(keys_folder, (*NAMES, "gateway", "cli"))
    make_secrets(secrets_folder)
    if owner:
        for folder in (keys_folder, secrets_folder):
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, owner)


@app.command()
def rotate() -> None:
    """Makes a new key-encryption key, rewraps all private keys while consents answers, and destroys the former."""
    from libs.host import settings
    from libs.host.errors import ServiceUnavailable
    from services.consents import rotation
    from services.consents.vault import KeyUnwrapped

    try:
        chosen = settings.load()
        database, folder = chosen.database_of("consents"), chosen.folder("secrets")
        with Progress() as progress:
            task = progress.add_task("rewrapping")
            rewrapped = rotation.rotate(
                database, folder, lambda done, total: progress.update(task, completed=done, total=total)
            )
    except settings.SettingMissing as missing:
        _fail(str(missing))
    except rotation.RotationUnderWay:
        _fail("another process rotates the key-encryption key")
    except KeyUnwrapped as broken:
        _fail(f"key {broken} is under neither key-encryption key; the former one is kept, and nothing was lost")
    except (psycopg.OperationalError, ServiceUnavailable, OSError) as error:
        _fail(f"not finished ({type(error).__name__}); begin again, it goes on where it was")
    typer.echo(f"{rewrapped} keys rewrapped; the former key-encryption key is destroyed")


def _fail(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(FAILED)
