"""python -m benchmarks [NAME...]: every figure beside its floor of the same run; docs/benchmarks.md explains them."""

import os
import platform as machine
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from benchmarks import append, commands, delivery, memory, page, replaying, visible
from benchmarks.casework import Casework
from benchmarks.report import write
from cli.desk import Desk
from libs.spec.platforms import running_platform, settings_of

PARTS: dict[str, Callable[[Casework], None]] = {
    "memory": memory.run,
    "commands": commands.run,
    "visible": visible.run,
    "append": append.appends,
    "load": append.loads,
    "delivery": delivery.run,
    "replay": replaying.run,
    "page": page.run,
}
"""In the order that they run: the later ones fill the tables."""


def main(names: list[str]) -> None:
    if unknown := [name for name in names if name not in PARTS]:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    started = monotonic()
    write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, {machine.platform()}")
    write(f"load before: {', '.join(f'{each:.1f}' for each in os.getloadavg())}")
    with running_platform() as platform, Desk(settings_of(platform)) as desk:
        casework = Casework(platform, desk)
        try:
            for name, part in PARTS.items():
                if not names or name in names:
                    part(casework)
        finally:
            casework.close()
    write(f"\n{monotonic() - started:.0f} s; load after: {', '.join(f'{each:.1f}' for each in os.getloadavg())}")


if __name__ == "__main__":
    main(sys.argv[1:])
