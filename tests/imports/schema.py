"""The specification's own JSON schemas."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

FOLDER: Final = Path(__file__).parents[3] / "shared" / "data" / "hsds-schema"


@cache
def validator(entity: str) -> Draft202012Validator:
    schemas = {path.name: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
    resources = [
        (name, Resource.from_contents(schema, default_specification=_draft())) for name, schema in schemas.items()
    ]
    registry: Any = Registry().with_resources(resources)
    return Draft202012Validator(
        schemas[f"{entity}.json"], registry=registry, format_checker=FormatChecker(("email", "uuid"))
    )


def _draft() -> Any:
    from referencing.jsonschema import DRAFT202012

    return DRAFT202012


def wrong(entity: str, document: object) -> list[str]:
    """What the schema says against a document."""
    return [f"{error.json_path}: {error.message}" for error in validator(entity).iter_errors(document)]
