"""samspor control: routine control of the access log, by rules and samples, in the name of who controls."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Final
from uuid import uuid4

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from cli.desk import Desk, Person, open_desk
from cli.imports import AsJson, fail, must_be, usable
from cli.people import Directory, read_directory
from cli.report import print_json, progress
from libs.host.times import period
from services.consents.control.rulebook import RULEBOOK
from services.consents.control.run import SETTLED

app = typer.Typer(no_args_is_help=True, help="Routine control of the access log: run it, assess and close findings.")

As = Annotated[str, typer.Option("--as", help="Id or name of the auditor or coordinator.", show_default=False)]
Finding = Annotated[str, typer.Argument(help="The finding's id, as listed.", show_default=False)]
Organisation = Annotated[str, typer.Argument(help="Id or name of the organisation.", show_default=False)]
SKEW: Final = timedelta(seconds=1)
"""Between the clocks of whoever asks and the service."""
TIMES: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@app.command("run")
def run(
    organisation: Organisation,
    who: As,
    since: Annotated[datetime | None, typer.Option("--from", formats=TIMES, help="Default: 30 days ago.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=TIMES, help="Exclusive. Default: now.")] = None,
    as_json: AsJson = False,
) -> None:
    """Examines what an organisation's people looked at. What is found already is not found again."""
    with _desk() as (desk, directory):
        person = directory.member(who)
        begins, ends = _ends(since, until)
        command = consents.RunControl(organisation=directory.organisation(organisation), period=period(begins, ends))
        control = _carry_out(desk, command, person)
    if as_json:
        _print_message(control)
        return
    typer.echo(
        f"{_counted(control.examined, 'access record')} examined by {_counted(len(control.rules), 'rule')}; "
        f"{_counted(control.raised, 'new finding')}."
    )
    if control.found:
        table = Table("rule", "found")
        for rule, count in sorted(control.found.items()):
            table.add_row(_title(rule), f"{count:,}")
        Console().print(table)


@app.command("list")
def list_findings(
    organisation: Organisation,
    who: As,
    status: Annotated[str, typer.Option(help="open, assessed or closed; default: any.")] = "",
    rule: Annotated[str, typer.Option(help="Code of a rule of control.toml; default: any.")] = "",
    size: Annotated[int, typer.Option(help="Findings of a page, 200 at most.")] = 50,
    page: Annotated[str, typer.Option(help="Token of a page, as the page before gave it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Lists findings, the newest first."""
    must_be("--status", status, "finding_status")
    with _desk() as (desk, directory):
        question = consents.ListFindings(
            organisation=directory.organisation(organisation),
            status=status,
            rule=rule,
            page=common.PageRequest(size=size, token=page),
        )
        answer = desk.ask(question, consents.FindingList, directory.member(who))
    if as_json:
        _print_message(answer)
    elif not answer.findings:
        typer.echo("No findings like that.")
    else:
        _print_findings(answer, directory)


@app.command("assess")
def assess(
    finding: Finding,
    who: As,
    assessment: Annotated[str, typer.Argument(help="justified, unjustified or unclear.", show_default=False)],
    note: Annotated[
        typer.FileText | None, typer.Option(help="File with a note, - for standard input; it is sealed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Says what is to be thought of a finding. Nobody assesses what they looked at themselves."""
    must_be("ASSESSMENT", assessment, "finding_assessment")
    # Not an option's value: what is typed there is seen in the list of processes and kept by the shell.
    text = note.read().strip() if note else ""
    _change(consents.AssessFinding(finding=finding, assessment=assessment, note=text), who, as_json)


@app.command("close")
def close(
    finding: Finding,
    who: As,
    measure: Annotated[
        str, typer.Argument(help="none, talked_to, reported or access_changed.", show_default=False)
    ] = "none",
    as_json: AsJson = False,
) -> None:
    """Closes a finding that was assessed, with what was done about it."""
    must_be("MEASURE", measure, "finding_measure")
    _change(consents.CloseFinding(finding=finding, measure=measure), who, as_json)


def _carry_out(desk: Desk, command: consents.RunControl, person: Person) -> consents.Control:
    """The same command until there is nothing left to examine."""
    command_id, told = str(uuid4()), 0
    run_id = desk.send(command, person, command_id=command_id).id
    control = desk.ask(consents.GetControl(control=run_id), consents.Control, person)
    with progress("access records", control.total) as advance:
        while True:
            advance(control.examined - told)
            told = control.examined
            if control.complete:
                return control
            desk.send(command, person, command_id=command_id)
            control = desk.ask(consents.GetControl(control=run_id), consents.Control, person)


def _change(command: Any, who: str, as_json: bool) -> None:
    with _desk() as (desk, directory):
        person = directory.member(who)
        desk.send(command, person, command_id=str(uuid4()))
        found = desk.ask(consents.GetFinding(finding=command.finding), consents.Finding, person)
    if as_json:
        _print_message(found)
    else:
        typer.echo(f"{found.id}: {found.status}, {found.measure or found.assessment}")


@contextmanager
def _desk() -> Iterator[tuple[Desk, Directory]]:
    with usable(), open_desk("partners", "consents") as desk:
        yield desk, read_directory(desk)


def _ends(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    """In UTC. What is typed is the time of the rulebook's zone."""
    ends = until.replace(tzinfo=RULEBOOK.zone).astimezone(UTC) if until else datetime.now(UTC) - SETTLED - SKEW
    days_ago = datetime.combine(datetime.now(RULEBOOK.zone) - timedelta(days=30), time(), RULEBOOK.zone)
    begins = (since.replace(tzinfo=RULEBOOK.zone) if since else days_ago).astimezone(UTC)
    if begins >= ends:
        fail("--from must be before --until")
    return begins, ends


def _title(rule: str) -> str:
    entry = RULEBOOK.known.get(rule)
    return entry.title["en"] if entry else rule


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _print_message(answer: Any) -> None:
    print_json(MessageToDict(answer, preserving_proto_field_name=True, always_print_fields_with_no_presence=True))


def _print_findings(answer: consents.FindingList, directory: Directory) -> None:
    table = Table("finding", "looked", "who", "rule", "status", "assessment", "measure")
    for each in answer.findings:
        looked = each.looked.ToDatetime(UTC).astimezone(RULEBOOK.zone)
        who = directory.called(each.reader)
        table.add_row(
            each.id, f"{looked:%Y-%m-%d %H:%M}", who, _title(each.rule), each.status, each.assessment, each.measure
        )
    Console(soft_wrap=True).print(table)
    if answer.page.next:
        typer.echo(f"more: --page {answer.page.next}")
