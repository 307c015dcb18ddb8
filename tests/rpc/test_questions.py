"""Questions: who is told nothing, what a forged page token does, and texts that are too long to be recorded."""

from typing import Any, Final
from uuid import uuid4

import pytest
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Kind
from libs.host.errors import Refused, refused
from libs.host.paging import token_of
from tests.rpc.office import FAMILY, MARIA, MENTOR, STRANGER, Office, oneself
from tests.rpc.questions import ABOUT_SOMETHING, QUESTIONS
from tests.rpc.script import Script


@pytest.fixture(scope="module")
def ids(office: Office) -> dict[str, str]:
    """A citizen with a case and a referral under way."""
    script = Script(office)
    script.until("report")
    return script.known | {"organisation": FAMILY}


def through(name: str) -> str:
    return "timeline" if name == "Open" else "cli"


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "GetPublicKey"])
def test_who_has_to_do_with_it_is_answered(name: str, office: Office, ids: dict[str, str]) -> None:
    question = QUESTIONS[name](ids)
    if name == "FindCitizen":
        office.citizen("nobody's")
    asker = oneself(ids["citizen"]) if name == "ListRepresented" else MARIA
    assert office.status(question.SerializeToString(), question, asker, through(name)).code == 0


@pytest.mark.parametrize("name", ABOUT_SOMETHING)
def test_strangers_learn_nothing(name: str, office: Office, ids: dict[str, str]) -> None:
    before = office.recorded()
    nobodys = {key: str(uuid4()) for key in ids} | {"organisation": FAMILY}
    answers = []
    for known in (ids, nobodys):
        question = QUESTIONS[name](known)
        status = office.status(question.SerializeToString(), question, STRANGER, through(name))
        assert refused(status).kind is Kind.UNKNOWN
        answer = status.SerializeToString()
        for value in known.values():
            answer = answer.replace(value.encode(), b"")
        answers.append(answer)
    assert answers[0] == answers[1]
    assert office.recorded() == before


@pytest.mark.parametrize("name", ["ListCases", "ListReferrals"])
def test_strangers_find_nothing_in_lists(name: str, office: Office, ids: dict[str, str]) -> None:
    answer: Any = {"ListCases": cases.CaseList, "ListReferrals": referrals.ReferralList}[name]
    assert office.ask(QUESTIONS[name](ids), answer, MARIA).total > 0
    assert office.ask(QUESTIONS[name](ids), answer, STRANGER) == answer(page={})


ABOUT_A_CITIZEN: Final = (
    "CheckBasis",
    "Decide",
    "Open",
    "ListBases",
    "ListAccess",
    "GetStanding",
    "GetEmergency",
    "ExplainAccess",
    "ExportConsent",
    "ExportAccess",
    "SeenUnder",
    "ListRights",
    "ListHousehold",
)
"""To whom reads about nobody, whoever they ask about is nobody."""


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("role", ["operator", "integrator", "partner_administrator"])
def test_roles_that_work_with_no_citizens_are_told_nothing(
    name: str, role: str, office: Office, ids: dict[str, str]
) -> None:
    question = QUESTIONS[name](ids)
    status = office.status(question.SerializeToString(), question, MARIA._replace(role=role), through(name))
    if name == "Identify":
        assert status.code == 0
    elif name in ABOUT_A_CITIZEN:
        assert (refused(status).kind, refused(status).reason) == (Kind.UNKNOWN, "CITIZEN_UNKNOWN")
    else:
        assert (refused(status).kind, refused(status).reason) == (Kind.FORBIDDEN, "ROLE_MISSING")


def test_such_a_role_is_told_no_name(office: Office, ids: dict[str, str]) -> None:
    identified = office.ask(QUESTIONS["Identify"](ids), consents.Identified, MARIA._replace(role="operator"))
    assert [each.name for each in identified.identities] == [""]


def test_keys_are_for_services(office: Office, ids: dict[str, str]) -> None:
    question = QUESTIONS["GetPublicKey"](ids)
    cases_itself = MARIA._replace(name="cases", role="service")
    key = office.ask(question, consents.PublicKey, cases_itself, "cases")
    assert (len(key.key), office.ask(question, consents.PublicKey, cases_itself, "cases")) == (1216, key)
    for person in (MARIA, MENTOR, STRANGER):
        with pytest.raises(Refused) as no:
            office.ask(question, consents.PublicKey, person)
        assert no.value.reason == "ROLE_MISSING"


def test_every_key_is_announced_before_it_is_used(office: Office, ids: dict[str, str]) -> None:
    used = {key for (key,) in office.rows("consents", "SELECT id FROM keys")}
    created = "SELECT stream FROM events WHERE type = 'consents.KeyCreated.v1'"
    announced = {stream for (stream,) in office.rows("consents", created)}
    assert used
    assert used <= announced


FORGED: Final = [
    "x",
    "é",
    token_of(("x",)),
    token_of((-1,)),
    token_of((2**63,)),
    token_of((None, None, None)),
    token_of(("infinity", "infinity", "x")),
    token_of(("'; DROP TABLE events; --", "x")),
    token_of({}),
]


@pytest.mark.parametrize("token", FORGED)
@pytest.mark.parametrize(
    "name", ["ListCases", "ListReferrals", "ListAccess", "ExportAccess", "ListControls", "ListFindings"]
)
def test_a_forged_page_token(name: str, token: str, office: Office, ids: dict[str, str]) -> None:
    question = QUESTIONS[name](ids)
    question.page.token = token
    no = refused(office.status(question.SerializeToString(), question, MARIA))
    assert (no.kind, no.reason) == (Kind.INVALID, "PAGE_TOKEN_MALFORMED")


LONG: Final = "\N{GRINNING FACE}" * 19_000
"""Within the field's limit in characters, and over an event's in bytes."""


def test_a_text_too_long_to_be_recorded(office: Office, ids: dict[str, str]) -> None:
    before = office.recorded()
    case, referral = ids["case"], ids["referral"]
    for command, person in (
        (cases.WriteNote(case=case, category="family", text=LONG), MARIA),
        (cases.RecordDecision(case=case, category="family", legal_text=LONG, plain_text=LONG), MARIA),
        (referrals.ReportContact(referral=referral, category="family", text=LONG), MENTOR),
    ):
        with pytest.raises(Refused) as no:
            office.send(command, person)
        assert (no.value.kind, no.value.reason) == (Kind.TOO_LARGE, "EVENT_TOO_LARGE")
        assert LONG[:10] not in str(no.value)
    after = office.recorded()
    assert {**after, "consents": 0} == {**before, "consents": 0}
    office.send(cases.WriteNote(case=case, category="family", text="x" * 20_000), MARIA)
