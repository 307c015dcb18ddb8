"""Endpoints are told of each step at least once, under one id, signed, and of nobody; not of what is not theirs."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals
from standardwebhooks import Webhook as Signer

from libs.eventlog import new_id
from libs.host.outgoing import Blocked, acceptable, public
from libs.host.service import Runtime
from libs.spec.scenario import CONTEXT, given
from services.referrals.delivering import CLAIM, Delivery, deliver
from services.referrals.errors import WebhookEnded, WebhookUnknown
from services.referrals.policy_context import context_of
from services.referrals.service import SERVICE, Referrals
from services.referrals.webhook import (
    WEBHOOK,
    Register,
    Stop,
    WebhookRegistered,
    WebhookSecretRotated,
    WebhookStopped,
)
from tests.referrals.mentoring import Mentoring
from tests.rpc.office import ADMIN, FAMILY, MARIA, NGO, Office, Person

URL: Final = "https://inbox.example.org/samspor"
OWNER: Final = CONTEXT.organisation
REGISTERED: Final = WebhookRegistered(owner=OWNER, url=URL)


def test_an_endpoint_begins_turns_its_secret_and_ends() -> None:
    given(WEBHOOK).when(Register(URL)).then(REGISTERED)
    given(WEBHOOK, REGISTERED).when(referrals.RotateWebhookSecret()).then(WebhookSecretRotated(generation=2))
    ended = WebhookStopped(reason="by_hand")
    given(WEBHOOK, REGISTERED).when(referrals.EndWebhook()).then(ended)
    given(WEBHOOK, REGISTERED, ended).when(referrals.EndWebhook()).then()
    given(WEBHOOK, REGISTERED, ended).when(Stop("gone")).then()
    given(WEBHOOK, REGISTERED, ended).when(referrals.RotateWebhookSecret()).refused(WebhookEnded)
    theirs = WebhookRegistered(owner=new_id(), url=URL)
    given(WEBHOOK, theirs).when(referrals.EndWebhook()).refused(WebhookUnknown)


@pytest.mark.parametrize(
    "url",
    [
        "http://inbox.example.org/",
        "http://127.0.0.1/",
        "ftp://a.example/",
        "https://",
        "https://a:b@c.example/",
        "x",
        "https://a.example/?citizen=1",
        "https://a.example/#x",
        "https://[::1",
        "https://a.example:port/",
    ],
)
def test_an_address_that_could_tell_or_reach_too_much_is_refused(url: str) -> None:
    assert not acceptable(url, local=False)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "::1", "fd00::1", "fe80::1",
             "::ffff:10.0.0.1", "100.64.0.1", "224.0.0.1", "localhost", "2130706433"]
)  # fmt: skip
def test_our_own_network_is_never_told(host: str) -> None:
    with pytest.raises(Blocked):
        public(host, 443, local=False)


def test_this_machine_is_told_in_a_local_installation_only() -> None:
    assert public("127.0.0.1", 80, local=True) == "127.0.0.1"
    assert acceptable("http://127.0.0.1:8000/in", local=True)
    assert not acceptable("http://a.example/in", local=True)
    assert acceptable(URL, local=False)
    with pytest.raises(Blocked):
        public("10.0.0.1", 80, local=True)
    assert public("1.1.1.1", 443, local=False) == "1.1.1.1"


class Receiver:
    """An endpoint that answers as the test says, and keeps what it was told."""

    def __init__(self) -> None:
        self.status: Callable[[], int] = lambda: 200
        self.told: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status())
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/samspor"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def worker(office: Office) -> Iterator[Referrals]:
    """As a local installation's worker."""
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
    deadline = time.monotonic() + 15
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
    until(worker, lambda: listed(office, webhook).delivered == 1)
    headers, body = receiver.told[0]
    Signer(listed(office, webhook).secret).verify(body, headers)
    told = json.loads(body)
    assert (told["type"], told["data"]) == ("referral.requested", {"referral": referral, "status": "requested"})
    assert set(told) == {"type", "timestamp", "data"}
    for personal in (mentoring.citizen, "family", "housing", "mentoring", MARIA.name, FAMILY):
        assert personal not in body.decode() + str(headers) + receiver.url


def test_what_does_not_arrive_is_sent_again_under_the_same_id(
    office: Office, worker: Referrals, receiver: Receiver, mentoring: Mentoring
) -> None:
    answers = iter([500, 302, 503, 200])
    receiver.status = lambda: next(answers)
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
    ended, stranger, gone = register(worker, receiver.url), register(worker, receiver.url, new_id()), Receiver()
    gone.status = lambda: 410
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
    deadline = time.monotonic() + 10
    while listed(office, told_off).ended != "gone":
        assert time.monotonic() < deadline
        office.catch_up()
    assert len(receiver.told) == 1
    assert (listed(office, ended).ended, listed(office, ended).secret) == ("by_hand", "")
    assert stranger not in [
        one.id for one in office.ask(referrals.ListWebhooks(), referrals.WebhookList, ADMIN).webhooks
    ]
    gone.server.shutdown()
    gone.server.server_close()
