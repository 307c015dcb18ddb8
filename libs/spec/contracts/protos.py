"""The protos with their comments, as protoc reads them."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorSet
from grpc_tools import protoc
from samspor.common.v1 import common_pb2

PROTOS: Final = Path(__file__).parents[3] / "protos"
FIELD_TYPES: Final = {number: name.removeprefix("TYPE_").lower() for name, number in FieldDescriptorProto.Type.items()}
"""Number of a scalar type in descriptor.proto -> its name in proto files."""


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    """`string`, `repeated string`, `optional int64`, `samspor.common.v1.Period`, `map<string, string>`, ..."""
    rules: Any
    comment: str


@dataclass(frozen=True)
class Message:
    name: str
    """Full name."""
    comment: str
    fields: tuple[Field, ...]

    @property
    def is_command(self) -> bool:
        return any(field.name == "command" for field in self.fields)


@dataclass(frozen=True)
class Method:
    name: str
    request: str
    answer: str


@dataclass(frozen=True)
class File:
    """A proto file: a service, if it has one, and messages."""

    package: str
    service: str
    comment: str
    methods: tuple[Method, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Protos:
    files: dict[str, File]
    """By the room's name: cases, common, ..."""

    @classmethod
    def compile(cls, folder: Path = PROTOS) -> "Protos":
        """Raises RuntimeError when protoc does not accept them."""
        names = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.proto"))
        with tempfile.TemporaryDirectory() as out:
            image = Path(out) / "image.binpb"
            include = str(files("grpc_tools") / "_proto")
            arguments = ["", f"-I{folder}", f"-I{include}", "--include_source_info", f"--descriptor_set_out={image}"]
            if protoc.main([*arguments, *names]):
                raise RuntimeError("protoc does not accept the protos")
            descriptors = FileDescriptorSet.FromString(image.read_bytes())
        return cls({file.package.split(".")[1]: _file(file) for file in descriptors.file})

    def messages(self) -> Iterator[Message]:
        for file in self.files.values():
            yield from file.messages


def _file(file: Any) -> File:
    said = {tuple(at.path): " ".join(at.leading_comments.split()) for at in file.source_code_info.location}
    # Paths of descriptor.proto: service 6, method 2 of it; message 4, field 2 of it.
    service = file.service[0] if file.service else None
    return File(
        package=file.package,
        service=f"{file.package}.{service.name}" if service else "",
        comment=said.get((6, 0), "") if service else "What every command, question and answer shares.",
        methods=tuple(
            Method(method.name, method.input_type[1:], method.output_type[1:])
            for method in (service.method if service else ())
        ),
        messages=tuple(
            Message(
                f"{file.package}.{message.name}",
                said.get((4, index), ""),
                tuple(
                    _field(message, field, said.get((4, index, 2, at), "")) for at, field in enumerate(message.field)
                ),
            )
            for index, message in enumerate(file.message_type)
        ),
    )


def _field(message: Any, field: Any, comment: str) -> Field:
    kind = field.type_name.lstrip(".") or FIELD_TYPES[field.type]
    entries = {f"{nested.name}": nested for nested in message.nested_type if nested.options.map_entry}
    if entry := entries.get(kind.rpartition(".")[2]):
        key, value = (FIELD_TYPES[part.type] for part in entry.field)
        kind = f"map<{key}, {value}>"
    elif field.label == FieldDescriptorProto.LABEL_REPEATED:
        kind = f"repeated {kind}"
    elif field.proto3_optional:
        kind = f"optional {kind}"
    return Field(field.name, kind, field.options.Extensions[common_pb2.rules], comment)
