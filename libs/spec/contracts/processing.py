"""The record of processing (GDPR art. 30): which personal data is taken in where, in which events it lies, for which
purposes and on which grounds who may be shown it."""

import tomllib
from collections.abc import Sequence
from typing import Any, Final

from libs.eventlog.registry import shape_of
from libs.host.service import SERVICES, Service
from libs.spec.contracts.events import field_descriptions
from libs.spec.contracts.protos import Protos

LAW: Final = SERVICES / "consents" / "law.toml"
HEAD = """\
# Record of processing

What the code and its data files declare about personal data (GDPR art. 30(1)(b) to (g)). The controller of a text is
the organisation that wrote it; names and addresses of controllers are the operator's to add. Personal text is sealed
by the writer with the public key of (citizen, controlling organisation) before it is recorded; only consents can open
it, and writes each opening down first. Erasure destroys the key. Beside it every event bears random ids (citizen,
case, organisation, actor), times, category, sensitivity and the legal basis it rests on, in the clear: pseudonymous
data under GDPR art. 4(5). Names of organisations and of their members are not sealed: partners keeps a directory.
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
    lines += ["## For what, on which ground, and who may be shown it", "", *grounds()]
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


def grounds() -> list[str]:
    """A row for each reference of law.toml, and one for consent: the only other way to be shown anything."""
    laws: list[dict[str, Any]] = tomllib.loads(LAW.read_text())["law"]
    rows = [
        (
            f"{law['title']['en']} (`{law['code']}`)",
            law["article"],
            ", ".join(law["purposes"]),
            ", ".join(law["categories"]),
            ", ".join(law.get("kinds", ())) or "any",
            " to ".join(str(law[end]) for end in ("valid_from", "valid_until") if end in law),
        )
        for law in laws
    ]
    consent = ("Consent of the citizen", "6(1)(a), 9(2)(a)", *["as the consent names them"] * 2, "the one named", "")
    head = ("ground", "GDPR article", "purposes", "categories", "recipients: kinds of organisation", "in force")
    table = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows, consent)]
    return [
        "An organisation is shown its own texts. The texts of others it is shown on one of these grounds, for a",
        "purpose and in categories that the ground names; each reading states its purpose and its ground in the",
        "access log. The references are those of services/consents/law.toml, which a lawyer has yet to confirm.",
        "",
        *table,
        "",
    ]
