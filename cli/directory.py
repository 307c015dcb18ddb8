"""samspor directory: entries that nobody has confirmed for long, for whoever keeps the directory."""

from datetime import UTC
from typing import Annotated
from uuid import uuid4

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Column, Table
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, open_desk
from cli.imports import AsJson, usable
from cli.people import read_directory
from cli.report import ID, print_json

app = typer.Typer(no_args_is_help=True, help="Entries of the directory that nobody has confirmed for long.")

As = Annotated[str, typer.Option("--as", help="Id or name of an organisation's administrator. Default: the operator.")]


@app.command("stale")
def list_stale(
    who: As = "",
    size: Annotated[int, typer.Option(min=1, max=200, help="Entries of a page.")] = 50,
    page: Annotated[str, typer.Option(help="Token of a page, as the page before gave it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Lists them, the oldest first: the operator's are those of organisations without an administrator."""
    with usable(), open_desk("partners") as desk:
        person = read_directory(desk).member(who) if who else OPERATOR
        question = partners.ListUnconfirmed(page=common.PageRequest(size=size, token=page))
        found = desk.ask(question, partners.UnconfirmedList, person)
    if as_json:
        print_json(MessageToDict(found, preserving_proto_field_name=True))
        return
    table = Table(Column("organisation", min_width=ID), Column("service", min_width=ID), "name", "confirmed")
    for one in found.entries:
        table.add_row(one.organisation, one.service, one.name, f"{one.confirmed.ToDatetime(UTC):%Y-%m-%d}")
    Console(soft_wrap=True).print(table)
    typer.echo(f"{found.total} in all")
    if found.page.next:
        typer.echo(f"more: --page {found.page.next}")


@app.command("confirm")
def confirm_entry(
    organisation: Annotated[str, typer.Argument(help="Id or name.", show_default=False)],
    service: Annotated[str, typer.Option(help="Id of one of its services. Default: the organisation itself.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Says that an entry is right as it stands."""
    with usable(), open_desk("partners") as desk:
        directory = read_directory(desk)
        person = directory.member(who) if who else OPERATOR
        command = partners.ConfirmEntry(organisation=directory.organisation(organisation), service=service)
        recorded = desk.send(command, person, command_id=str(uuid4()))
    if as_json:
        print_json(MessageToDict(recorded, preserving_proto_field_name=True))
    else:
        typer.echo("confirmed")
