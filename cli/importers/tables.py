"""Delimited text as found in the world: byte order marks, other encodings and delimiters, broken rows."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cli.importers.findings import Finding, Findings, Weight, explain

LONGEST_FIELD: Final = 1_000_000
"""Characters. A longer one makes its row unreadable: most likely a quote that is never closed."""
MOST_UNREADABLE: Final = 1000
"""Rows that may be unreadable before a file is given up."""
DELIMITERS: Final = ",;\t|"
MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Row(NamedTuple):
    line: int
    """Of its first line in the file, from 1."""
    fields: Mapping[str, str]


class Table(NamedTuple):
    file: str
    header: tuple[str, ...]
    rows: list[Row]


def read_table(path: Path, findings: Findings) -> Table:
    """The table in a file; its header is empty when the file is.

    Names of columns are compared without case and outer blanks. Rows that cannot be read are findings. Raises OSError.
    """
    text = decode(path.name, path.read_bytes(), findings)
    lines = list(io.StringIO(text, newline=""))
    records = _records(path.name, lines, delimiter_of(lines), findings)
    first = next(records, None)
    if first is None:
        return Table(path.name, (), [])
    header = tuple(name.strip().casefold() for name in first[1])
    rows = [row for line, record in records if (row := _row(path.name, header, line, record, findings))]
    return Table(path.name, header, rows)


def decode(file: str, content: bytes, findings: Findings) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        findings.add(Finding(file, 0, "encoding", Weight.WARNING, explain("encoding")))
        return content.decode("cp1252", "replace")


def delimiter_of(lines: Sequence[str]) -> str:
    """The one that the first line has most of; a comma where it has none."""
    first = next((line for line in lines if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _records(file: str, lines: Sequence[str], delimiter: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Line number and values of each record. After one that cannot be read it goes on with the line after its first."""
    csv.field_size_limit(LONGEST_FIELD)
    start, failed = 0, 0
    while start < len(lines):
        reader = csv.reader((lines[index] for index in range(start, len(lines))), delimiter=delimiter, strict=True)
        line = start
        try:
            for record in reader:
                if len(record) > 1 or any(value.strip() for value in record):
                    yield line + 1, record
                line = start + reader.line_num
        except csv.Error:
            failed += 1
            findings.add(Finding(file, line + 1, "bad_quotes", Weight.REFUSED, explain("bad_quotes")))
            start = line + 1
        else:
            return
        if failed > MOST_UNREADABLE:
            message = explain("unreadable", most=MOST_UNREADABLE)
            findings.add(Finding(file, start, "unreadable", Weight.REFUSED, message, rows=len(lines) - start))
            return


def _row(file: str, header: tuple[str, ...], line: int, record: list[str], findings: Findings) -> Row | None:
    if any(value.strip() for value in record[len(header) :]):
        findings.add(Finding(file, line, "extra_values", Weight.REFUSED, explain("extra_values")))
        return None
    if len(record) < len(header):
        findings.add(Finding(file, line, "short_row", Weight.WARNING, explain("short_row")))
    fields = {name: value.strip() for name, value in zip(header, record, strict=False)}
    for name, value in fields.items():
        if "\0" in value:
            message = explain("control_character", field=name)
            findings.add(Finding(file, line, "control_character", Weight.REFUSED, message))
            return None
    return Row(line, fields)
