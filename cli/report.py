"""How an import is told: a table and the findings for people, or one JSON document for programs."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.importers.findings import Finding, Weight

PATIENT: Final = 2.0
"""Seconds that a command may take before it says how far it has come."""
ID: Final = 36
"""Characters of an id, which is to be copied from a table whole."""
SHOWN: Final = 40
"""Findings that a person is shown; `--json` has all."""


def print_json(report: Mapping[str, Any], findings: Sequence[Finding] | None = None) -> None:
    document = dict(report) if findings is None else {**report, "findings": findings}
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n")


def print_report(title: str, facts: Mapping[str, object], files: Table | None, findings: Sequence[Finding]) -> None:
    out = Console()
    summary = Table(title=title, title_justify="left", show_header=False)
    for name, value in facts.items():
        summary.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
    out.print(summary)
    if files:
        out.print(files)
    if not findings:
        return
    codes = Table(title="findings", title_justify="left")
    for heading in ("code", "weight", "rows", "first"):
        codes.add_column(heading, justify="right" if heading == "rows" else "left")
    rows: Counter[tuple[str, Weight]] = Counter()
    first: dict[tuple[str, Weight], Finding] = {}
    for found in findings:
        rows[found.code, found.weight] += found.rows
        first.setdefault((found.code, found.weight), found)
    for (code, weight), count in rows.most_common():
        codes.add_row(code, weight, f"{count:,}", where(first[code, weight]))
    out.print(codes)
    for found in findings[:SHOWN]:
        out.print(
            f"{where(found)}: {found.weight} {found.code}: {found.message}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    if len(findings) > SHOWN:
        out.print(f"... and {len(findings) - SHOWN:,} more; --json has them all.", markup=False)


def files_table(rows: Mapping[str, int], findings: Sequence[Finding]) -> Table:
    """Rows of each file, and what became of them."""
    table = Table(title="files", title_justify="left")
    for heading in ("file", "rows", "loaded", "refused", "left out", "warnings"):
        table.add_column(heading, justify="left" if heading == "file" else "right")
    for file, count in file_counts(rows, findings).items():
        table.add_row(file, *(f"{count[name]:,}" for name in ("rows", "loaded", "refused", "left_out", "warning")))
    return table


def file_counts(rows: Mapping[str, int], findings: Sequence[Finding]) -> dict[str, dict[str, int]]:
    by_file: dict[str, Counter[str]] = {file: Counter() for file in rows}
    for found in findings:
        by_file.setdefault(found.file, Counter())[found.weight] += found.rows
    return {
        file: {
            "rows": rows.get(file, 0),
            "loaded": max(0, rows.get(file, 0) - count[Weight.REFUSED] - count[Weight.LEFT_OUT]),
            **{weight.value: count[weight] for weight in Weight},
        }
        for file, count in sorted(by_file.items())
    }


def where(found: Finding) -> str:
    place = f":{found.line}" if found.line else ""
    return f"{found.file}{place}{' ' + found.path if found.path else ''}"


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where that is a terminal; nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)


@contextmanager
def patient_progress(what: str) -> Iterator[Callable[[int], None]]:
    """How many things of an unknown number are done, on a terminal's standard error, once it has taken a while."""
    console, started = Console(stderr=True), time.monotonic()
    with Progress(TextColumn("{task.completed:,} {task.description}"), TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(what, total=None, visible=False)

        def advance(count: int) -> None:
            late = time.monotonic() - started > PATIENT
            bar.update(task, advance=count, visible=console.is_terminal and late)

        yield advance
