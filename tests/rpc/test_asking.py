"""A citizen asks for help over real services: one consent, one referral, and nobody else is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals
from samspor.timeline.v1 import timeline_pb2 as timeline

from libs.eventlog import derived_id
from libs.host.errors import Refused
from libs.host.times import period
from tests.rpc.asking import NOW, OPERATOR, asking, open_a_service
from tests.rpc.office import CITIZENS, FAMILY, MARIA, MENTOR, NGO, Office, Person, oneself

OUTBOX: Final = referrals.ListReferrals(box="outbox")


@pytest.fixture
def known(office: Office) -> dict[str, str]:
    """A citizen with a consent to nothing, and a service that nobody asked yet."""
    found = {"citizen": office.citizen(str(uuid4()))}
    open_a_service(office, found)
    return found


def ask(office: Office, known: dict[str, str], command_id: str = "") -> str:
    referral = office.send(asking(known), oneself(known["citizen"]), command_id).id
    office.catch_up()
    return referral


def refusal(office: Office, command: object, person: Person) -> str:
    with pytest.raises(Refused) as refused:
        office.send(command, person)
    return refused.value.reason


def of(office: Office, referral: str, person: Person) -> referrals.Referral:
    return office.ask(referrals.GetReferral(referral=referral), referrals.Referral, person)


def listed(office: Office, question: referrals.ListReferrals, person: Person) -> list[str]:
    return [each.id for each in office.ask(question, referrals.ReferralList, person).referrals]


def bases(office: Office, known: dict[str, str]) -> list[consents.Basis]:
    question = consents.ListBases(citizen=known["citizen"])
    return [each for each in office.ask(question, consents.BasisList, oneself(known["citizen"])).bases if each.id]


def test_one_command_gives_the_consent_and_makes_the_referral(office: Office, known: dict[str, str]) -> None:
    referral = ask(office, known)
    (consent,) = bases(office, known)
    assert (consent.kind, consent.organisation, list(consent.purposes)) == ("gdpr_consent", NGO, ["housing_support"])
    assert (set(consent.categories), list(consent.sources)) == ({"housing", "referral"}, [CITIZENS])
    assert consent.period.until == asking(known).period.until
    own = of(office, referral, oneself(known["citizen"]))
    assert (own.status, own.self_referral, list(own.bases), own.case) == ("requested", True, [consent.id], "")
    inbox = referrals.ListReferrals(box="inbox", citizen=known["citizen"])
    assert listed(office, inbox, MENTOR) == [referral]
    assert of(office, referral, MENTOR).self_referral
    office.send(referrals.AcceptReferral(referral=referral), MENTOR)
    assert of(office, referral, oneself(known["citizen"])).status == "accepted"


def test_the_recipient_reads_what_the_citizen_wrote_and_nothing_else(office: Office, known: dict[str, str]) -> None:
    referral = ask(office, known)

    def read_by(person: Person, purpose: str) -> list[timeline.Entry]:
        question = timeline.GetTimeline(citizen=known["citizen"], purpose=purpose)
        return list(office.ask(question, timeline.Timeline, person).entries)

    shown = {each.stream: dict(each.personal) for each in read_by(MENTOR, "housing_support") if each.personal}
    assert shown == {referral: {"reason": "I need a room"}}
    own = [each for each in read_by(oneself(known["citizen"]), "own_access") if each.stream == referral]
    assert [each.type.split(".")[1] for each in own if each.personal] == ["ReferralDrafted"]
    assert not [each for each in read_by(MARIA, "casework") if each.personal and each.stream == referral]


def test_it_is_the_citizens_own_to_follow_and_recall(office: Office, known: dict[str, str]) -> None:
    referral = ask(office, known)
    another = oneself(office.citizen(str(uuid4())))
    colleague = Person("keeper", CITIZENS, "coordinator")
    for stranger in (another, MARIA, colleague):
        with pytest.raises(Refused) as refused:
            of(office, referral, stranger)
        assert refused.value.reason == "REFERRAL_UNKNOWN"
        assert referral not in listed(office, OUTBOX, stranger)
        recall = referrals.CancelReferral(referral=referral, reason="recalled")
        assert refusal(office, recall, stranger) == "REFERRAL_UNKNOWN"
    person = oneself(known["citizen"])
    assert listed(office, OUTBOX, person) == [referral]
    assert listed(office, referrals.ListReferrals(box="outbox", citizen=another.name), person) == []
    for forbidden in (
        referrals.AcceptReferral(referral=referral),
        referrals.MarkReferralInError(referral=referral, reason="duplicate"),
    ):
        assert refusal(office, forbidden, person) == "ROLE_MISSING"
    office.send(referrals.CancelReferral(referral=referral, reason="recalled"), person)
    assert of(office, referral, MENTOR).status == "cancelled"


def test_the_same_service_is_not_asked_twice_while_it_is_open(office: Office, known: dict[str, str]) -> None:
    person, command_id = oneself(known["citizen"]), str(uuid4())
    first = ask(office, known, command_id)
    assert ask(office, known, command_id) == first, "a repetition has the first result"
    assert refusal(office, asking(known), person) == "HELP_ASKED_ALREADY"
    office.send(referrals.RejectReferral(referral=first, reason="no_capacity"), MENTOR)
    assert ask(office, known, command_id) == first, "also when it is over"
    assert ask(office, known) != first
    assert len(bases(office, known)) == 1


def test_a_command_that_broke_off_in_between_is_carried_on(office: Office, known: dict[str, str]) -> None:
    """The consent was recorded, and the process died before the referral was."""
    command_id, request = str(uuid4()), asking(known)
    consent = consents.GiveConsent(
        citizen=known["citizen"],
        kind="gdpr_consent",
        grantee=NGO,
        purposes=["housing_support"],
        categories=["housing", "referral"],
        sources=[CITIZENS],
        period=request.period,
        given_how="digital",
        notice_version=request.notice_version,
    )
    office.send(consent, oneself(known["citizen"]), derived_id(command_id, "consent"))
    (given,) = bases(office, known)
    referral = ask(office, known, command_id)
    assert [each.id for each in bases(office, known)] == [given.id]
    assert list(of(office, referral, oneself(known["citizen"])).bases) == [given.id]


def test_of_ten_that_ask_at_once_one_does(office: Office, known: dict[str, str]) -> None:
    def once(_: int) -> str:
        try:
            office.send(asking(known), oneself(known["citizen"]))
        except Refused as refused:
            return refused.reason
        return ""

    with ThreadPoolExecutor(10) as pool:
        answers = sorted(pool.map(once, range(10)))
    office.catch_up()
    assert answers == ["", *["HELP_ASKED_ALREADY"] * 9]
    assert len(bases(office, known)) == 1
    assert len(listed(office, OUTBOX, oneself(known["citizen"]))) == 1


def test_a_withdrawn_consent_stops_it(office: Office, known: dict[str, str]) -> None:
    referral, person = ask(office, known), oneself(known["citizen"])
    (consent,) = bases(office, known)
    office.send(referrals.AcceptReferral(referral=referral), MENTOR)
    office.send(consents.WithdrawConsent(citizen=known["citizen"], consent=consent.id), person)
    office.catch_up()
    held = of(office, referral, person)
    assert (held.status, held.reason) == ("on-hold", "consent_withdrawn")
    assert refusal(office, referrals.StartReferral(referral=referral), MENTOR) == "BASIS_MISSING"


def changed(known: dict[str, str], **fields: Any) -> referrals.RequestHelp:
    command = asking(known)
    for name, value in fields.items():
        setattr(command, name, value)
    return command


def test_what_is_refused_leaves_no_consent_behind(office: Office, known: dict[str, str]) -> None:
    person, before = oneself(known["citizen"]), office.recorded()
    assert refusal(office, asking(known), MARIA) == "ROLE_MISSING"
    assert refusal(office, asking(known), oneself(office.citizen(str(uuid4())))) == "CITIZEN_UNKNOWN"
    before = office.recorded()
    assert refusal(office, changed(known, service=str(uuid4())), person) == "SERVICE_NOT_LISTED"
    assert refusal(office, changed(known, recipient=str(uuid4())), person) == "ORGANISATION_UNKNOWN"
    assert refusal(office, asking(known), person._replace(organisation="")) == "SELF_REFERRAL_CLOSED"
    past = asking(known)
    past.period.CopyFrom(period(None, NOW - timedelta(days=1)))
    assert refusal(office, past, person) == "PERIOD_MALFORMED"
    assert office.recorded() == before


def test_a_service_for_referred_citizens_only_is_not_asked(office: Office, known: dict[str, str]) -> None:
    terms = partners.Eligibility(situations=["referred_by_authority"])
    office.send(partners.StateEligibility(organisation=NGO, service=known["service"], eligibility=terms), OPERATOR)
    office.catch_up()
    before = office.recorded()
    assert refusal(office, asking(known), oneself(known["citizen"])) == "SELF_REFERRAL_CLOSED"
    assert office.recorded() == before


def test_whom_the_citizen_has_blocked_is_not_asked(office: Office, known: dict[str, str]) -> None:
    person = oneself(known["citizen"])
    office.send(consents.SetBlock(citizen=known["citizen"], organisation=NGO), person)
    assert refusal(office, asking(known), person) == "RECIPIENT_BLOCKED"
    assert bases(office, known) == []
    question = consents.CheckBasis(
        citizen=known["citizen"], organisation=NGO, purpose="mentoring", categories=["housing"]
    )
    assert office.ask(question, consents.BasisChecked, MARIA).reason == "CONSENT_MISSING", "others are not told of it"


def test_nobody_but_the_recipient_and_the_citizen_is_told_of_deadlines(office: Office, known: dict[str, str]) -> None:
    referral = ask(office, known)
    one = of(office, referral, oneself(known["citizen"]))
    late = one.reply_by.ToDatetime(tzinfo=NOW.tzinfo) + timedelta(days=7)
    while office.alarms("referrals", late).look():
        pass
    office.catch_up()
    assert of(office, referral, oneself(known["citizen"])).escalated
    assert not of(office, referral, MENTOR).escalated
    assert all(each.organisation != FAMILY for each in office.log("referrals").history(referral))
