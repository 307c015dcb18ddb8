"""What is had under /api/hsds: the specification's words about an API, and an OpenAPI 3.1 description of ours."""

from collections.abc import Mapping
from typing import Any, Final

from services.gateway.hsds.parameters import LISTINGS, Listing, Value

ROOT: Final = "/api/hsds"
VERSION: Final = "3.0"
SPECIFICATION: Final = "https://docs.openreferral.org/en/3.0/"
SCHEMAS: Final = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema"
COUNTS: Final = ("total_items", "total_pages", "page_number", "size")
FLAGS: Final = ("first_page", "last_page", "empty")


def about(base: str) -> dict[str, Any]:
    return {"version": VERSION, "profile": SPECIFICATION, "openapi_url": f"{base}/openapi.json"}


def description(base: str) -> dict[str, Any]:
    paths: dict[str, Any] = {"/": {"get": operation({}, {"type": "object"})}}
    for name, listing in LISTINGS.items():
        paths[f"/{name}"] = {"get": operation(listing.takes, page_of(listing))}
        ids = {"in": "path", "name": "id", "required": True, "schema": {"type": "string", "format": "uuid"}}
        paths[f"/{name}/{{id}}"] = {"parameters": [ids], "get": operation(listing.one_takes, schema_of(listing))}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Samspor directory (HSDS)", "version": VERSION},
        "servers": [{"url": base}],
        "paths": paths,
    }


def operation(takes: Mapping[str, Value], answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "parameters": [{"name": name, "in": "query", "schema": value.schema} for name, value in takes.items()],
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": answer}}}},
    }


def schema_of(listing: Listing) -> dict[str, str]:
    return {"$ref": f"{SCHEMAS}/{listing.kind}.json"}


def page_of(listing: Listing) -> dict[str, Any]:
    counts = {name: {"type": "integer"} for name in COUNTS} | {name: {"type": "boolean"} for name in FLAGS}
    return {"type": "object", "properties": counts | {"contents": {"type": "array", "items": schema_of(listing)}}}
