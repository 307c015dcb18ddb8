"""samspor webhooks: which systems of an organisation are told, and what came of it, in its administrator's name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Annotated, Final
from uuid import uuid4

import typer
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Table
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from cli.desk import Desk, Person, open_desk
from cli.imports import AsJson, fail, usable
from cli.people import read_directory
from cli.report import print_json

app = typer.Typer(no_args_is_help=True, help="Webhooks of an organisation: list, show, deliveries, resend.")

As = Annotated[str, typer.Option("--as", help="Id or name of the partner administrator.", show_default=False)]
Webhook = Annotated[str, typer.Argument(help="The webhook's id, as listed.", show_default=False)]
CLOCK: Final = "%Y-%m-%d %H:%M:%S"


@app.command("list")
def list_webhooks(who: As, as_json: AsJson = False) -> None:
    """Lists the organisation's webhooks, the ended ones too. Their secrets are not shown."""
    with desk_of(who) as (desk, person):
        answer = desk.ask(referrals.ListWebhooks(), referrals.WebhookList, person)
    for each in answer.webhooks:
        each.ClearField("secret")
    if as_json:
        print_message(answer)
        return
    table = Table("webhook", "address", "state", "waiting", "arrived")
    for each in answer.webhooks:
        table.add_row(each.id, each.url, state(each), str(each.waiting), str(each.delivered))
    Console(soft_wrap=True).print(table)


@app.command("show")
def show_webhook(
    webhook: Webhook,
    who: As,
    secret: Annotated[bool, typer.Option("--secret", help="With the secret that messages are signed with.")] = False,
    as_json: AsJson = False,
) -> None:
    """Shows one webhook."""
    with desk_of(who) as (desk, person):
        known = desk.ask(referrals.ListWebhooks(), referrals.WebhookList, person).webhooks
    one = next((each for each in known if each.id == webhook), None)
    if one is None:
        fail("your organisation has no such webhook")
    if not secret:
        one.ClearField("secret")
    if as_json:
        print_message(one)
        return
    typer.echo(
        f"{one.url}: {state(one)}, {one.waiting} waiting, {one.delivered} arrived, last answer {one.last_status}"
    )
    if one.HasField("former_until"):
        typer.echo(f"the former secret signs until {clock(one.former_until)}")
    if one.secret:
        typer.echo(one.secret)


@app.command("deliveries")
def list_deliveries(
    webhook: Webhook,
    who: As,
    size: Annotated[int, typer.Option(help="Deliveries of a page, 200 at most.")] = 50,
    page: Annotated[str, typer.Option(help="Token of a page, as the page before gave it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Lists what a webhook was told and is to be told, the newest first, with the last attempts."""
    question = referrals.ListDeliveries(webhook=webhook, page=common.PageRequest(size=size, token=page))
    with desk_of(who) as (desk, person):
        answer = desk.ask(question, referrals.DeliveryList, person)
    if as_json:
        print_message(answer)
        return
    table = Table("delivery", "type", "made", "status", "tries", "last answer", "next try")
    for each in answer.deliveries:
        last = each.attempts[0] if each.attempts else referrals.DeliveryAttempt()
        due = clock(each.next_try) if each.HasField("next_try") else ""
        answered = last.problem or str(last.status or "")
        table.add_row(each.id, each.type, clock(each.made), each.status, str(each.tries), answered, due)
    Console(soft_wrap=True).print(table)
    if answer.page.next:
        typer.echo(f"more: --page {answer.page.next}")


@app.command("resend")
def resend(
    webhook: Webhook,
    delivery: Annotated[str, typer.Argument(help="The delivery's id, as listed.", show_default=False)],
    who: As,
    as_json: AsJson = False,
) -> None:
    """Sends a delivery again at once, under the same id."""
    with desk_of(who) as (desk, person):
        command = referrals.ResendDelivery(webhook=webhook, delivery=delivery)
        recorded = desk.send(command, person, command_id=str(uuid4()))
    if as_json:
        print_message(recorded)
    else:
        typer.echo(f"{delivery}: sent again")


@contextmanager
def desk_of(who: str) -> Iterator[tuple[Desk, Person]]:
    with usable(), open_desk("partners", "referrals") as desk:
        yield desk, read_directory(desk).member(who)


def state(one: referrals.Webhook) -> str:
    return one.ended or ("paused" if one.paused else "failing" if one.HasField("failing_since") else "told")


def clock(time: Timestamp) -> str:
    return f"{time.ToDatetime(UTC):{CLOCK}}"


def print_message(answer: Message) -> None:
    print_json(MessageToDict(answer, preserving_proto_field_name=True, always_print_fields_with_no_presence=True))
