"""The caseload: whose cases they are, which one may know of, and what is due."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from google.protobuf.message import Message
from google.rpc import status_pb2
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common

from libs.eventlog import new_id
from libs.host.errors import Refused
from libs.host.times import period, timestamp
from tests.rpc.office import FAMILY, MARIA, SCHOOL, STRANGER, TEACHER, Office, Person

NOW: Final = datetime.now(UTC).replace(microsecond=0)
DAY: Final = timedelta(days=1)
COLLEAGUE: Final = Person("a colleague", FAMILY, "caseworker")


class Work:
    """A citizen of one's own in a shared office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.citizen = office.citizen(new_id())

    def opened(self, sensitivity: str = "") -> str:
        command = cases.OpenCase(citizen=self.citizen, subject_code="27.24.00", title="Help", sensitivity=sensitivity)
        command.legal_basis = "barnets-lov-stoette"
        return self.office.send(command, MARIA).id

    def joined(self, case: str, since: datetime | None = None, until: datetime | None = None, *named: str) -> None:
        command = cases.JoinCase(case=case, organisation=SCHOOL, role="contributor", legal_basis="barnets-lov-133")
        command.period.CopyFrom(period(since, until))
        command.named_people.extend(named)
        self.office.send(command, MARIA)

    def listed(self, person: Person = MARIA, **filters: Any) -> cases.CaseList:
        self.office.turn("cases", "cases")
        return self.office.ask(cases.ListCases(citizen=self.citizen, **filters), cases.CaseList, person)

    def ids(self, person: Person = MARIA, **filters: Any) -> list[str]:
        return [line.id for line in self.listed(person, **filters).cases]


@pytest.fixture
def work(office: Office) -> Work:
    return Work(office)


def test_a_case_is_in_the_caseload_of_those_who_take_part_now(work: Work) -> None:
    case = work.opened()
    assert (work.ids(), work.ids(COLLEAGUE), work.ids(TEACHER)) == ([case], [case], [])
    work.joined(case, NOW - 2 * DAY, NOW - DAY)
    assert work.ids(TEACHER) == [], "its time is over"
    work.joined(case)
    assert work.ids(TEACHER) == [case]
    work.office.send(cases.LeaveCase(case=case, organisation=SCHOOL), TEACHER)
    assert work.ids(TEACHER) == []
    work.joined(case, NOW + DAY)
    assert work.ids(TEACHER) == [], "its time has not come"
    assert work.ids(STRANGER) == []


def test_a_line_says_what_the_case_says(work: Work) -> None:
    case = work.opened()
    for days in (3, 1, 2):
        plan = cases.PlanAction(case=case, title="Visit", owner=FAMILY, due=timestamp(NOW + days * DAY))
        work.office.send(plan, MARIA)
    whole = work.office.ask(cases.GetCase(case=case), cases.Case, MARIA)
    first = min(whole.actions, key=lambda action: action.due.seconds)
    work.office.send(cases.CompleteAction(case=case, action=first.id), MARIA)
    (line,) = work.listed().cases
    assert (line.actions_open, line.next_due) == (2, timestamp(NOW + 2 * DAY))
    for name in ("id", "citizen", "subject_code", "status", "organisation", "opened"):
        assert getattr(line, name) == getattr(whole, name)


def test_the_list_follows_the_status(work: Work) -> None:
    case = work.opened()
    for command, status in (
        (cases.SuspendCase(case=case, reason="Away"), "suspended"),
        (cases.ResumeCase(case=case), "open"),
        (cases.CloseCase(case=case, result="moved"), "closed"),
        (cases.ReopenCase(case=case, reason="Back"), "open"),
    ):
        work.office.send(command, MARIA)
        assert work.ids(status=status) == [case]
        assert work.listed(status=status).cases[0].status == status


def test_the_newest_change_is_on_top_page_by_page(work: Work) -> None:
    made = [work.opened() for _ in range(5)]
    work.listed()
    work.office.send(cases.WriteNote(case=made[1], category="family", text="Met"), MARIA)
    expected = [made[1], made[4], made[3], made[2], made[0]]
    found, token = [], ""
    for size in (2, 2, 1):
        page = work.listed(page=common.PageRequest(size=2, token=token))
        assert (len(page.cases), page.total) == (size, 5)
        found += [line.id for line in page.cases]
        token = page.page.next
    assert found == expected
    assert not token


