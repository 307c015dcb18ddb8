"""The time that commands, questions and alarms go by.

In the environment `local` alone it can be ahead of the machine's: SAMSPOR_CLOCK names a file with the seconds to add,
read again whenever it is asked, so that all processes that name the same file go on together. No file: no difference.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

_ahead: Path | None = None


def follow(file: Path | None, environment: str) -> None:
    """Go by `file` from now on. Raises ValueError outside the environment `local`."""
    global _ahead  # noqa: PLW0603 -- a process has one clock
    if file is not None and environment != "local":
        raise ValueError("SAMSPOR_CLOCK is for the environment `local` only")
    _ahead = file


def now() -> datetime:
    """UTC."""
    time = datetime.now(UTC)
    if _ahead is not None:
        with suppress(FileNotFoundError):
            time += timedelta(seconds=float(_ahead.read_text() or 0))
    return time
