"""Golden files: how each event was recorded, kept in tests/golden/<service>/<type>.json for ever.

A file holds the record of a sample and the JSON Schema of the event. `python -m libs.spec.golden` compares them with
the code; `--write` writes those of new events, and of events that changed in a way that old records can be read with.
Any other change needs a new type and an upcast from the old one, whose file stays.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from libs.eventlog import Event, Recorded, Registry, decode, encode
from libs.host.service import NAMES, Service, find
from libs.spec.compatible import breaks
from libs.spec.sample import sample_record

FOLDER: Final = Path(__file__).parents[2] / "tests" / "golden"


class Golden(msgspec.Struct):
    """What a file holds."""

    record: msgspec.Raw
    schema: dict[str, Any]


def check(service: Service, folder: Path = FOLDER) -> list[str]:
    """What is wrong with the golden files of `service`, a sentence each."""
    return list(_differences(service, folder))


def write(service: Service, folder: Path = FOLDER) -> list[str]:
    """Write the files that are missing or compatibly outdated; what is wrong after that."""
    for event in service.events:
        path = _path(folder, event.type)
        if not path.exists() or not breaks(_read(path).schema, _schema(event)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_golden(event))
    return check(service, folder)


def _differences(service: Service, folder: Path) -> Iterator[str]:
    registry = Registry(service.events, service.upcasts)
    for event in service.events:
        path = _path(folder, event.type)
        if not path.exists():
            yield f"{event.type} has no golden file; write it with python -m libs.spec.golden --write"
            continue
        broken = breaks(_read(path).schema, _schema(event))
        yield from (f"{event.type}: {each}; declare a new version with an upcast" for each in broken)
        if not broken and path.read_bytes() != _golden(event):
            yield f"{event.type} is recorded otherwise than its golden file says"
        if not broken and _decoded(path, registry) != sample_record(event):
            yield f"{event.type} is not read as it was recorded"
    for old in service.upcasts:
        path = _path(folder, old)
        if not path.exists():
            yield f"{old} has an upcast and no golden file: it is the record of what must still be read"
        else:
            _decoded(path, registry)


def _decoded(path: Path, registry: Registry) -> Recorded:
    return decode(_compact(_read(path).record), registry)


def _golden(event: type[Event]) -> bytes:
    body = encode(sample_record(event))
    content = msgspec.json.encode(Golden(record=msgspec.Raw(body), schema=_schema(event)))
    return msgspec.json.format(content, indent=2) + b"\n"


def _compact(record: msgspec.Raw) -> bytes:
    """The bytes as they were recorded, before the file's indentation."""
    return msgspec.json.format(bytes(record), indent=-1)


def _schema(event: type[Event]) -> dict[str, Any]:
    schema: dict[str, Any] = _without_prose(msgspec.json.schema(event))
    return schema


def _without_prose(schema: Any) -> Any:
    """`schema` without docstrings, which may change at any time."""
    if isinstance(schema, list):
        return [_without_prose(each) for each in schema]
    if isinstance(schema, dict):
        prose = isinstance(schema.get("description"), str)
        return {key: _without_prose(value) for key, value in schema.items() if key != "description" or not prose}
    return schema


def _read(path: Path) -> Golden:
    return msgspec.json.decode(path.read_bytes(), type=Golden)


def _path(folder: Path, name: str) -> Path:
    return folder / name.split(".", maxsplit=1)[0] / f"{name}.json"


def main(arguments: Iterable[str]) -> int:
    do = write if "--write" in arguments else check
    wrong = [sentence for service in find(NAMES) for sentence in do(service)]
    sys.stdout.writelines(f"{sentence}\n" for sentence in wrong)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
