"""samspor agreements: what an organisation has agreed upon with others, in the name of who may read it."""

from datetime import UTC
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import open_desk
from cli.imports import AsJson, must_be, usable
from cli.people import read_directory
from cli.report import print_json
from services.vocabulary import VOCABULARIES

app = typer.Typer(no_args_is_help=True, help="Agreements between organisations: list, show.")

As = Annotated[str, typer.Option("--as", help="Id or name of an administrator, coordinator or auditor.")]


@app.command("list")
def list_agreements(
    who: As,
    organisation: Annotated[str, typer.Option(help="Id or name; default: one's own.")] = "",
    status: Annotated[str, typer.Option(help=f"One of {', '.join(VOCABULARIES['agreement_status'])}.")] = "",
    page: Annotated[str, typer.Option(help="Token of a page, as the page before gave it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Lists agreements, the one changed last first."""
    must_be("--status", status, "agreement_status")
    with usable(), open_desk("partners") as desk:
        directory = read_directory(desk)
        question = partners.ListAgreements(
            organisation=directory.organisation(organisation) if organisation else "",
            status=status,
            page=common.PageRequest(token=page),
        )
        answer = desk.ask(question, partners.AgreementList, directory.member(who))
    if as_json:
        print_json(MessageToDict(answer, preserving_proto_field_name=True))
        return
    table = Table("agreement", "title", "degree", "status", "next review")
    for each in answer.agreements:
        due = f"{each.next_review.ToDatetime(UTC):%Y-%m-%d}" if each.HasField("next_review") else ""
        table.add_row(each.id, each.title, each.degree, each.status, due)
    Console(soft_wrap=True).print(table)
    if answer.page.next:
        typer.echo(f"more: --page {answer.page.next}")


@app.command("show")
def show_agreement(
    agreement: Annotated[str, typer.Argument(help="The agreement's id, as listed.", show_default=False)],
    who: As,
    as_json: AsJson = False,
) -> None:
    """Shows an agreement's terms, its signatures and what has happened."""
    with usable(), open_desk("partners") as desk:
        person = read_directory(desk).member(who)
        one = desk.ask(partners.GetAgreement(agreement=agreement), partners.Agreement, person)
    if as_json:
        print_json(MessageToDict(one, preserving_proto_field_name=True))
        return
    typer.echo(f"{one.terms.title}: {one.terms.degree}, {one.status}, revision {one.revision}")
    for goal in one.terms.goals:
        typer.echo(f"goal: {goal.title} ({goal.indicator}: {goal.target})")
    for step in one.history:
        for result in step.results:
            said = " ".join(filter(None, (result.result, result.figure)))
            typer.echo(f"result: {step.time.ToDatetime(UTC):%Y-%m-%d} {result.goal}: {said}")
    for signature in one.signatures:
        typer.echo(f"signed: {signature.name} {signature.time.ToDatetime(UTC):%Y-%m-%d}")
    for step in one.history:
        typer.echo(f"{step.time.ToDatetime(UTC):%Y-%m-%d %H:%M} {step.event} {step.name}".rstrip())
