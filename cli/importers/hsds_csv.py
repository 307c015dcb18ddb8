"""HSDS tables, 1.x to 3.0, into a book."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from cli.importers.book import Book
from cli.importers.entity import Ids, Source, entity_of
from cli.importers.findings import Finding, Weight, explain
from cli.importers.hsds_names import rows_kind, table_kind, with_defaults
from cli.importers.tables import read_table

NEEDED_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "organization": ("id", "name"),
    "program": ("id", "name"),
    "service": ("id", "organization_id", "name"),
    "location": ("id",),
    "service_at_location": ("id", "service_id", "location_id"),
    "phone": ("number",),
}
"""Without these columns no row of the table can be loaded."""


def add_table(path: Path, book: Book, ids: Ids, name: str = "") -> bool:
    """Adds the rows of a file; False when it is no table of HSDS. Raises OSError.

    `name`: of the table, where a data package gives it another one than its file's.
    """
    name = name if table_kind(name) else path.name
    kind = table_kind(name)
    if kind is None:
        book.findings.add(Finding(path.name, 0, "unknown_table", Weight.WARNING, explain("unknown_table")))
        return False
    table = read_table(path, book.findings)
    if not table.header or not kind:
        return bool(kind)
    kind = rows_kind(kind, table.header)
    needed = NEEDED_COLUMNS.get(kind, ())
    if not set(needed) <= set(table.header) or len(set(table.header)) < len(table.header):
        message = explain("wrong_header", value=", ".join(needed) + ", each of them once")
        rows = max(1, len(table.rows))
        book.findings.add(Finding(table.file, 1, "wrong_header", Weight.REFUSED, message, rows=rows))
        return False
    add_rows(kind, ((Source(table.file, row.line), with_defaults(name, row.fields)) for row in table.rows), book, ids)
    return True


def add_rows(kind: str, rows: Iterable[tuple[Source, Mapping[str, Any]]], book: Book, ids: Ids) -> None:
    for source, fields in rows:
        book.add(entity_of(kind, fields, source, ids))
