"""House rules that imports alone do not show. Each takes a file's path in the project and its text, and yields what is
wrong with it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Final

Rule = Callable[[PurePosixPath, str], Iterator[str]]

LONGEST: Final = 300
"""Lines of a file (docs/adr: a file fits a screen or two)."""
VAGUE: Final = {"utils", "util", "common", "helpers", "helper", "misc", "shared", "tools", "lib", "core"}
"""Names that say nothing of what is in the room."""
PURE: Final = {
    "abc", "collections", "dataclasses", "datetime", "enum", "functools", "itertools", "math", "operator", "re",
    "types", "typing", "uuid", "msgspec",
}  # fmt: skip
"""What an aggregate's module may import beside its own events, errors, words and messages."""
LEVELS: Final = {"debug", "info", "warning", "error", "critical", "exception"}
IMPURE_CALLS: Final = {"now", "today", "utcnow", "uuid1", "uuid4", "uuid7", "random", "monotonic", "time_ns", "new_id"}


def fits_a_screen_or_two(path: PurePosixPath, text: str) -> Iterator[str]:
    if (lines := text.count("\n")) >= LONGEST:
        yield f"{path}: {lines} lines; ask what the file really is"


def says_what_it_holds(path: PurePosixPath, _text: str) -> Iterator[str]:
    for part in path.with_suffix("").parts:
        if part in VAGUE:
            yield f"{path}: {part!r} names no thing; name what is in it"


def asks_no_generated_stub(path: PurePosixPath, text: str) -> Iterator[str]:
    for line, module in imported(text):
        if module.endswith("_pb2_grpc"):
            yield f"{path}:{line}: import messages, and ask through libs.host.calls.Clients; {module} imports grpc"


def aggregate_is_pure(path: PurePosixPath, text: str) -> Iterator[str]:
    """An aggregate is a module of a service that defines both `decide` and `evolve`."""
    tree = ast.parse(text)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if path.parts[0] != "services" or not {"decide", "evolve"} <= functions:
        return
    room = ".".join(path.parts[:2])
    for line, module in imported(text):
        known = (
            module.partition(".")[0] in PURE
            or module.startswith(("libs.eventlog", "services.vocabulary", f"{room}.", "google.protobuf"))
            or (module.startswith("samspor.") and module.endswith("_pb2"))
        )
        if not known or module.rpartition(".")[2] in {"service", "handlers", "queries", "projections", "policies"}:
            yield f"{path}:{line}: an aggregate's module is pure; {module} is not for it"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in IMPURE_CALLS:
            yield f"{path}:{node.lineno}: {called(node)}() makes a replay answer otherwise; take it from the context"


def logs_a_fixed_sentence(path: PurePosixPath, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(attr=level, value=target), args=[first, *_]) if level in LEVELS:
                name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
                if name in {"log", "_log", "logger"} and not is_sentence(first):
                    yield f"{path}:{node.lineno}: a log line's event is a literal; put values under allowed keys"


def is_sentence(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return is_sentence(node.body) and is_sentence(node.orelse)
    return isinstance(node, ast.Constant)


def imported(text: str) -> Iterator[tuple[int, str]]:
    """Line and full name of every module (or what may be one) that a file imports."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            roots = node.module.startswith(("samspor", "services")) and node.module.count(".") < 3
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ((node.lineno, name) for name in (names if roots else [node.module]))


def called(node: ast.Call) -> str:
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


RULES: Final[dict[Rule, frozenset[str]]] = {
    fits_a_screen_or_two: frozenset({".py", ".sql", ".html", ".css", ".cedar"}),
    says_what_it_holds: frozenset({".py", ".sql", ".html"}),
    asks_no_generated_stub: frozenset({".py"}),
    aggregate_is_pure: frozenset({".py"}),
    logs_a_fixed_sentence: frozenset({".py"}),
}
"""Each rule, and the kinds of file it looks at."""
