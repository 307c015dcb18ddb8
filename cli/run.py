"""samspor run: everything on this machine, from nothing to an address, and samspor reset: back to nothing."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from typing import Annotated, Final

import typer

from deploy.local.platform import Platform
from deploy.local.process import NotReady
from deploy.local.programs import REPOSITORY, Missing
from deploy.local.supervisor import AlreadyRunning, Claim, Supervisor

LOCAL: Final = REPOSITORY / ".local" / "run"
FAILED: Final = 1
STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Folder = Annotated[Path, typer.Option("--folder", help="Where the data is kept.")]


def run(
    folder: Folder = LOCAL,
    story: Annotated[bool, typer.Option(help="Load the demo story.")] = True,
) -> None:
    """Starts PostgreSQL, RabbitMQ and all services on loopback ports of their own, and keeps them running.

    Ctrl-C stops everything; the data stays. Running it again takes over from a run that was killed.
    """
    began = time.monotonic()
    for number in STOPPING:
        signal.signal(number, interrupt)
    platform = Platform(folder.resolve())
    try:
        claim = Claim(platform.folder)
    except AlreadyRunning:
        fail(f"already running at {platform.address} (data in {folder}); Ctrl-C there stops it")
    try:
        platform.start(tell)
        if story:
            load_story(platform)
        introduce(platform, time.monotonic() - began, story=story)
        Supervisor(platform, tell).watch(Event())
    except KeyboardInterrupt:
        tell("stopping")
    except (NotReady, Missing) as problem:
        fail(str(problem))
    finally:
        platform.stop()
        claim.release()


def interrupt(*_signal: object) -> None:
    """Once: `make` passes on a signal that the terminal has sent already, and stopping must not be interrupted."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def reset(folder: Folder = LOCAL) -> None:
    """Deletes the local data: every database, queue, key and password. The next run starts from nothing."""
    folder = folder.resolve()
    try:
        claim = Claim(folder)
    except AlreadyRunning:
        fail("stop `samspor run` first (Ctrl-C there)")
    platform = Platform(folder)
    platform.stop()
    for each in {folder, platform.servers}:
        shutil.rmtree(each, ignore_errors=True)
    claim.release()
    tell(f"deleted {folder}")


def load_story(platform: Platform) -> None:
    """Once for each version of the story."""
    from cli.story_data import FILE

    loaded, version = platform.folder / "story.loaded", hashlib.sha256(FILE.read_bytes()).hexdigest()
    if loaded.exists() and loaded.read_text() == version:
        return
    tell("loading the demo story")
    environment = os.environ | {"SAMSPOR_ENV_FILE": str(platform.environment_file)}
    command = [sys.executable, "-m", "cli.main", "story"]
    done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        tell(f"the story was not loaded: {(done.stderr or done.stdout).strip()[-400:]}")
    else:
        loaded.write_text(version)


def introduce(platform: Platform, seconds: float, *, story: bool) -> None:
    from cli.story_data import read_story

    postgres, rabbit = platform.postgres.programs(), platform.rabbitmq_programs()
    tell(f"ready after {seconds:.0f} s")
    lines = [
        "",
        f"  Samspor is at   {platform.address}",
        f"  PostgreSQL      {postgres.major}, {postgres.origin}, port {platform.postgres.port}",
        f"  RabbitMQ        {rabbit.origin}, port {platform.rabbitmq.port}",
        f"  data            {platform.folder}"
        + (f", {platform.servers}" if platform.servers != platform.folder else ""),
        f"  command line    export SAMSPOR_ENV_FILE={platform.environment_file}",
        "",
    ]
    if story:
        told = read_story()
        lines += ["  Sign in as one of the demo's invented people:"]
        lines += [
            f"    {member.name:<28} {member.role:<22} {told.organisations[member.organisation].name}"
            for member in told.members.values()
        ]
        lines += ["", "  Ctrl-C stops everything and keeps the data; `make reset` deletes it."]
    typer.echo("\n".join(lines))


def tell(line: str) -> None:
    typer.echo(f"samspor: {line}")


def fail(line: str) -> None:
    typer.echo(f"samspor: {line}", err=True)
    raise typer.Exit(FAILED)
