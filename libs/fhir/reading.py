"""What is wrong with a JSON document, and at which element. Nothing here repeats a value: it may be personal."""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

import msgspec

PLACED: Final = re.compile(r"(?s)(.*) - at `(\$.*)`$").fullmatch
UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`").fullmatch
MISSING: Final = re.compile(r"Object missing required field `(.*)`").fullmatch


def placed(message: str) -> tuple[str, str]:
    """(problem, path) of what msgspec says. No problem repeats a value: it may be personal."""
    found = PLACED(message)
    problem, path = found.groups() if found else (message, "$")
    if field := UNKNOWN(problem):
        return "this profile has no such element", f"{path}.{field[1]}"
    if field := MISSING(problem):
        return "it is missing", f"{path}.{field[1]}"
    return ("it is none of the known codes" if "enum value" in problem else "it is of another type"), path


def hollow(value: Any, path: str) -> str:
    """The path of the first element that is there and says nothing; empty when each of them says something.

    An empty list of sources is not the same as none: one covers nothing, the other everything.
    """
    parts: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        parts = ((f"{path}.{key}", each) for key, each in value.items())
    elif isinstance(value, list):
        parts = ((f"{path}[{index}]", each) for index, each in enumerate(value))
    if value in (None, "", [], {}):
        return path
    return next((found for at, each in parts if (found := hollow(each, at))), "")


def builtins(document: Any) -> Any:
    """JSON's types, with times as instants: another zone is no other time."""
    return msgspec.to_builtins(document, builtin_types=(datetime,))


def difference(one: Any, other: Any, path: str) -> str:
    """The path of the first element in which they differ; empty when they are the same."""
    parts: Iterable[tuple[str, Any, Any]]
    if isinstance(one, dict) and isinstance(other, dict):
        parts = ((f"{path}.{key}", one.get(key), other.get(key)) for key in dict.fromkeys((*one, *other)))
    elif isinstance(one, list) and isinstance(other, list):
        parts = ((f"{path}[{index}]", *both) for index, both in enumerate(zip_longest(one, other)))
    else:
        return "" if one == other else path
    return next((found for at, left, right in parts if (found := difference(left, right, at))), "")
