"""samspor capacity: how much room services have, said by their own people and seen by everybody."""

from datetime import UTC
from typing import Annotated
from uuid import uuid4

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Column, Table
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import open_desk
from cli.imports import AsJson, usable
from cli.people import read_directory
from cli.report import ID, print_json

app = typer.Typer(no_args_is_help=True, help="Room in services: show, set.")

As = Annotated[str, typer.Option("--as", help="Id or name of a member of an organisation.", show_default=False)]


@app.command("show")
def show_capacity(
    who: As,
    organisation: Annotated[str, typer.Argument(help="Id or name; default: one's own.")] = "",
    size: Annotated[int, typer.Option(min=1, max=200, help="Services of a page.")] = 50,
    page: Annotated[str, typer.Option(help="Token of a page, as the page before gave it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Shows how much room an organisation's services have. A number that is too old is unknown, and no number."""
    with usable(), open_desk("partners") as desk:
        directory = read_directory(desk)
        person = directory.member(who)
        wanted = directory.organisation(organisation) if organisation else person.organisation
        question = partners.SearchServices(organisation=wanted, page=common.PageRequest(size=size, token=page))
        services = desk.ask(question, partners.ServiceList, person)
        named = partners.ListCapacity(services=[each.id for each in services.services])
        found = desk.ask(named, partners.CapacityList, person).capacities if named.services else []
    rooms = {each.service: each for each in found}
    if as_json:
        listed = [MessageToDict(each, preserving_proto_field_name=True) for each in found]
        print_json({"capacities": listed, "next": services.page.next})
        return
    if not services.services:
        typer.echo("This organisation has no services.")
        return
    table = Table(Column("service", min_width=ID), "name", "free", "of", "unit", "said")
    for one in services.services:
        room = rooms.get(one.id, partners.Capacity())
        said = f"{room.updated.ToDatetime(UTC):%Y-%m-%d %H:%M}Z" if room.HasField("updated") else "never"
        free = str(room.available) if room.HasField("available") else "unknown"
        table.add_row(one.id, one.name, free, str(room.maximum or ""), room.unit, said)
    Console(soft_wrap=True).print(table)
    if services.page.next:
        typer.echo(f"more: --page {services.page.next}")


@app.command("set")
def set_capacity(
    service: Annotated[str, typer.Argument(help="Id of one of the own services.", show_default=False)],
    available: Annotated[int, typer.Argument(min=0, max=1_000_000, help="Free places.", show_default=False)],
    who: As,
    maximum: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="Places in all.")] = None,
    unit: Annotated[str, typer.Option(help="What is counted. Default: as before, places at first.")] = "",
    days: Annotated[int, typer.Option(min=0, help="Days that the number holds. Default: as before, 14 at first.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Says how many places are free in a service."""
    with usable(), open_desk("partners") as desk:
        person = read_directory(desk).member(who)
        command = partners.DeclareCapacity(
            organisation=person.organisation, service=service, available=available, unit=unit, fresh_days=days
        )
        if maximum is not None:
            command.maximum = maximum
        desk.send(command, person, command_id=str(uuid4()))
        room = desk.ask(partners.GetCapacity(service=service), partners.Capacity, person)
    if as_json:
        print_json(MessageToDict(room, preserving_proto_field_name=True, always_print_fields_with_no_presence=True))
    else:
        typer.echo(f"{room.available} {room.unit or 'places'} free{f' of {room.maximum}' if room.maximum else ''}")
