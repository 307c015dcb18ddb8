"""What the processes of a platform hold in memory: their proportional share (PSS), so that nothing counts twice."""

from pathlib import Path

from benchmarks.casework import Casework
from benchmarks.report import fact, heading, limit

MOST = 900.0
"""Megabytes of all, idle (GOALS)."""


def run(casework: Casework) -> None:
    platform = casework.platform
    roots = {name: program.process.pid for name, program in platform.programs.items()}
    roots |= {"PostgreSQL": platform.postgres.process.pid, "RabbitMQ": platform.rabbitmq.process.pid}
    held = {name: sum(map(share, family(pid))) for name, pid in roots.items() if pid}
    heading("Memory, before any load")
    for name, megabytes in held.items():
        fact(name, f"{megabytes:9.0f} MB")
    limit("all", sum(held.values()), "MB", MOST)


def family(pid: int) -> list[int]:
    """A process and its children's children."""
    found, parents = [pid], parents_of()
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def parents_of() -> dict[int, int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    return parents


def share(pid: int) -> float:
    """Megabytes; none of a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
