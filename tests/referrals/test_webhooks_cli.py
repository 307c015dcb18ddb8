"""`samspor webhooks`: what an administrator sees of webhooks without a browser."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals
from typer.testing import CliRunner

from cli import webhooks
from cli.desk import Desk, Person
from cli.imports import UNUSABLE
from tests.referrals.mentoring import Mentoring
from tests.rpc.office import ADMIN, Office


@pytest.fixture
def webhook(office: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    """One that has something to be told; commands are given by its administrator."""

    @contextmanager
    def desk_of(_who: str) -> Iterator[tuple[Desk, Person]]:
        with Desk(office.settings) as desk:
            yield desk, Person(ADMIN.name, ADMIN.organisation, ADMIN.role)

    monkeypatch.setattr(webhooks, "desk_of", desk_of)
    office.catch_up()  # what tests before began
    made = office.send(referrals.RegisterWebhook(url="https://inbox.example.org/samspor"), ADMIN).id
    office.catch_up()
    mentoring = Mentoring(office)
    mentoring.consent()
    mentoring.requested()
    office.catch_up()
    return made


def said(*arguments: str, code: int = 0) -> str:
    wide = {"COLUMNS": "250"}
    done = CliRunner().invoke(webhooks.app, [*arguments, "--as", ADMIN.name], env=wide)
    assert done.exit_code == code, done.output
    return done.output


def told(*arguments: str) -> Any:
    return json.loads(said(*arguments, "--json"))


def test_a_webhook_is_listed_and_shown_with_its_secret_if_asked(webhook: str) -> None:
    assert webhook in [each["id"] for each in told("list")["webhooks"]]
    assert "https://inbox.example.org/samspor" in said("list")
    assert "whsec_" not in said("list", "--json") + said("show", webhook)
    assert told("show", webhook, "--secret")["secret"].startswith("whsec_")
    assert "no such webhook" in said("show", "another", code=UNUSABLE)


def test_a_delivery_is_listed_and_sent_again(webhook: str) -> None:
    (delivery,) = told("deliveries", webhook)["deliveries"]
    assert (delivery["type"], delivery["status"], delivery["tries"]) == ("referral.requested", "waiting", 0)
    assert "referral.requested" in said("deliveries", webhook)
    assert "sent again" in said("resend", webhook, delivery["id"])
