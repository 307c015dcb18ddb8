"""record.json: the package for programs."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from services.gateway.package.collect import Collected

FORMAT: Final = "samspor-access-package-1"


def record_of(collected: Collected, names: Mapping[str, str], made: datetime) -> bytes:
    """One JSON document. Times are UTC; `consents` are ISO/IEC TS 27560 records, `looked` FHIR R4 AuditEvents."""
    document = {
        "format": FORMAT,
        "made": made,
        "purpose": collected.purpose,
        "citizen": collected.citizen,
        "identity": {"name": collected.name},
        "timeline": [entry_of(each) for each in collected.entries],
        "bases": [plain(each) for each in collected.bases],
        "arrangements": plain(collected.standing),
        "consents": collected.records,
        "looked": collected.looks,
        "organisations": names,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def entry_of(entry: Message) -> dict[str, Any]:
    """With the clear fields of the event as JSON, not as text that holds JSON."""
    fields = plain(entry)
    if data := fields.get("data"):
        fields["data"] = json.loads(data)
    return fields


def plain(message: Message) -> dict[str, Any]:
    return MessageToDict(message, preserving_proto_field_name=True)
