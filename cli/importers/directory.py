"""A folder or file of HSDS, read whole: documents that can be imported, and what was found on the way."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from cli.importers.assemble import Assembled, Assembly
from cli.importers.book import Book
from cli.importers.entity import Ids
from cli.importers.findings import Findings
from cli.importers.hsds_csv import add_table
from cli.importers.hsds_json import add_document

TABLES: Final = (".csv", ".tsv", ".txt")


class Unusable(Exception):
    """There is nothing that could be imported; the message says why."""


class Directory(NamedTuple):
    name: str
    rows: Mapping[str, int]
    """File -> rows (or, of JSON, entities) read."""
    organizations: list[Assembled]
    findings: Findings


def read_directory(path: Path, name: str) -> Directory:
    """Reads everything under `path`. `name` tells this directory's ids from those of others.

    Raises Unusable when no file holds organizations.
    """
    if not path.exists():
        raise Unusable(f"{path} does not exist")
    findings = Findings()
    book, ids = Book(findings), Ids(name)
    files = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    try:
        for file in files:
            if file.suffix.casefold() in TABLES:
                add_table(file, book, ids)
            elif file.suffix.casefold() == ".json":
                add_document(file, book, ids)
    except OSError as error:
        raise Unusable(f"{error.filename} cannot be read: {error.strerror}") from error
    if not book.has_seen("organization"):
        reasons = "; ".join(f"{found.file}: {found.message}" for found in findings.all()[:5])
        raise Unusable(f"there are no organizations in {path}" + (f" ({reasons})" if reasons else ""))
    book.link()
    return Directory(name, book.rows, list(Assembly(book, name).organizations()), findings)
