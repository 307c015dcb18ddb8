"""Every reason for a no, with the statuses it has in gRPC and HTTP."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from google.rpc import code_pb2

from libs.eventlog import Refusal
from libs.host.errors import STATUSES

ROOT: Final = Path(__file__).parents[3]
EVERY: Final = "every service"
ROOMS: Final = ("libs.eventlog", "libs.host", "services")


def refusals() -> list[type[Refusal]]:
    """All subclasses of Refusal that name a reason, by room and reason."""
    for room in ROOMS:
        for module in pkgutil.walk_packages([str(ROOT / room.replace(".", "/"))], f"{room}."):
            if module.name.rpartition(".")[2] in ("errors", "refusal", "tokens", "authorize", "paging", "api"):
                import_module(module.name)
    named = {found for found in _below(Refusal) if found.__module__.split(".")[0] in ("libs", "services")}
    return sorted(named, key=lambda refusal: (_room(refusal) != EVERY, _room(refusal), refusal.reason))


def refusals_table(found: list[type[Refusal]]) -> str:
    lines = [
        "# Errors",
        "",
        "A no is a `google.rpc.Status` whose `ErrorInfo` has the reason below, the domain `samspor` and, as metadata,",
        "the values named in braces. `REQUEST_INVALID` lists each field in a `BadRequest`: path, code, what to do.",
        "HTTP bears the same reasons. Reasons never change and never repeat personal data.",
    ]
    room = ""
    for refusal in found:
        if _room(refusal) != room:
            room = _room(refusal)
            lines += ["", f"## {room}", "", "| reason | gRPC | HTTP | message |", "|---|---|---|---|"]
        statuses = STATUSES[refusal.kind]
        code = code_pb2.Code.Name(statuses.grpc)
        lines.append(f"| {refusal.reason} | {code} | {statuses.http} | {refusal.message} |")
    lines += ["", "## Anything else", "", "| reason | gRPC | HTTP | message |", "|---|---|---|---|"]
    lines.append("| INTERNAL | INTERNAL | 500 | Something failed here. Give incident {incident} to support. |")
    return "\n".join(lines) + "\n"


def _below(root: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in root.__subclasses__():
        if "reason" in child.__dict__:
            yield child
        yield from _below(child)


def _room(refusal: type[Refusal]) -> str:
    first, second = refusal.__module__.split(".")[:2]
    return second if first == "services" else EVERY
