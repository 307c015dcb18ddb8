"""samspor import-log and import-directory: other people's records into cases, notes and the directory."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cli.desk import open_desk
from cli.importers.directory import Unusable, read_directory
from cli.importers.findings import Weight, rows_by_weight
from cli.importers.load_directory import load_directory
from cli.importers.load_log import LogLoader
from cli.importers.xes_log import read_log
from cli.report import file_counts, files_table, print_json, print_report, progress
from libs.host.errors import Refused
from libs.host.settings import SettingMissing
from services.vocabulary import VOCABULARIES

UNUSABLE = 2
"""Exit code when nothing was loaded: the input is of no use, or the services do not answer."""

LONGEST_NAME = 100

InputPath = Annotated[Path, typer.Argument(help="Where it is.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer one JSON document with every finding.")]


def import_log(
    path: InputPath,
    name: Annotated[str, typer.Option(help="Tells this log's cases from those of others; else the file's.")] = "",
    as_json: AsJson = False,
) -> None:
    """Loads an event log: CSV with the column names of XES. What is loaded already is not loaded again.

    Every value of case:concept:name becomes a citizen and a case, every org:group a department that takes part, every
    row a note written by org:resource at time:timestamp.
    """
    started = time.monotonic()
    with usable():
        log = read_log(path, short(name or path.stem), datetime.now(UTC))
        entries = sum(len(case.entries) for case in log.cases)
        with open_desk("partners", "consents", "cases") as desk, progress("rows", entries) as advance:
            loaded = LogLoader(desk, log, path.name).load(advance)
    findings = log.findings.all()
    facts = {
        "log": log.name,
        "rows": log.rows,
        "recorded": loaded.recorded,
        "known": loaded.known,
        "refused": rows_by_weight(findings)[Weight.REFUSED],
        "cases": len(log.cases),
        "groups": len(log.groups),
        "seconds": round(time.monotonic() - started, 1),
    }
    if as_json:
        print_json(facts, findings)
    else:
        print_report(f"import-log {path}", facts, None, findings)
        if loaded.known and not loaded.recorded:
            typer.echo("Everything was loaded before; nothing was added.")


def import_directory(
    path: InputPath,
    name: Annotated[str, typer.Option(help="Tells this directory's ids from those of others; else the path's.")] = "",
    kind: Annotated[str, typer.Option(help="Kind of the organisations that are not known yet.")] = "",
    as_json: AsJson = False,
) -> None:
    """Loads a directory of organisations and services: a folder or file of HSDS, CSV (1.x to 3.0) or JSON (3.0)."""
    started = time.monotonic()
    must_be("--kind", kind, "organisation_kind")
    with usable():
        directory = read_directory(path, short(name or path.resolve().stem))
        total = len(directory.organizations)
        with open_desk("partners") as desk, progress("organizations", total) as advance:
            outcomes = load_directory(desk, directory, kind, advance)
    findings = directory.findings.all()
    weights = rows_by_weight(findings)
    facts = {
        "directory": directory.name,
        "organizations": total,
        **outcomes,
        "rows": sum(directory.rows.values()),
        "rows refused": weights[Weight.REFUSED],
        "rows left out": weights[Weight.LEFT_OUT],
        "seconds": round(time.monotonic() - started, 1),
    }
    if as_json:
        named = {fact.replace(" ", "_"): value for fact, value in facts.items()}
        print_json({**named, "files": file_counts(directory.rows, findings)}, findings)
    else:
        print_report(f"import-directory {path}", facts, files_table(directory.rows, findings), findings)


@contextmanager
def usable() -> Iterator[None]:
    """Ends the command with one line and exit code 2 when nothing can be done."""
    try:
        yield
    except Unusable as unusable:
        fail(str(unusable))
    except SettingMissing as missing:
        fail(str(missing))
    except Refused as refused:
        fail(f"{refused.reason}: {refused.message}")


def short(name: str) -> str:
    """The name of an input, which ids are made from. Raises Unusable."""
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Unusable(f"a name has at most {LONGEST_NAME} printable characters; give one with --name")
    return name


def must_be(name: str, word: str, vocabulary: str) -> None:
    """Ends the command for a word that is none of the vocabulary's; nothing at all is no word."""
    if word and word not in VOCABULARIES[vocabulary]:
        fail(f"{name} is one of {', '.join(VOCABULARIES[vocabulary])}")


def fail(message: str) -> NoReturn:
    sys.stderr.write(f"samspor: {message}\n")
    raise typer.Exit(UNUSABLE)
