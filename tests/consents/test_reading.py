"""The one way that personal text leaves, over real gRPC: who is believed, what is written down, what is shown."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import psycopg
import pytest
from samspor.consents.v1 import consents_pb2 as consents
from structlog.testing import capture_logs

from deploy.local.postgres import Postgres
from libs.host.errors import Refused
from tests.consents.counter import AUDITOR, FAMILY, NGO, STRANGER, Counter, Entry, asked, reason_of


@pytest.fixture
def citizen(counter: Counter) -> str:
    """Registered by the family unit, which knows them on a statutory basis."""
    citizen = counter.register()
    counter.state(citizen)
    return citizen


def test_a_text_is_shown_once_its_reading_is_written_down(counter: Counter, citizen: str) -> None:
    note = counter.entry(citizen, FAMILY.organisation, "family", "canary")
    opened = counter.open(citizen, FAMILY, note)
    assert [dict(text.personal) for text in opened.texts] == [{"text": "canary"}]
    (record,) = counter.published("AccessRecorded", citizen)
    assert (record.subject, record.organisation, record.actor) == (opened.access, FAMILY.organisation, FAMILY.person)
    data = msgspec.json.decode(record.data)
    assert data["seen"] == {"family": 1}
    assert data["entries"] == [f"{note.text.stream}/1"]
    assert (data["via"], data["purpose"], data["policy_set"]) == ("timeline", "casework", opened.policy_set)


def test_what_is_withheld_is_not_opened(counter: Counter, citizen: str) -> None:
    counter.consent(citizen, "housing")
    home, money = (
        counter.entry(citizen, FAMILY.organisation, category, category) for category in ("housing", "economy")
    )
    opened = counter.open(citizen, NGO, home, money, purpose="mentoring")
    assert [(each.outcome, each.reason) for each in opened.decisions] == [
        ("full", "CONSENT_GIVEN"),
        ("stub", "CONSENT_MISSING"),
    ]
    assert [dict(text.personal) for text in opened.texts] == [{"text": "housing"}, {}]
    data = msgspec.json.decode(counter.published("AccessRecorded", citizen)[-1].data)
    assert (data["seen"], data["withheld"]) == ({"housing": 1}, {"economy": 1})


def test_nobody_opens_but_through_the_timeline(counter: Counter, citizen: str) -> None:
    """A viewer's own token could claim any class for a text: whose word is taken is the timeline's."""
    note = counter.entry(citizen, FAMILY.organisation, "family", "canary")
    before = counter.published("AccessRecorded", citizen)
    question = asked(citizen, "casework", (note,))
    assert reason_of(lambda: counter.ask(question, consents.Opened, FAMILY)) == "SERVICE_NOT_TRUSTED"
    assert counter.published("AccessRecorded", citizen) == before


@pytest.mark.parametrize("claim", ["own", "index", "citizen", "key"])
def test_a_text_is_opened_as_what_it_is(counter: Counter, citizen: str, claim: str) -> None:
    """A text of the family unit claimed for the NGO's own, in no class, for another citizen, or under no key."""
    counter.consent(citizen, "housing")
    note, about = counter.entry(citizen, FAMILY.organisation, "family", "canary"), citizen
    if claim == "own":
        note.of.organisation = NGO.organisation
    if claim == "citizen":
        about = counter.register(NGO)
    question = asked(about, "mentoring", (note,))
    if claim == "index":
        question.texts[0].class_index = 1
    if claim == "key":
        question.texts[0].key = ""
    before = counter.published("AccessRecorded")
    with pytest.raises(Refused) as caught:
        counter.ask(question, consents.Opened, NGO, through_timeline=True)
    assert (caught.value.reason, "canary" in str(caught.value)) == ("KEY_MISMATCHED", False)
    assert counter.published("AccessRecorded") == before


def test_a_text_that_was_moved_is_not_shown_and_the_operator_is_told(counter: Counter, citizen: str) -> None:
    note = counter.entry(citizen, FAMILY.organisation, "family", "canary")
    note.text.version = 2
    with capture_logs() as lines:
        (text,) = counter.open(citizen, FAMILY, note).texts
    assert (dict(text.personal), text.erased) == ({}, True)
    assert [(line["event"], line["stream"]) for line in lines] == [("a seal is broken", note.text.stream)]


