"""An event as it is published: its CloudEvents envelope and its data, as JSON Schema 2020-12."""

import ast
import inspect
import itertools
import json
import textwrap
from typing import Any, Final

import msgspec

from libs.eventlog import ABOUT, Event, personal_fields
from libs.eventlog.codec import MOST

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_text: Final[dict[str, Any]] = {"type": "string"}
_time: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_id: Final[dict[str, Any]] = {"type": "string", "format": "uuid"}

ENVELOPE: Final[dict[str, dict[str, Any]]] = {
    "id": _id | {"description": "Of this event; UUIDv7."},
    "subject": _id | {"description": "The stream: what the event happened to."},
    "time": _time | {"description": "When it happened."},
    "recordedtime": _time | {"description": "When it was recorded."},
    "streamversion": {"type": "integer", "minimum": 1, "description": "The event's number in its stream."},
    "citizen": _id | {"description": "Whom it is about."},
    "case": _id,
    "organisation": _id | {"description": "Recorded it, and controls its personal text."},
    "actor": _text | {"description": "The person who did it, or the service."},
    "category": _text | {"description": "services/vocabulary.py, Category."},
    "sensitivity": _text | {"description": "services/vocabulary.py, Sensitivity."},
    "legalbasis": _text,
    "correlationid": _text,
    "causationid": _text | {"description": "The command, or the event, that caused it."},
    "traceparent": _text | {"description": "W3C Trace Context."},
}
REQUIRED: Final = ("specversion", "id", "source", "type", "subject", "time", "recordedtime", "streamversion", "data")
SEALED: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "sealed": {"type": "string", "contentEncoding": "base64", "description": "HPKE, RFC 9180: libs/sealing."},
        "key": _text | {"description": "Id of the key; consents opens it, for those who may see."},
    },
    "required": ["sealed", "key"],
    "additionalProperties": False,
}


def schema_document(event: type[Event]) -> str:
    return json.dumps(schema_of(event), indent=2, ensure_ascii=False) + "\n"


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The schema of a published event. An empty attribute is left out when it is published."""
    data, definitions = data_schema(event)
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"urn:samspor:event:{event.type}",
        "title": event.type,
        "description": description(event),
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0"},
            "source": {"const": event.type.partition(".")[0]},
            "type": {"const": event.type},
            **ENVELOPE,
            "data": data,
        },
        "required": list(REQUIRED),
        "additionalProperties": False,
        "$comment": f"At most {MOST} bytes.",
    }
    return schema | ({"$defs": definitions} if definitions else {})


def data_schema(event: type[Event]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of `data`, and the definitions that it refers to."""
    whole = msgspec.json.schema(event)
    definitions = dict(whole.get("$defs", {}))
    own = definitions.pop(event.__name__)
    personal, said = personal_fields(event), field_descriptions(event)
    properties = {
        name: field | ({"description": said[name]} if name in said else {})
        for name, field in own["properties"].items()
        if name not in (*ABOUT, *personal)
    }
    data: dict[str, Any] = {"type": "object", "properties": properties, "required": list(properties)}
    if personal:
        fields = "; ".join(f"{name} ({said[name]})" if name in said else name for name in personal)
        properties["personal"] = SEALED | {"description": f"Sealed together: {fields}. Absent when all are empty."}
    return data | {"additionalProperties": False}, definitions


def description(event: type[Event]) -> str:
    return inspect.cleandoc(event.__doc__) if event.__doc__ and event.__doc__ != Event.__doc__ else ""


def field_descriptions(event: type[Event]) -> dict[str, str]:
    """The docstrings that stand below the fields of an event, on one line each."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(event))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: " ".join(inspect.cleandoc(below.value.value).split())
        for field, below in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }
