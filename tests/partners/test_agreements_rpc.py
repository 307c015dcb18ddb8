"""Agreements over gRPC: who may, what both sides and an auditor read, and what is due."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from libs.host.settings import Settings
from libs.host.times import period, timestamp
from tests.partners.agreed import terms
from tests.partners.test_directory import refused, register
from tests.rpc.planted import NOW

DAY = timedelta(days=1)


@pytest.fixture
def desk(hosted: Settings) -> Iterator[Desk]:
    with Desk(hosted) as made:
        yield made


@pytest.fixture
def sides(desk: Desk) -> tuple[Person, Person]:
    """A coordinator of one organisation and the administrator of another; both members by name."""
    made = []
    for name, role in (("Mette", "coordinator"), ("Karen", "partner_administrator")):
        organisation = register(desk, f"{name}'s")
        desk.send(
            partners.AddMember(organisation=organisation, person=name.lower(), name=name, role=role),
            OPERATOR,
            command_id=str(uuid4()),
        )
        made.append(Person(name.lower(), organisation, role))
    return made[0], made[1]


def agreed_terms(sides: tuple[Person, Person]) -> partners.AgreementTerms:
    ours, theirs = sides
    return terms(
        commitments=[partners.Commitment(organisation=each.organisation, text="x") for each in (ours, theirs)],
        contacts=[partners.AgreementContact(organisation=theirs.organisation, name="On duty", phone="0")],
        period=period(NOW - DAY, NOW + 300 * DAY),
        review_dates=[timestamp(NOW + 20 * DAY), timestamp(NOW + 200 * DAY)],
    )


def send(desk: Desk, command: object, by: Person) -> common.Recorded:
    return desk.send(command, by, command_id=str(uuid4()))  # type: ignore[arg-type]


def signed(desk: Desk, sides: tuple[Person, Person]) -> str:
    ours, theirs = sides
    draft = partners.DraftAgreement(partner=theirs.organisation, terms=agreed_terms(sides))
    agreement = send(desk, draft, ours).id
    send(desk, partners.ProposeAgreement(agreement=agreement, revision=1, title="Head"), ours)
    send(desk, partners.SignAgreement(agreement=agreement, revision=1), theirs)
    return agreement


def test_an_agreement_is_signed_with_the_names_of_the_directory(desk: Desk, sides: tuple[Person, Person]) -> None:
    agreement = signed(desk, sides)
    auditor = Person("a", str(uuid4()), "auditor")
    for reader in (*sides, auditor):
        known = desk.ask(partners.GetAgreement(agreement=agreement), partners.Agreement, reader)
        assert known.status == "active"
        assert [(each.name, each.title) for each in known.signatures] == [("Mette", "Head"), ("Karen", "")]
        assert known.agreed == known.terms == agreed_terms(sides)
        assert [step.event for step in known.history] == [
            "AgreementDrafted",
            "AgreementProposed",
            "AgreementSigned",
            "AgreementActivated",
        ]


def test_a_stranger_and_nobody_are_told_the_same(desk: Desk, sides: tuple[Person, Person]) -> None:
    agreement = signed(desk, sides)
    stranger = Person("x", register(desk, "X"), "partner_administrator")
    for id_ in (agreement, str(uuid4())):
        get = partners.GetAgreement(agreement=id_)
        assert refused(lambda: desk.ask(get, partners.Agreement, stranger)) == "AGREEMENT_UNKNOWN"  # noqa: B023
        begin = partners.BeginReview(agreement=id_)
        assert refused(lambda: send(desk, begin, stranger)) == "AGREEMENT_UNKNOWN"  # noqa: B023


@pytest.mark.parametrize("role", ["ngo_worker", "caseworker"])
def test_who_works_for_a_party_reads_what_it_agreed_upon(desk: Desk, sides: tuple[Person, Person], role: str) -> None:
    agreement = signed(desk, sides)
    get = partners.GetAgreement(agreement=agreement)
    assert desk.ask(get, partners.Agreement, sides[1]._replace(person="x", role=role)).status == "active"
    elsewhere = Person("x", register(desk, "X"), role)
    assert refused(lambda: desk.ask(get, partners.Agreement, elsewhere)) == "AGREEMENT_UNKNOWN"


def test_a_review_says_what_came_of_each_goal(desk: Desk, sides: tuple[Person, Person]) -> None:
    agreement = signed(desk, sides)
    send(desk, partners.CommentAgreement(agreement=agreement, note="It goes well"), sides[1])
    send(desk, partners.BeginReview(agreement=agreement), sides[0])
    found = partners.GoalReview(goal=0, result="partly_reached", figure="11 pairs", note="Two more soon")
    send(desk, partners.RecordReview(agreement=agreement, agreed="Go on", results=[found]), sides[1])
    steps = desk.ask(partners.GetAgreement(agreement=agreement), partners.Agreement, sides[0]).history
    assert [step.note for step in steps if step.event == "AgreementCommented"] == ["It goes well"]
    (result,) = steps[-1].results
    assert (result.goal, result.result, result.figure) == ("Twenty mentors", "partly_reached", "11 pairs")


@pytest.mark.parametrize("role", ["ngo_worker", "caseworker", "operator", "auditor"])
def test_only_administrators_and_coordinators_agree(desk: Desk, sides: tuple[Person, Person], role: str) -> None:
    agreement = signed(desk, sides)
    other = sides[0]._replace(role=role)
    draft = partners.DraftAgreement(partner=sides[1].organisation, terms=agreed_terms(sides))
    for command in (draft, partners.BeginReview(agreement=agreement)):
        assert refused(lambda: send(desk, command, other)) == "ROLE_MISSING"  # noqa: B023


def test_who_is_no_member_signs_nothing(desk: Desk, sides: tuple[Person, Person]) -> None:
    ours, theirs = sides
    draft = partners.DraftAgreement(partner=theirs.organisation, terms=agreed_terms(sides))
    agreement = send(desk, draft, ours).id
    propose = partners.ProposeAgreement(agreement=agreement, revision=1)
    assert refused(lambda: send(desk, propose, ours._replace(person="nobody"))) == "SIGNATORY_UNKNOWN"


def test_a_repeated_signature_has_the_first_result_though_the_member_left(
    desk: Desk, sides: tuple[Person, Person]
) -> None:
    ours, theirs = sides
    draft = partners.DraftAgreement(partner=theirs.organisation, terms=agreed_terms(sides))
    agreement, command_id = send(desk, draft, ours).id, str(uuid4())
    propose = partners.ProposeAgreement(agreement=agreement, revision=1)
    first = desk.send(propose, ours, command_id=command_id)
    send(desk, partners.RemoveMember(organisation=ours.organisation, person="mette"), OPERATOR)
    assert desk.send(propose, ours, command_id=command_id) == first


def test_agreements_are_listed_to_their_parties_and_what_is_due_is_found(
    desk: Desk, sides: tuple[Person, Person], catch_up: Callable[[], None]
) -> None:
    agreement = signed(desk, sides)
    send(desk, partners.DraftAgreement(partner=sides[1].organisation, terms=agreed_terms(sides)), sides[0])
    catch_up()
    for reader in sides:
        listed = desk.ask(partners.ListAgreements(), partners.AgreementList, reader).agreements
        assert [line.status for line in listed] == ["draft", "active"]
        active = desk.ask(partners.ListAgreements(status="active"), partners.AgreementList, reader).agreements
        assert [line.id for line in active] == [agreement]
        assert active[0].next_review == timestamp(NOW + 20 * DAY)
    for days, found in ((10, []), (30, [agreement])):
        question = partners.ListAgreements(due_before=timestamp(NOW + days * DAY))
        due = desk.ask(question, partners.AgreementList, sides[1]).agreements
        assert [line.id for line in due] == found
    stranger = Person("x", str(uuid4()), "coordinator")
    assert not desk.ask(partners.ListAgreements(), partners.AgreementList, stranger).agreements
    theirs = partners.ListAgreements(organisation=sides[0].organisation)
    assert refused(lambda: desk.ask(theirs, partners.AgreementList, stranger)) == "ROLE_MISSING"
    auditor = Person("a", str(uuid4()), "auditor")
    assert len(desk.ask(theirs, partners.AgreementList, auditor).agreements) == 2


def test_an_agreement_needs_another_organisation_that_is_known(desk: Desk, sides: tuple[Person, Person]) -> None:
    for partner, reason in ((sides[0].organisation, "PARTNER_ONESELF"), (str(uuid4()), "PARTNER_UNKNOWN")):
        draft = partners.DraftAgreement(partner=partner, terms=agreed_terms(sides))
        assert refused(lambda: send(desk, draft, sides[0])) == reason  # noqa: B023
