"""Log lines: JSON on stderr, and only keys that are known to hold nothing personal.

    log = logs.logger("cases")
    log.info("parked", source="cases", position=17)

A key that is not on the list is dropped and its name listed under `dropped`; the value of a kept key is cut short. The
event itself is a fixed sentence in the code, never a formatted one.
"""

import json
import logging
import sys
import threading
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog

from libs.host.settings import SettingMissing

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "service", "process", "environment",
        "method", "reason", "kind", "status", "incident", "error", "frames", "traceparent",
        "source", "consumer", "position", "positions", "count", "size", "seconds", "attempt", "type", "stream",
        "command_id", "queue", "exchange", "address", "addresses", "services", "signal", "version", "pid",
    }
)  # fmt: skip
LONGEST: Final = 300
"""Characters kept of one value."""
ROOT: Final = Path(__file__).parents[2]


def configure(level: int = logging.INFO) -> None:
    """Once at start. Lines of libraries pass too, as their logger's name and level only."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [LibraryLines()]
    root.setLevel(max(level, logging.WARNING))
    sys.excepthook = lambda _type, error, _traceback: uncaught(error)
    threading.excepthook = lambda args: uncaught(args.exc_value)


def uncaught(error: BaseException | None) -> None:
    """The last line of a process or thread. What is set wrong is said in full: an operator's words, not a citizen's."""
    if error:
        said = {"reason": str(error)} if isinstance(error, SettingMissing) else {}
        logger().critical("died", **said, **failure(error))


def logger(service: str = "") -> Any:
    """A logger whose lines bear the service's name."""
    return structlog.get_logger(service=service) if service else structlog.get_logger()


def only_allowed(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: the allow-list."""
    kept = {key: shortened(value) for key, value in line.items() if key in ALLOWED}
    if dropped := sorted(line.keys() - ALLOWED):
        kept["dropped"] = [name for name in dropped if name.isidentifier()]
    return kept


def shortened(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [shortened(item) for item in value[:50]]
    return str(value)[:LONGEST]


def failure(error: BaseException) -> dict[str, Any]:
    """`error` and `frames` of an exception for a log line: its type and where it passed, never its message.

    An exception's message repeats the values it was about, and those may be personal.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }


def place(file: str) -> str:
    """A source file's path below the project or its library folder."""
    for base in (ROOT, Path(sys.prefix)):
        if Path(file).is_relative_to(base):
            return str(Path(file).relative_to(base))
    return Path(file).name


class LibraryLines(logging.Handler):
    """Lines of libraries: who said something, and of which exception, but not what; it may quote data."""

    def emit(self, record: logging.LogRecord) -> None:
        line: dict[str, Any] = {"event": "library", "level": record.levelname.lower(), "source": record.name}
        if record.exc_info and record.exc_info[1]:
            line |= failure(record.exc_info[1])
        line["position"] = f"{Path(record.pathname).name}:{record.lineno}"
        sys.stderr.write(json.dumps(line) + "\n")
