"""The record of processing: which personal data is taken in where, and in which events it lies (GDPR art. 30)."""

from collections.abc import Sequence

from libs.eventlog.registry import shape_of
from libs.host.service import Service
from libs.spec.contracts.events import field_descriptions
from libs.spec.contracts.protos import Protos

HEAD = """\
# Record of processing

What the code declares about personal data (GDPR art. 30(1)(c) to (g)); purposes, controllers and retention are the
operator's to add. Personal text is sealed by the writer with the public key of (citizen, controlling organisation)
before it is recorded; only consents can open it, and writes each opening down first. Erasure destroys the key.
Beside it every event bears random ids (citizen, case, organisation, actor), times, category, sensitivity and the legal
basis it rests on, in the clear: pseudonymous data under GDPR art. 4(5). Names of organisations and of their members are
not sealed: partners keeps a directory.
"""


def record_of_processing(services: Sequence[Service], protos: Protos) -> str:
    lines = [HEAD, "## Where personal text enters", "", "| service | request | field | |", "|---|---|---|---|"]
    for room, file in protos.files.items():
        for message in file.messages:
            name = message.name.rpartition(".")[2]
            lines += [
                f"| {room} | {name} | {field.name} | {field.comment} |"
                for field in message.fields
                if field.rules.personal
            ]
    lines += ["", "## Where it lies", ""]
    for service in services:
        lines += [f"### {service.name}", "", *events_of(service)]
    return "\n".join(lines).rstrip("\n") + "\n"


def events_of(service: Service) -> list[str]:
    if not service.events:
        return ["Records no events.", ""]
    lines = ["| event | sealed personal text | in the clear |", "|---|---|---|"]
    for event in service.events:
        shape, said = shape_of(event), field_descriptions(event)
        sealed = [f"{name}: {said[name]}" if name in said else name for name in shape.personal]
        lines.append(f"| {event.type} | {'; '.join(sealed) or 'none'} | {', '.join(shape.clear)} |")
    return [*lines, ""]
