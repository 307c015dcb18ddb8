"""Endpoints are told of each step at least once, under one id, signed, and of nobody; not of what is not theirs."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals
from standardwebhooks import Webhook as Signer

from libs.eventlog import new_id
from libs.host.errors import Refused
from libs.host.service import Runtime
from libs.spec.scenario import CONTEXT, given
from services.referrals.delivering import CLAIM, Delivery, deliver
from services.referrals.errors import WebhookEnded, WebhookUnknown
from services.referrals.policy_context import context_of
from services.referrals.service import SERVICE, Referrals
from services.referrals.webhook import (
    WEBHOOK,
    DeliveryResent,
    Register,
    Stop,
    WebhookPaused,
    WebhookRegistered,
    WebhookResumed,
    WebhookSecretRotated,
    WebhookStopped,
)
from tests.referrals.mentoring import Mentoring
from tests.referrals.receiver import Receiver, answer, listening
from tests.rpc.office import ADMIN, FAMILY, MARIA, NGO, Office, Person

URL: Final = "https://inbox.example.org/samspor"
OWNER: Final = CONTEXT.organisation
REGISTERED: Final = WebhookRegistered(owner=OWNER, url=URL)

PATIENCE: Final = 60.0
"""Seconds."""


def test_an_endpoint_begins_turns_its_secret_and_ends() -> None:
    given(WEBHOOK).when(Register(URL)).then(REGISTERED)
    given(WEBHOOK, REGISTERED).when(referrals.RotateWebhookSecret()).then(WebhookSecretRotated(generation=2))
    ended = WebhookStopped(reason="by_hand")
    given(WEBHOOK, REGISTERED).when(referrals.EndWebhook()).then(ended)
    given(WEBHOOK, REGISTERED, ended).when(referrals.EndWebhook()).then()
    given(WEBHOOK, REGISTERED, ended).when(Stop("gone")).then()
    given(WEBHOOK, REGISTERED, ended).when(referrals.RotateWebhookSecret()).refused(WebhookEnded)
    given(WEBHOOK, REGISTERED).when(referrals.PauseWebhook()).then(WebhookPaused())
    given(WEBHOOK, REGISTERED, WebhookPaused()).when(referrals.PauseWebhook()).then()
    given(WEBHOOK, REGISTERED, WebhookPaused()).when(referrals.ResumeWebhook()).then(WebhookResumed())
    given(WEBHOOK, REGISTERED).when(referrals.ResumeWebhook()).then()
    again = referrals.ResendDelivery(delivery=new_id())
    given(WEBHOOK, REGISTERED).when(again).then(DeliveryResent(delivery=again.delivery))
    for command in (referrals.PauseWebhook(), referrals.ResumeWebhook(), again):
        given(WEBHOOK, REGISTERED, ended).when(command).refused(WebhookEnded)
    theirs = WebhookRegistered(owner=new_id(), url=URL)
    given(WEBHOOK, theirs).when(referrals.EndWebhook()).refused(WebhookUnknown)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as made:
        yield made


@pytest.fixture
def worker(office: Office) -> Iterator[Referrals]:
    """As a local installation's worker, when all is done that tests before began."""
    office.catch_up()
    with psycopg.connect(office.settings.database_of("referrals")) as connection:
        # Endpoints that tests before left lead nowhere, and take their time to say so.
        connection.execute("UPDATE webhooks SET ended = 'by_hand' WHERE ended = ''")
    runtime = Runtime(SERVICE, office.settings.model_copy(update={"environment": "local"}))
    service = SERVICE.compose(runtime)
    yield service
    service.tellers.shutdown()
    runtime.close()


@pytest.fixture
def mentoring(office: Office) -> Mentoring:
    mentoring = Mentoring(office)
    mentoring.consent()
    return mentoring


def register(worker: Referrals, url: str, owner: str = NGO) -> str:
    webhook = new_id()
    context = context_of(owner, "test", str(uuid4()), CONTEXT.now)
    worker.log.execute(WEBHOOK, webhook, Register(url), context)
    return webhook


