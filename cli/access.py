"""samspor access: what is known about a citizen, who has seen it, and why."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table
from samspor.consents.v1 import consents_pb2 as consents

from cli.desk import Desk, Person
from cli.explain import explain
from cli.imports import AsJson, fail, usable
from cli.people import reader_of
from cli.report import patient_progress, print_json
from libs.host import settings
from services.gateway.package.collect import collect
from services.gateway.package.folder import FolderTaken, write
from services.gateway.package.page import page_of
from services.gateway.package.record import record_of
from services.gateway.web.languages import LANGUAGES

app = typer.Typer(no_args_is_help=True, help="What is known about a citizen, who has seen it, and why.")

app.command()(explain)

CitizenId = Annotated[str, typer.Argument(help="The citizen's id.", show_default=False)]
Reader = Annotated[str, typer.Option("--as", help="Id or name of the member who asks.", show_default=False)]
PURPOSES: Final = {"citizen": "own_access", "auditor": "audit"}
"""Role -> what a package is made for. No other role gets one."""


@app.command()
def package(
    citizen: CitizenId,
    reader: Reader,
    out: Annotated[Path, typer.Option(help="The folder to make; it must be new or empty.", show_default=False)],
    purpose: Annotated[str, typer.Option(help="An auditor says it: audit.")] = "",
    lang: Annotated[str, typer.Option(help="Language of the page: da, sv or en.")] = "da",
) -> None:
    """The citizen's whole record as one package (GDPR article 15): a page to read and print, and the same as JSON.

    Made for the citizen, or for an auditor who states the purpose. Each page that is read for it is recorded as a look.
    """
    if lang not in LANGUAGES:
        fail(f"--lang is one of {', '.join(LANGUAGES)}")
    with usable(), Desk(settings.load()) as desk, patient_progress("read") as advance:
        person, names = reader_of(desk, reader)
        asked_for = purpose_of(person, purpose)
        collected = collect(lambda question, answer: desk.ask(question, answer, person), citizen, asked_for, advance)
    made = datetime.now(UTC)
    files = {
        "index.html": page_of(collected, names, made, lang).encode(),
        "record.json": record_of(collected, names, made),
    }
    try:
        write(out, files)
    except FolderTaken:
        fail(f"{out} is not empty; name a new folder")
    typer.echo(
        f"{out}: {len(collected.entries):,} entries, {len(collected.looks):,} looks; check with sha256sum -c SHA256SUMS"
    )


@app.command()
def seen(citizen: CitizenId, consent: str, reader: Reader, as_json: AsJson = False) -> None:
    """Who has seen what on the ground of a consent, whatever has become of it since."""
    with usable(), Desk(settings.load()) as desk:
        person, names = reader_of(desk, reader)
        question = consents.SeenUnder(citizen=citizen, consent=consent)
        answer = desk.ask(question, consents.SeenUnderConsent, person)
    if as_json:
        print_json(MessageToDict(answer, preserving_proto_field_name=True))
        return
    if not answer.organisations:
        typer.echo("Nobody has seen anything on the ground of this consent.")
        return
    table = Table("organisation", "readings", "first", "last", "seen", "entries")
    for each in answer.organisations:
        table.add_row(*row_of(each, names))
    Console().print(table)


def purpose_of(person: Person, stated: str) -> str:
    """Ends the command for a role that gets no package, and for an auditor who does not say what for."""
    expected = PURPOSES.get(person.role)
    if expected is None:
        fail("a package is made for the citizen, or for an auditor; others read the timeline")
    if stated not in (expected, "" if person.role == "citizen" else expected):
        fail(f"a package for the role {person.role} is made with --purpose {expected}")
    return expected


def row_of(each: Any, names: dict[str, str]) -> tuple[str, ...]:
    moments = (each.first.ToDatetime(UTC), each.last.ToDatetime(UTC))
    return (
        names.get(each.organisation, each.organisation),
        str(each.readings),
        *(moment.isoformat(" ", "minutes") for moment in moments),
        ", ".join(f"{category} ({count})" for category, count in sorted(each.seen.items())),
        str(len(each.entries)),
    )
