"""Several are asked at once, over real services: one of them has it, and nobody else learns who the citizen is."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import uuid4

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.timeline.entry import NOT_ENTRIES
from tests.rpc.claims import asking_several, give_consent
from tests.rpc.office import MARIA, STRANGER, Office, Person
from tests.rpc.script import Script

SHOWN: Final = {"referral", "standing", "purpose", "categories", "priority", "reply_by"}


@pytest.fixture(scope="module")
def known(office: Office) -> dict[str, str]:
    script = Script(office)
    script.until("draft")
    return script.known


def candidates(office: Office, known: dict[str, str], many: int) -> list[Person]:
    found = [Person(f"mentor {n}", str(uuid4()), "ngo_worker") for n in range(many)]
    for each in found:
        give_consent(office, known, each.organisation)
    return found


def ask(office: Office, known: dict[str, str], people: list[Person]) -> str:
    referral = office.send(asking_several(known, [each.organisation for each in people]), MARIA).id
    office.send(referrals.RequestReferral(referral=referral), MARIA)
    office.catch_up()
    return referral


def candidacies(office: Office, person: Person, referral: str = "") -> list[referrals.Candidacy]:
    return list(office.ask(referrals.ListCandidacies(referral=referral), referrals.CandidacyList, person).candidacies)


def of(office: Office, referral: str, person: Person) -> referrals.Referral:
    return office.ask(referrals.GetReferral(referral=referral), referrals.Referral, person)


def refusal(office: Office, command: object, person: Person) -> str:
    with pytest.raises(Refused) as refused:
        office.send(command, person)
    return refused.value.reason


def test_of_twenty_who_claim_it_at_once_one_has_it(office: Office, known: dict[str, str]) -> None:
    people = candidates(office, known, 20)
    referral = ask(office, known, people)

    def claim(person: Person) -> str:
        try:
            office.send(referrals.ClaimReferral(referral=referral), person)
        except Refused as refused:
            return refused.reason
        return ""

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(claim, people))
    assert sorted(answers) == ["", *["ALREADY_CLAIMED"] * 19]
    winner = people[answers.index("")]
    loser = next(each for each in people if each is not winner)
    office.catch_up()
    one = of(office, referral, MARIA)
    assert (one.status, one.recipient, len(one.bases)) == ("accepted", winner.organisation, 1)
    assert of(office, referral, winner).citizen == known["citizen"]
    assert not of(office, referral, winner).candidates, "who else was asked is the sender's to know"
    assert not of(office, referral, winner).declined
    inbox = referrals.ListReferrals(box="inbox")
    assert [each.id for each in office.ask(inbox, referrals.ReferralList, winner).referrals] == [referral]
    assert candidacies(office, winner) == []
    assert candidacies(office, loser) == [referrals.Candidacy(referral=referral, standing="taken")]
    office.send(referrals.CompleteReferral(referral=referral, outcome="goal_reached"), winner)


def test_who_is_asked_is_told_what_help_is_needed_and_not_for_whom(office: Office, known: dict[str, str]) -> None:
    people = candidates(office, known, 2)
    draft = asking_several(known, [each.organisation for each in people])
    referral = office.send(draft, MARIA).id
    office.catch_up()
    assert candidacies(office, people[0]) == [], "nobody is told of a draft"
    assert refusal(office, referrals.ClaimReferral(referral=referral), people[0]) == "REFERRAL_UNKNOWN"
    office.send(referrals.RequestReferral(referral=referral), MARIA)
    office.catch_up()
    (offer,) = candidacies(office, people[0])
    assert (
        {field.name for field, _ in offer.ListFields()} == SHOWN == set(referrals.Candidacy.DESCRIPTOR.fields_by_name)
    )
    assert (offer.standing, offer.priority, list(offer.categories)) == ("open", "urgent", ["family", "housing"])
    assert candidacies(office, STRANGER, referral) == []
    for person in people:
        with pytest.raises(Refused) as refused:
            of(office, referral, person)
        assert refused.value.kind is Kind.UNKNOWN
        for citizen in ("", known["citizen"]):
            inbox = referrals.ListReferrals(box="inbox", citizen=citizen)
            assert office.ask(inbox, referrals.ReferralList, person).total == 0
        for command in (
            referrals.AcceptReferral(referral=referral),
            referrals.RejectReferral(referral=referral, reason="other"),
            referrals.AcknowledgeReferral(referral=referral),
            referrals.ReportContact(referral=referral, category="family", text="Met"),
        ):
            assert refusal(office, command, person) == "REFERRAL_UNKNOWN"
    outbox = office.ask(referrals.ListReferrals(box="outbox", citizen=known["citizen"]), referrals.ReferralList, MARIA)
    assert [each.recipient for each in outbox.referrals if each.id == referral] == [""]
    assert set(of(office, referral, MARIA).candidates) == {each.organisation for each in people}


def test_the_last_no_rejects_it(office: Office, known: dict[str, str]) -> None:
    first, last = people = candidates(office, known, 2)
    referral = ask(office, known, people)
    no = referrals.DeclineReferral(referral=referral, reason="no_capacity")
    office.send(no, first)
    office.catch_up()
    assert of(office, referral, MARIA).status == "requested"
    said_no = referrals.DeclinedBy(candidate=first.organisation, reason="no_capacity")
    assert list(of(office, referral, MARIA).declined) == [said_no]
    assert candidacies(office, first) == []
    assert refusal(office, referrals.ClaimReferral(referral=referral), first) == "ALREADY_DECLINED"
    office.send(referrals.DeclineReferral(referral=referral, reason="outside_area"), last)
    office.catch_up()
    one = of(office, referral, MARIA)
    assert (one.status, one.reason, one.recipient) == ("rejected", "outside_area", "")
    with pytest.raises(Refused):
        of(office, referral, last)
    names = [each.type for each in office.log("referrals").history(referral)]
    assert names[-1] == "referrals.ReferralRejected.v1"
    for event in office.log("referrals").history(referral):
        entry = event.type.rpartition(".")[0] not in NOT_ENTRIES
        assert not (entry and event.organisation in {each.organisation for each in people})


def test_each_that_is_asked_needs_a_basis(office: Office, known: dict[str, str]) -> None:
    (one,) = candidates(office, known, 1)
    without = Person("mentor", str(uuid4()), "ngo_worker")
    draft = asking_several(known, [one.organisation, without.organisation])
    referral = office.send(draft, MARIA).id
    assert refusal(office, referrals.RequestReferral(referral=referral), MARIA) == "BASIS_MISSING"
    office.catch_up()
    assert candidacies(office, one) == []


def test_one_that_is_recalled_says_that_it_is_over(office: Office, known: dict[str, str]) -> None:
    people = candidates(office, known, 2)
    referral = ask(office, known, people)
    office.send(referrals.CancelReferral(referral=referral, reason="recalled"), MARIA)
    office.catch_up()
    assert candidacies(office, people[0]) == [referrals.Candidacy(referral=referral, standing="over")]
    assert refusal(office, referrals.ClaimReferral(referral=referral), people[0]) == "STEP_NOT_ALLOWED"
