"""samspor export-directory: the directory as others can read it."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, open_desk
from cli.exporters.hsds_tables import Tables
from cli.imports import AsJson, fail, usable
from cli.report import print_json, print_report, progress

PAGE: Final = 20
"""Organizations asked for at once: each may be half a megabyte."""


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


def export_directory(
    path: Annotated[Path, typer.Argument(help="A folder that is empty or not there yet, or a .json file.")],
    form: Annotated[
        Format, typer.Option("--format", help="json: a document for each organization; csv: the tabular package.")
    ] = Format.JSON,
    as_json: AsJson = False,
) -> None:
    """Writes the directory as HSDS 3.0. Addresses of redacted locations are left out.

    What the specification requires and the directory does not know is an empty text; the report counts those.
    """
    single = path.suffix.casefold() == ".json"
    if single and form is Format.CSV:
        fail("a .json file holds no tables; name a folder")
    if path.exists() and (single or not path.is_dir() or any(path.iterdir())):
        fail(f"{path} exists already")
    supplied: Counter[str] = Counter()
    with usable(), open_desk("partners") as desk:
        organizations = list(documents(desk, "organization", supplied))
        taxonomies = list(documents(desk, "taxonomy", supplied))
        terms = list(documents(desk, "taxonomy_term", supplied))
        try:
            write(path, form, organizations, {"taxonomy": taxonomies, "taxonomy_term": [] if single else terms})
        except OSError as error:
            fail(f"{error.filename} cannot be written: {error.strerror}")
    facts = {
        "organizations": len(organizations),
        "services": sum(len(each.get("services", ())) for each in organizations),
        "taxonomies": len(taxonomies),
        "terms": len(terms),
        "supplied": sum(supplied.values()),
    }
    if as_json:
        print_json({**facts, "path": str(path), "fields_supplied": dict(supplied)})
    else:
        print_report(f"export-directory {path}", facts | {f"empty {name}": n for name, n in supplied.items()}, None, [])


def documents(desk: Desk, kind: str, supplied: Counter[str]) -> Iterator[dict[str, Any]]:
    """All entities of a kind, whole."""
    page, seen = 1, 0
    with progress(kind, 0) as advance:
        while True:
            question = partners.ListEntities(kind=kind, full=True, full_service=True, page=page, per_page=PAGE)
            answer = desk.ask(question, partners.EntityList, OPERATOR)
            supplied.update({f"{each.entity}.{each.field}": each.count for each in answer.supplied})
            yield from (msgspec.json.decode(text) for text in answer.documents)
            advance(len(answer.documents))
            page, seen = page + 1, seen + len(answer.documents)
            if not answer.documents or seen >= answer.total:
                return


def write(path: Path, form: Format, organizations: list[dict[str, Any]], terms: dict[str, list[Any]]) -> None:
    """Raises OSError. Terms that no organization uses have no place in its document, and are tables beside it."""
    if path.suffix.casefold() == ".json":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pretty(organizations))
        return
    path.mkdir(parents=True, exist_ok=True)
    tables = Tables()
    for kind, entities in terms.items():
        for entity in entities:
            tables.add(kind, entity)
    for organization in organizations:
        if form is Format.CSV:
            tables.add("organization", organization)
        else:
            (path / f"{organization['id']}.json").write_bytes(pretty(organization))
    if form is Format.CSV or any(terms.values()):
        tables.write(path, package=form is Format.CSV)


def pretty(document: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
