"""A folder or file of HSDS, read whole: documents that can be imported, and what was found on the way."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from cli.importers.assemble import Assembled, Assembly, Terms
from cli.importers.book import Book
from cli.importers.entity import Ids
from cli.importers.findings import Findings
from cli.importers.hsds_csv import add_table
from cli.importers.hsds_json import add_document

TABLES: Final = (".csv", ".tsv", ".txt")


PACKAGE: Final = "datapackage.json"


class Resource(msgspec.Struct):
    """A table of a data package, as far as it matters here."""

    path: str = ""
    name: str = ""


class Package(msgspec.Struct):
    resources: list[Resource] = []


class Unusable(Exception):
    """There is nothing that could be imported; the message says why."""


class Directory(NamedTuple):
    name: str
    rows: Mapping[str, int]
    """File -> rows (or, of JSON, entities) read."""
    organizations: list[Assembled]
    taxonomies: list[Terms]
    findings: Findings


def read_directory(path: Path, name: str) -> Directory:
    """Reads everything under `path`. `name` tells this directory's ids from those of others.

    Raises Unusable when no file holds organizations.
    """
    if not path.exists():
        raise Unusable(f"{path} does not exist")
    findings = Findings()
    book, ids = Book(findings), Ids(name)
    try:
        for file, table in files_of(path).items():
            if file.suffix.casefold() in TABLES:
                add_table(file, book, ids, table)
            elif file.suffix.casefold() == ".json":
                add_document(file, book, ids)
    except OSError as error:
        raise Unusable(f"{error.filename} cannot be read: {error.strerror}") from error
    if not book.has_seen("organization"):
        reasons = "; ".join(f"{found.file}: {found.message}" for found in findings.all()[:5])
        raise Unusable(f"there are no organizations in {path}" + (f" ({reasons})" if reasons else ""))
    book.link()
    assembly = Assembly(book, name)
    return Directory(name, book.rows, list(assembly.organizations()), list(assembly.taxonomies()), findings)


def files_of(path: Path) -> dict[Path, str]:
    """The files of a directory, and the name that its data package gives to the table in each; "": none.

    A package may keep its tables in folders below (Data Package, resource `path`); it never leads out of its own.
    """
    if not path.is_dir():
        return {path: ""}
    package = path / PACKAGE
    named = {each: "" for each in sorted(path.iterdir()) if each.is_file() and each != package}
    if package.is_file():
        for resource in _resources(package):
            file = path / resource.path
            if file.is_file() and file.resolve().is_relative_to(path.resolve()):
                named[file] = resource.name
    return named


def _resources(package: Path) -> list[Resource]:
    try:
        return msgspec.json.decode(package.read_bytes(), type=Package).resources
    except msgspec.DecodeError:
        return []