def about(case: str) -> list[Message]:
    """The question, and some of the commands, about a case."""
    commands: list[Any] = [
        cases.WriteNote(case=case, category="family", text="Met"),
        cases.LeaveCase(case=case, organisation=FAMILY),
        cases.CloseCase(case=case, result="moved"),
    ]
    for command in commands:
        command.command.CopyFrom(common.Command(command_id=new_id()))
    return [cases.GetCase(case=case), *commands]


@pytest.mark.parametrize("person", [COLLEAGUE, TEACHER])
def test_a_protected_case_is_unknown_to_who_is_not_named(work: Work, person: Person) -> None:
    """To the byte what they are told of a case that there is not, though their organisation takes part."""
    case, none = work.opened("protected"), new_id()
    work.joined(case, None, None, "the principal")

    def answer(request: Message) -> status_pb2.Status:
        return work.office.status(request.SerializeToString(), request, person)

    for real, imagined in zip(about(case), about(none), strict=True):
        told = answer(real).SerializeToString().replace(case.encode(), none.encode())
        assert told == answer(imagined).SerializeToString()
    assert work.ids(person) == []
    assert work.ids(MARIA) == work.ids(Person("the principal", SCHOOL, "caseworker")) == [case]


def test_a_link_is_seen_from_both_ends(work: Work) -> None:
    case, parent = work.opened(), work.opened()
    work.office.send(cases.LinkCase(case=case, other=parent, relation="parent"), MARIA)
    for _ in range(2):
        work.office.turn("cases", "cases")

    def links(of: str) -> list[tuple[str, str]]:
        whole = work.office.ask(cases.GetCase(case=of), cases.Case, MARIA)
        return [(link.other, link.relation) for link in whole.links]

    assert (links(case), links(parent)) == ([(parent, "parent")], [(case, "child")])


def test_nothing_is_linked_to_a_case_one_may_not_know(work: Work) -> None:
    case, hidden = work.opened(), work.opened("protected")
    for other in (hidden, new_id()):
        with pytest.raises(Refused) as refused:
            work.office.send(cases.LinkCase(case=case, other=other, relation="related"), COLLEAGUE)
        assert (refused.value.reason, refused.value.details["case"]) == ("CASE_UNKNOWN", other)


def test_a_citizen_whom_nobody_registered_has_no_case(work: Work) -> None:
    command = cases.OpenCase(citizen=new_id(), subject_code="27.24.00", title="Help", legal_basis="barnets-lov-stoette")
    with pytest.raises(Refused) as refused:
        work.office.send(command, MARIA)
    assert refused.value.reason == "CITIZEN_UNKNOWN"


def test_a_subject_that_is_not_in_use(work: Work) -> None:
    command = cases.OpenCase(citizen=work.citizen, subject_code="99.99.99", title="Help")
    command.legal_basis = "barnets-lov-stoette"
    with pytest.raises(Refused) as refused:
        work.office.send(command, MARIA)
    assert refused.value.reason == "SUBJECT_CODE_UNKNOWN"
    assert work.ids() == []


def test_a_protected_action_is_told_and_counted_to_the_named_only(work: Work) -> None:
    case = work.opened()
    work.joined(case, None, None, TEACHER.name)
    plan = cases.PlanAction(case=case, title="Find a room", owner=FAMILY, due=timestamp(NOW + DAY))
    hidden = cases.PlanAction(
        case=case, title="Find a shelter", owner=FAMILY, due=timestamp(NOW + DAY / 2), sensitivity="protected"
    )
    for command in (plan, hidden):
        work.office.send(command, MARIA)
    told = {}
    for person in (MARIA, TEACHER, COLLEAGUE):
        (line,) = work.listed(person).cases
        actions = work.office.ask(cases.GetCase(case=case), cases.Case, person).actions
        told[person.name] = (len(actions), line.actions_open, line.next_due == timestamp(NOW + DAY))
    assert told == {MARIA.name: (2, 2, False), TEACHER.name: (2, 2, False), COLLEAGUE.name: (1, 1, True)}
