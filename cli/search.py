"""samspor search: services of the directory, and whom they are for, as everybody with a login finds them."""

from collections.abc import Sequence
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, open_desk
from cli.imports import AsJson, fail, usable
from cli.report import print_json
from services.vocabulary import VOCABULARIES

SITUATIONS = ", ".join(VOCABULARIES["situation"])
Situations = Annotated[list[str] | None, typer.Option(help=f"May be told more than once: {SITUATIONS}.")]


def search(
    words: Annotated[str, typer.Argument(help="What is needed.", show_default=False)] = "",
    category: Annotated[str, typer.Option(help=f"One of {', '.join(VOCABULARIES['category'])}.")] = "",
    area: Annotated[str, typer.Option(help="Postal code or town.")] = "",
    age: Annotated[int, typer.Option(help="Years.", min=0, max=150)] = 0,
    language: Annotated[str, typer.Option(help="ISO 639, as in da.")] = "",
    accessible: Annotated[bool, typer.Option("--accessible", help="Says how to get in with a disability.")] = False,
    room: Annotated[bool, typer.Option("--room", help="Has room now.")] = False,
    gender: Annotated[str, typer.Option(help=f"One of {', '.join(VOCABULARIES['gender'])}.")] = "",
    municipality: Annotated[str, typer.Option(help="Where the person lives.")] = "",
    so: Situations = None,
    not_so: Situations = None,
    page: Annotated[str, typer.Option(help="Token of a page, as the page before gave it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Finds services, the best first. What is told of a person names nobody and is kept nowhere."""
    check("--category", [category], "category")
    check("--gender", [gender], "gender")
    check("--so and --not-so", [*(so or ()), *(not_so or ())], "situation")
    facts = partners.Facts(gender=gender, municipality=municipality, situations=so or (), other_situations=not_so or ())
    question = partners.SearchServices(
        query=words,
        category=category,
        area=area,
        age=age,
        language=language,
        accessible=accessible,
        with_room=room,
        facts=facts if facts.ByteSize() else None,
        page=common.PageRequest(token=page),
    )
    with usable(), open_desk("partners") as desk:
        answer = desk.ask(question, partners.ServiceList, OPERATOR)
    if as_json:
        print_json(MessageToDict(answer, preserving_proto_field_name=True))
        return
    table = Table("service", "name", "organisation", "why", "to ask")
    for one in answer.services:
        ask = (
            ", ".join(term.situation or term.kind for term in one.eligible.terms) if question.HasField("facts") else ""
        )
        table.add_row(one.id, one.name, one.organisation_name, ", ".join(one.reasons), ask)
    Console(soft_wrap=True).print(table)
    typer.echo(f"{answer.total} found")
    if answer.page.next:
        typer.echo(f"more: --page {answer.page.next}")


def check(option: str, values: Sequence[str], vocabulary: str) -> None:
    if any(value and value not in VOCABULARIES[vocabulary] for value in values):
        fail(f"{option} is of {', '.join(VOCABULARIES[vocabulary])}")
