"""samspor timeline: a citizen's timeline through somebody's eyes. The reading is recorded as theirs."""

from typing import Annotated, Any

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table
from samspor.common.v1 import common_pb2 as common
from samspor.timeline.v1 import timeline_pb2 as timeline

from cli.desk import Desk
from cli.imports import AsJson, usable
from cli.people import reader_of
from cli.report import print_json
from libs.host import settings


def show_timeline(
    citizen: Annotated[str, typer.Argument(help="The citizen's id.", show_default=False)],
    reader: Annotated[str, typer.Option("--as", help="Id or name of the member who reads.", show_default=False)],
    purpose: Annotated[str, typer.Option(help="What it is read for.")] = "casework",
    category: Annotated[list[str] | None, typer.Option(help="Only these categories.")] = None,
    size: Annotated[int, typer.Option(help="Entries of a page, 200 at most.")] = 50,
    page: Annotated[str, typer.Option(help="Token of a page, as the page before gave it.")] = "",
    as_json: AsJson = False,
) -> None:
    """A citizen's timeline as a member of an organisation sees it, newest first, with why entries are withheld."""
    with usable(), Desk(settings.load()) as desk:
        person, names = reader_of(desk, reader)
        question = timeline.GetTimeline(
            citizen=citizen,
            purpose=purpose,
            categories=category or (),
            page=common.PageRequest(size=size, token=page),
        )
        answer = desk.ask(question, timeline.Timeline, person)
    if as_json:
        print_json(MessageToDict(answer, preserving_proto_field_name=True))
    else:
        _print(answer, names)


def _print(answer: timeline.Timeline, names: dict[str, str]) -> None:
    if not answer.entries:
        typer.echo("Nothing on this timeline is for this reader and filter.")
        return
    table = Table("time", "organisation", "category", "what", "why")
    for entry in answer.entries:
        what = ": ".join(filter(None, (_name(entry), " / ".join(entry.personal.values()))))
        table.add_row(
            entry.time.ToDatetime().isoformat(" ", "minutes"),
            names.get(entry.organisation, entry.organisation),
            entry.category,
            what if entry.outcome == "full" else "(withheld)",
            entry.reason,
        )
    Console().print(table)
    if answer.page.next:
        typer.echo(f"more: --page {answer.page.next}")


def _name(entry: Any) -> str:
    return str(entry.type.split(".")[1]) if entry.type else ""
