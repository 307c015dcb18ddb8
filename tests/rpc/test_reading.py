"""The one way that personal text leaves: asked by the timeline, written down, and only then opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import msgspec
import psycopg
import pytest
from psycopg import sql
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

from deploy.local.postgres import Postgres
from libs.eventlog import Kind
from libs.host.errors import Refused, refused
from tests.rpc.office import FAMILY, MARIA, MENTOR, STRANGER, Office, Person
from tests.rpc.script import Script

CANARY: Final = "Amalie is afraid of the dark"
LAST: Final = "SELECT body FROM events WHERE type = 'consents.AccessRecorded.v1' ORDER BY position DESC LIMIT %(most)s"
NOTE: Final = "SELECT body FROM events WHERE type = 'cases.NoteWritten.v1' ORDER BY position DESC LIMIT 1"


@pytest.fixture(scope="module")
def ids(office: Office) -> dict[str, str]:
    """A citizen with a note, seen by the family unit by law and by the NGO by consent."""
    script = Script(office)
    script.until("draft")
    known = script.known
    office.send(cases.WriteNote(case=known["case"], category="family", text=CANARY), MARIA)
    office.catch_up()
    return known


def asking(ids: dict[str, str], purpose: str = "casework") -> timeline.GetTimeline:
    return timeline.GetTimeline(citizen=ids["citizen"], purpose=purpose)


def texts(office: Office, ids: dict[str, str], person: Person, purpose: str = "casework") -> list[str]:
    page = office.ask(asking(ids, purpose), timeline.Timeline, person)
    return [entry.personal["text"] for entry in page.entries if "text" in entry.personal]


def looks(office: Office, most: int = 1) -> list[dict[str, Any]]:
    """The newest access records, as published."""
    return [msgspec.json.decode(bytes(body)) for (body,) in office.rows("consents", LAST, {"most": most})]


def sealed_note(office: Office, ids: dict[str, str]) -> consents.Open:
    """What the timeline asks of the last note."""
    note = msgspec.json.decode(bytes(office.rows("cases", NOTE)[0][0]))
    personal = note["data"]["personal"]
    return consents.Open(
        citizen=ids["citizen"],
        purpose="casework",
        classes=[consents.AccessClass(organisation=FAMILY, category="family", sensitivity="normal", case=ids["case"])],
        texts=[
            consents.SealedText(
                key=personal["key"],
                sealed=msgspec.json.decode(msgspec.json.encode(personal["sealed"]), type=bytes),
                stream=note["subject"],
                version=note["streamversion"],
                type=note["type"],
            )
        ],
    )


def opened(office: Office, request: consents.Open, person: Person = MARIA) -> consents.Opened:
    return office.ask(request, consents.Opened, person, "timeline")


def test_a_reading_is_written_down_with_all_that_it_showed(office: Office, ids: dict[str, str]) -> None:
    request = sealed_note(office, ids)
    answer = opened(office, request)
    assert [text.personal["text"] for text in answer.texts] == [CANARY]
    (look,) = looks(office)
    assert look["subject"] == answer.access
    assert (look["citizen"], look["organisation"], look["actor"]) == (ids["citizen"], FAMILY, MARIA.name)
    data = look["data"]
    assert data["entries"] == [f"{request.texts[0].stream}/{request.texts[0].version}"]
    assert (data["purpose"], data["via"], data["seen"], data["withheld"]) == ("casework", "timeline", {"family": 1}, {})
    assert data["reasons"] == ["OWN_RECORD"]
    assert data["policies"] == ["read_on_statutory_basis", "read_own_record"]
    assert data["policy_set"] == answer.policy_set


@pytest.mark.parametrize("issuer", ["cli", "cases", "referrals"])
def test_only_the_timeline_has_texts_opened(issuer: str, office: Office, ids: dict[str, str]) -> None:
    before, request = office.recorded(), sealed_note(office, ids)
    status = office.status(request.SerializeToString(), request, MARIA, issuer)
    assert refused(status).reason == "SERVICE_NOT_TRUSTED"
    assert office.recorded() == before


@pytest.mark.parametrize(
    ("key", "reason"), [(str(uuid4()), "KEY_MISMATCHED"), ("x", "REQUEST_INVALID")], ids=["unknown", "no id"]
)
def test_a_key_that_there_is_not(key: str, reason: str, office: Office, ids: dict[str, str]) -> None:
    request, before = sealed_note(office, ids), office.recorded()
    request.texts[0].key = key
    with pytest.raises(Refused) as no:
        opened(office, request)
    assert (no.value.kind, no.value.reason) == (Kind.INVALID, reason)
    assert office.recorded() == before


@contextmanager
def access_log_away(office: Office, postgres: Postgres) -> Iterator[None]:
    """consents may not add to its log any more."""
    database = office.settings.database_of("consents").rpartition("/")[2]
    role = sql.Identifier("samspor_consents")
    with psycopg.connect(postgres.admin_url(database), autocommit=True) as admin:
        admin.execute(sql.SQL("REVOKE INSERT ON events FROM {}").format(role))
        try:
            yield
        finally:
            admin.execute(sql.SQL("GRANT INSERT ON events TO {}").format(role))


def test_what_cannot_be_written_down_is_not_shown(office: Office, ids: dict[str, str], postgres: Postgres) -> None:
    """Asked with bytes, so that also what an answer might hold beside its status is looked at."""
    name = f"number {uuid4()}"
    citizen = office.citizen(name)
    identifier = consents.Identifier(system="urn:test", value=name)
    questions: list[tuple[Any, Person, str]] = [
        (sealed_note(office, ids), MARIA, "timeline"),
        (asking(ids), MARIA, "cli"),
        (consents.Identify(citizens=[citizen], purpose="casework"), MARIA, "cli"),
        (consents.FindCitizen(identifier=identifier, purpose="casework"), STRANGER, "cli"),
        (consents.ListAccess(citizen=citizen), MARIA, "cli"),
    ]
    with access_log_away(office, postgres):
        for question, person, issuer in questions:
            status = office.status(question.SerializeToString(), question, person, issuer)
            assert refused(status).reason == "ACCESS_LOG_UNAVAILABLE"
            for secret in (CANARY, name, citizen):
                assert secret.encode() not in status.SerializeToString()
    for question, person, issuer in questions:
        assert office.status(question.SerializeToString(), question, person, issuer).code == 0


def test_a_withdrawal_holds_for_the_next_reading(office: Office) -> None:
    script = Script(office)
    script.until("draft")
    known = script.known
    office.send(cases.WriteNote(case=known["case"], category="housing", text=CANARY), MARIA)
    office.catch_up()
    assert CANARY in texts(office, known, MENTOR, "mentoring")
    withdrawal = consents.WithdrawConsent(citizen=known["citizen"], consent=known["consent"], categories=["housing"])
    office.send(withdrawal, MARIA)
    assert CANARY not in texts(office, known, MENTOR, "mentoring")
    assert CANARY in texts(office, known, MARIA)
    office.catch_up()
    (successor,) = (
        basis
        for basis in office.ask(consents.ListBases(citizen=known["citizen"]), consents.BasisList, MENTOR).bases
        if basis.status == "given"
    )
    office.send(consents.WithdrawConsent(citizen=known["citizen"], consent=successor.id), MARIA)
    with pytest.raises(Refused) as no:
        texts(office, known, MENTOR, "mentoring")
    assert no.value.reason == "CITIZEN_UNKNOWN"
