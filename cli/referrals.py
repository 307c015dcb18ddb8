"""samspor referrals: what an organisation has sent or received, in the name of who works with it."""

from datetime import UTC
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToDict
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Column, Table
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from cli.desk import open_desk
from cli.imports import AsJson, must_be, usable
from cli.people import read_directory
from cli.report import ID, print_json
from services.vocabulary import VOCABULARIES

app = typer.Typer(no_args_is_help=True, help="Referrals that an organisation sent or received: list, show.")

As = Annotated[str, typer.Option("--as", help="Id or name of who works with referrals.", show_default=False)]


@app.command("list")
def list_referrals(
    who: As,
    box: Annotated[str, typer.Option(help="inbox (received) or outbox (sent).")] = "inbox",
    stage: Annotated[str, typer.Option(help=f"One of {', '.join(VOCABULARIES['referral_stage'])}.")] = "",
    status: Annotated[str, typer.Option(help="Of FHIR Task, for instance in-progress.")] = "",
    service: Annotated[str, typer.Option(help="Id of the service they are for.")] = "",
    colleague: Annotated[str, typer.Option(help="Id or name of a colleague who works with them.")] = "",
    size: Annotated[int, typer.Option(min=1, max=200, help="Referrals of a page.")] = 50,
    page: Annotated[str, typer.Option(help="Token of a page, as the page before gave it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Lists referrals: those that await an answer first, the earliest deadline on top."""
    must_be("--box", box, "box")
    must_be("--stage", stage, "referral_stage")
    must_be("--status", status, "referral_status")
    with usable(), open_desk("partners", "referrals") as desk:
        directory = read_directory(desk)
        question = referrals.ListReferrals(
            box=box,
            stage=stage,
            status=status,
            service=service,
            colleague=directory.member(colleague).person if colleague else "",
            page=common.PageRequest(size=size, token=page),
        )
        answer = desk.ask(question, referrals.ReferralList, directory.member(who))
    if as_json:
        print_json(MessageToDict(answer, preserving_proto_field_name=True))
        return
    if not answer.referrals:
        typer.echo("No referrals like that.")
        return
    table = Table(
        Column("referral", min_width=ID), "from" if box == "inbox" else "to", "status", "priority", "answer due", "who"
    )
    for each in answer.referrals:
        other = "the citizen" if each.self_referral else each.sender if box == "inbox" else each.recipient
        person = answer.colleagues.get(each.id, "")
        table.add_row(
            each.id,
            directory.organisations.get(other, other),
            each.business_status or each.status,
            each.priority,
            due(each),
            directory.called(person) if person else "",
        )
    Console(soft_wrap=True).print(table)
    if answer.page.next:
        typer.echo(f"more: --page {answer.page.next}")


@app.command("show")
def show_referral(
    referral: Annotated[str, typer.Argument(help="The referral's id, as listed.", show_default=False)],
    who: As,
    as_json: AsJson = False,
) -> None:
    """Shows what has become of a referral. Nobody is named, and no personal text is read."""
    with usable(), open_desk("partners", "referrals") as desk:
        directory = read_directory(desk)
        one = desk.ask(referrals.GetReferral(referral=referral), referrals.Referral, directory.member(who))
    if as_json:
        print_json(MessageToDict(one, preserving_proto_field_name=True))
        return
    names = directory.organisations
    facts = {
        "from": "the citizen" if one.self_referral else names.get(one.sender, one.sender),
        "to": names.get(one.recipient, one.recipient),
        "citizen": one.citizen,
        "status": " ".join(filter(None, (one.status, one.business_status))),
        "reason": one.reason,
        "priority": one.priority,
        "purpose": one.purpose,
        "categories": ", ".join(one.categories),
        "answer due": due(one),
        "on the wait-list": str(one.wait_position or ""),
        "nobody answered": (one.escalate_to or "yes") if one.escalated else "",
        "contacts": str(one.contacts or ""),
        "outcome": one.outcome,
        "goal reached": one.goal,
        "next": one.next,
        "changed": moment(one.changed),
    }
    table = Table(show_header=False)
    for name, value in facts.items():
        if value:
            table.add_row(name, value)
    Console(soft_wrap=True).print(table)


def due(one: referrals.Referral) -> str:
    """Until when, and how many working days that is."""
    if not one.HasField("working_days_left"):
        return ""
    by = one.acknowledge_by if one.status == "requested" and one.HasField("acknowledge_by") else one.reply_by
    days = one.working_days_left
    return f"{moment(by)} ({f'{-days} working days late' if days < 0 else f'{days} working days left'})"


def moment(stamp: Timestamp) -> str:
    return f"{stamp.ToDatetime(UTC):%Y-%m-%d %H:%M}Z"