def test_a_text_whose_key_was_destroyed_is_gone_at_once(counter: Counter, citizen: str) -> None:
    note = counter.entry(citizen, FAMILY.organisation, "family", "canary")
    assert counter.open(citizen, FAMILY, note).texts[0].personal["text"] == "canary"
    with psycopg.connect(counter.settings.database_of("consents")) as connection:
        connection.execute("UPDATE keys SET wrapped = NULL WHERE id = %s", [note.text.key])
    opened = counter.open(citizen, FAMILY, note)
    assert (dict(opened.texts[0].personal), opened.texts[0].erased) == ({}, True)
    assert opened.decisions[0].outcome == "full"


def test_a_number_is_no_part_of_any_timeline(counter: Counter) -> None:
    citizen = counter.register(name="Amalie")
    (registered,) = counter.published("CitizenRegistered", citizen)
    personal = msgspec.json.decode(registered.data)["personal"]
    text = consents.SealedText(key=personal["key"], stream=citizen, version=1, type=registered.type)
    text.sealed = b64decode(personal["sealed"])
    of = consents.AccessClass(organisation=FAMILY.organisation, category="contact", sensitivity="normal")
    (opened,) = counter.open(citizen, FAMILY, Entry(of, text)).texts
    assert opened.personal["name"] == "Amalie"
    assert "identifier" not in opened.personal


def test_an_organisation_keeps_its_own_entries_when_its_basis_has_ended(counter: Counter, citizen: str) -> None:
    consent = counter.consent(citizen, "housing")
    own, other = (counter.entry(citizen, each.organisation, "housing", each.person) for each in (NGO, FAMILY))
    counter.send(consents.WithdrawConsent(citizen=citizen, consent=consent), FAMILY)
    opened = counter.open(citizen, NGO, own, other, purpose="mentoring")
    assert [each.outcome for each in opened.decisions] == ["full", "none"]
    assert [dict(text.personal) for text in opened.texts] == [{"text": NGO.person}, {}]
    assert reason_of(lambda: counter.open(citizen, NGO, other, purpose="mentoring")) == "CITIZEN_UNKNOWN"
    # That there are entries of one's own is the timeline's to say, not the reader's.
    claimed = consents.Decide(citizen=citizen, purpose="mentoring", classes=[own.of])
    assert reason_of(lambda: counter.ask(claimed, consents.Decided, NGO)) == "CITIZEN_UNKNOWN"


def test_who_has_nothing_to_do_with_a_citizen_is_told_what_an_unknown_id_is_told(
    counter: Counter, citizen: str
) -> None:
    for each in (citizen, "01890a5d-ac96-774b-bcce-b302099adfff"):
        question = consents.Decide(citizen=each, purpose="casework")
        assert reason_of(lambda: counter.ask(question, consents.Decided, STRANGER)) == "CITIZEN_UNKNOWN"  # noqa: B023


def test_only_an_auditor_asks_what_was(counter: Counter, citizen: str) -> None:
    counter.send(consents.EstablishBasis(citizen=citizen, organisation=AUDITOR.organisation, law="audit"), AUDITOR)
    classes = [consents.AccessClass(organisation=FAMILY.organisation, category="family", sensitivity="normal")]
    now, then = (consents.Decide(citizen=citizen, purpose="audit", classes=classes) for _ in range(2))
    then.at.FromJsonString("2020-01-01T00:00:00Z")
    assert reason_of(lambda: counter.ask(then, consents.Decided, FAMILY)) == "TIME_TRAVEL_FORBIDDEN"
    assert counter.ask(now, consents.Decided, AUDITOR).decisions[0].outcome == "full"
    assert counter.ask(then, consents.Decided, AUDITOR).decisions[0].outcome == "none"


def test_what_cannot_be_written_down_is_not_shown(counter: Counter, citizen: str, postgres: Postgres) -> None:
    note = counter.entry(citizen, FAMILY.organisation, "family", "canary")
    with read_only(counter, postgres):
        with pytest.raises(Refused) as caught:
            counter.open(citizen, FAMILY, note)
        assert (caught.value.reason, "canary" in str(caught.value)) == ("ACCESS_LOG_UNAVAILABLE", False)
    assert counter.open(citizen, FAMILY, note).texts[0].personal["text"] == "canary"


@contextmanager
def read_only(counter: Counter, postgres: Postgres) -> Iterator[None]:
    """While consents may not record."""
    database = counter.settings.database_of("consents").rpartition("/")[2]
    with psycopg.connect(postgres.admin_url(database), autocommit=True) as admin:
        admin.execute("REVOKE INSERT ON events FROM samspor_consents")
        try:
            yield
        finally:
            admin.execute("GRANT INSERT ON events TO samspor_consents")