def until(worker: Referrals, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        deliver(worker)
        time.sleep(0.02)


def now_due(office: Office, webhook: str) -> None:
    with psycopg.connect(office.settings.database_of("referrals")) as connection:
        connection.execute("UPDATE webhook_deliveries SET next_try = now() WHERE webhook = %s", [webhook])


def listed(office: Office, webhook: str, person: Person = ADMIN) -> referrals.Webhook:
    found = office.ask(referrals.ListWebhooks(), referrals.WebhookList, person).webhooks
    return next(one for one in found if one.id == webhook)


def test_each_step_arrives_signed_and_names_nobody(
    office: Office, worker: Referrals, receiver: Receiver, mentoring: Mentoring
) -> None:
    webhook = register(worker, receiver.url)
    office.catch_up()
    referral = mentoring.requested()
    office.catch_up()
    until(worker, lambda: listed(office, webhook).delivered >= 1)
    headers, body = receiver.told[0]
    Signer(listed(office, webhook).secret).verify(body, headers)
    told = json.loads(body)
    assert told["type"] == "referral.requested"
    assert told["data"] == {"referral": referral, "version": 2, "status": "requested"}
    assert set(told) == {"type", "timestamp", "data"}
    for personal in (mentoring.citizen, "family", "housing", "mentoring", MARIA.name, FAMILY):
        assert personal not in body.decode() + str(headers) + receiver.url


def test_what_does_not_arrive_is_sent_again_under_the_same_id(
    office: Office, worker: Referrals, receiver: Receiver, mentoring: Mentoring
) -> None:
    receiver.first = [answer(500), answer(302, receiver.url), answer(503)]
    webhook = register(worker, receiver.url)
    office.catch_up()
    mentoring.requested()
    office.catch_up()

    def arrived() -> bool:
        now_due(office, webhook)
        return listed(office, webhook).delivered == 1

    until(worker, arrived)
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == 1
    assert len(receiver.told) == 4
    assert not listed(office, webhook).HasField("failing_since")


def test_a_worker_that_dies_leaves_its_claim_to_another(
    office: Office, worker: Referrals, receiver: Receiver, mentoring: Mentoring
) -> None:
    webhook = register(worker, receiver.url)
    office.catch_up()
    mentoring.requested()
    office.catch_up()
    with psycopg.connect(office.settings.database_of("referrals")) as connection:
        claims = [Delivery(*row) for row in connection.execute(CLAIM, [16]).fetchall()]
    assert webhook in [each.webhook for each in claims]
    deliver(worker)
    assert receiver.told == []
    with psycopg.connect(office.settings.database_of("referrals")) as connection:
        connection.execute("UPDATE webhook_deliveries SET claimed_until = now()")
    until(worker, lambda: listed(office, webhook).delivered == 1)


def test_either_secret_verifies_after_a_rotation(
    office: Office, worker: Referrals, receiver: Receiver, mentoring: Mentoring
) -> None:
    webhook = register(worker, receiver.url)
    office.catch_up()
    former = listed(office, webhook).secret
    office.send(referrals.RotateWebhookSecret(webhook=webhook), ADMIN)
    mentoring.requested()
    office.catch_up()
    until(worker, lambda: listed(office, webhook).delivered == 1)
    newest, (headers, body) = listed(office, webhook).secret, receiver.told[0]
    assert former != newest
    for secret in (former, newest):
        Signer(secret).verify(body, headers)


def test_an_ended_endpoint_and_a_stranger_s_hear_nothing(
    office: Office, worker: Referrals, receiver: Receiver, mentoring: Mentoring
) -> None:
    ended, stranger = register(worker, receiver.url), register(worker, receiver.url, new_id())
    gone = Receiver(then=answer(410))
    told_off, hears = register(worker, gone.url), register(worker, receiver.url)
    office.catch_up()
    office.send(referrals.EndWebhook(webhook=ended), ADMIN)
    office.catch_up()
    mentoring.requested()
    office.catch_up()
    until(worker, lambda: listed(office, hears).delivered == 1)
    until(worker, lambda: bool(gone.told))
    worker.tellers.submit(lambda: None).result()
    office.catch_up()
    deadline = time.monotonic() + PATIENCE
    while listed(office, told_off).ended != "gone":
        assert time.monotonic() < deadline
        office.catch_up()
    assert len(receiver.told) == 1
    assert (listed(office, ended).ended, listed(office, ended).secret) == ("by_hand", "")
    assert stranger not in [
        one.id for one in office.ask(referrals.ListWebhooks(), referrals.WebhookList, ADMIN).webhooks
    ]
    gone.close()


def log_of(office: Office, webhook: str) -> list[referrals.Delivery]:
    question = referrals.ListDeliveries(webhook=webhook)
    return list(office.ask(question, referrals.DeliveryList, ADMIN).deliveries)


def test_the_log_tells_each_attempt_and_sends_again(
    office: Office, worker: Referrals, receiver: Receiver, mentoring: Mentoring
) -> None:
    receiver.first = [answer(500)]
    webhook, nowhere = register(worker, receiver.url), register(worker, "https://0.0.0.0/")
    office.catch_up()
    referral = mentoring.requested()
    office.catch_up()
    until(worker, lambda: log_of(office, nowhere)[0].tries == 1)

    def arrived() -> bool:
        now_due(office, webhook)
        return log_of(office, webhook)[0].status == "arrived"

    until(worker, arrived)
    (one,) = log_of(office, webhook)
    assert (one.referral, one.type, one.tries) == (referral, "referral.requested", 2)
    assert [(each.number, each.status) for each in one.attempts] == [(2, 200), (1, 500)]
    (blocked,) = log_of(office, nowhere)
    assert (blocked.status, blocked.attempts[0].problem, blocked.HasField("next_try")) == ("waiting", "blocked", True)
    office.send(referrals.ResendDelivery(webhook=webhook, delivery=one.id), ADMIN)
    office.catch_up()
    until(worker, lambda: len(receiver.told) == 3)
    assert {each.headers["webhook-id"] for each in receiver.told} == {one.id}
    with pytest.raises(Refused) as no:
        office.send(referrals.ResendDelivery(webhook=webhook, delivery=blocked.id), ADMIN)
    assert no.value.reason == "DELIVERY_UNKNOWN"
    office.send(referrals.EndWebhook(webhook=nowhere), ADMIN)
    office.catch_up()
    assert log_of(office, nowhere)[0].status == "given_up"


def test_while_it_is_paused_nothing_is_sent_and_nothing_is_lost(
    office: Office, worker: Referrals, receiver: Receiver, mentoring: Mentoring
) -> None:
    webhook, hears = register(worker, receiver.url), Receiver()
    told = register(worker, hears.url)
    office.catch_up()
    office.send(referrals.PauseWebhook(webhook=webhook), ADMIN)
    mentoring.requested()
    office.catch_up()
    until(worker, lambda: listed(office, told).delivered == 1)
    assert (receiver.told, log_of(office, webhook)[0].status, listed(office, webhook).paused) == ([], "paused", True)
    office.send(referrals.ResumeWebhook(webhook=webhook), ADMIN)
    office.catch_up()
    until(worker, lambda: listed(office, webhook).delivered == 1)
    hears.close()
