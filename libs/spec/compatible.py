"""Whether records made under an old JSON Schema of an event can be read under a new one, and lose nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def breaks(old: Schema, new: Schema) -> list[str]:
    """What breaks, a sentence each. Both are as msgspec.json.schema makes them; empty when compatible."""
    return list(_breaks(old, new, old, new, ""))


def _breaks(old: Schema, new: Schema, before: Schema, after: Schema, path: str) -> Iterator[str]:
    old, new = _resolved(old, before), _resolved(new, after)
    name = path or "the event"
    if not new:
        return
    if "anyOf" in new and "anyOf" not in old:
        tries = [list(_breaks(old, way, before, after, path)) for way in new["anyOf"]]
        yield from min(tries, key=len)
        return
    if "anyOf" in old:
        for way in old["anyOf"]:
            yield from _breaks(way, new, before, after, path)
    elif "enum" in old or "const" in old:
        lost = _words(old) - _words(new) if _words(new) else set()
        yield from (f"{name} no longer takes {word}" for word in sorted(map(str, lost)))
    elif old.get("type") != new.get("type") or old.get("format") != new.get("format"):
        yield f"{name} was {_kind(old)} and is {_kind(new)}"
    else:
        yield from _parts(old, new, before, after, path)


def _parts(old: Schema, new: Schema, before: Schema, after: Schema, path: str) -> Iterator[str]:
    fields, now = old.get("properties", {}), new.get("properties", {})
    for field, schema in fields.items():
        if field in now:
            yield from _breaks(schema, now[field], before, after, f"{path}.{field}".strip("."))
        else:
            yield f"{path}.{field} is gone".strip(".")
    for field in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{path}.{field} is required now; old records lack it".strip(".")
    for part in ("items", "additionalProperties"):
        if isinstance(old.get(part), Mapping) and isinstance(new.get(part), Mapping):
            yield from _breaks(old[part], new[part], before, after, f"{path}[]")


def _resolved(schema: Schema, root: Schema) -> Schema:
    """`schema`, or what its $ref leads to."""
    if "$ref" in schema:
        found: Schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _words(schema: Schema) -> set[Any]:
    return set(schema.get("enum", ())) | ({schema["const"]} if "const" in schema else set())


def _kind(schema: Schema) -> str:
    return str(schema.get("format") or schema.get("type") or "one of a list")
