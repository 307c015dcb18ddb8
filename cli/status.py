"""samspor status: each process with its health, memory and port, and how far the timeline has come."""

import json
from typing import Annotated, Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import typer
from rich.console import Console
from rich.table import Table

from cli.run import LOCAL, Folder
from deploy.local.health import serving
from deploy.local.platform import Platform
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import SERVICES
from deploy.local.process import Process

DOWN: Final = 1
"""Exit code when something is not ready."""


def status(
    folder: Folder = LOCAL,
    as_json: Annotated[bool, typer.Option("--json", help="Answer one JSON document.")] = False,
) -> None:
    """What runs on this machine, whether it is ready, and how far each consumer has come."""
    platform = Platform(folder.resolve())
    worker = health_of(platform, "worker")
    found = {
        "address": platform.address if "gateway" in platform.ports.remembered() else "",
        "processes": processes_of(platform),
        "services": services_of(platform),
        "worker": worker,
    }
    ready = all(each["ready"] for each in found["processes"]) and all(found["services"].values())
    found["ready"] = ready
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    else:
        show(found)
    if not ready:
        raise typer.Exit(DOWN)


def processes_of(platform: Platform) -> list[dict[str, Any]]:
    servers = [
        line("postgres", platform.postgres.process, ready=runs(platform.postgres.process)),
        line("rabbitmq", platform.rabbitmq.process, ready=runs(platform.rabbitmq.process)),
    ]
    ours = [
        line(name, program.process, ready=runs(program.process) and program.ready())
        for name, program in platform.programs.items()
    ]
    return servers + ours


def runs(process: Process) -> bool:
    return process.pid is not None


def line(name: str, process: Process, *, ready: bool) -> dict[str, Any]:
    pid = process.pid
    return {"name": name, "pid": pid, "ready": ready, "memory_mb": memory_of(pid) if pid else 0}


def memory_of(pid: int) -> int:
    """Proportional set size of a process and its children in MB: shared pages are counted once in all."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return round(sum(each.memory_full_info().pss for each in family) / 1_000_000)
    except psutil.Error:
        return 0


def services_of(platform: Platform) -> dict[str, bool]:
    ports = platform.ports.remembered()
    return {name: name in ports and serving(f"{LOOPBACK}:{ports[name]}", 1.0) for name in SERVICES}


def health_of(platform: Platform, name: str) -> Any:
    """What the process answers about itself; None when it does not."""
    port = platform.ports.remembered().get(name)
    try:
        with urlopen(f"http://{LOOPBACK}:{port}/health/ready", timeout=2) as answer:
            return json.load(answer)
    except HTTPError as error:
        return json.load(error)
    except (URLError, OSError, ValueError):
        return None


def show(found: dict[str, Any]) -> None:
    table = Table("process", "pid", "ready", "memory")
    for each in found["processes"]:
        table.add_row(
            each["name"], str(each["pid"] or "-"), "yes" if each["ready"] else "no", f"{each['memory_mb']} MB"
        )
    total = sum(each["memory_mb"] for each in found["processes"])
    table.add_section()
    table.add_row("all", "", "yes" if found["ready"] else "no", f"{total} MB")
    console = Console()
    console.print(table)
    away = [name for name, up in found["services"].items() if not up]
    console.print(f"not serving: {', '.join(away)}" if away else "all services are serving")
    if found["address"]:
        console.print(found["address"])
