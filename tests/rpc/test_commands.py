"""Each command, before and after it is carried out: who may not, who is not told, and what a repetition does."""

from typing import Any, Final
from uuid import uuid4

import pytest
from google.rpc import status_pb2
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common

from libs.eventlog import Kind
from libs.host.errors import refused
from libs.host.service import find
from tests.rpc.office import MARIA, RECORDING, STRANGER, Office, Person
from tests.rpc.referral_steps import drafting
from tests.rpc.script import AnyId, Script
from tests.rpc.steps import STEPS

IDS: Final = ("case", "referral", "citizen", "finding", "token", "webhook", "calendar")
"""Fields that say what a command is about; the first that it has."""
BEGINNINGS: Final = (
    "RegisterCitizen",
    "OpenCase",
    "BreakGlass",
    "RegisterStaffIdentity",
    "RunControl",
    "RegisterWebhook",
    "OpenCalendar",
)
"""Commands that need no relation to what there is already."""
BY_ROLE_ALONE: Final = (
    "RegisterCitizen",
    "BreakGlass",
    "AcknowledgeWithdrawal",
    "RegisterStaffIdentity",
    "RunControl",
    "AssessFinding",
    "CloseFinding",
)
"""Commands of consents whose caller's role is looked at before whom they are about."""
NO_CASEWORK: Final = ("operator", "integrator", "partner_administrator")
ALSO: Final = dict.fromkeys(
    (
        "RegisterStaffIdentity",
        "RegisterWebhook",
        "RotateWebhookSecret",
        "PauseWebhook",
        "ResumeWebhook",
        "ResendDelivery",
        "EndWebhook",
    ),
    "partner_administrator",
)
"""Commands that are for one of these roles as well."""


@pytest.fixture(scope="module")
def script(office: Office) -> Script:
    return Script(office)


def sent(office: Office, command: Any, person: Person, **about: Any) -> status_pb2.Status:
    command.command.CopyFrom(common.Command(**{"command_id": str(uuid4())} | about))
    return office.status(command.SerializeToString(), command, person)


def test_the_script_has_every_command() -> None:
    commands = {request for service in find(RECORDING) for request in service.handlers}
    assert {type(step.make(AnyId())) for step in STEPS.values()} == commands


@pytest.mark.parametrize("name", STEPS)
def test_a_step(name: str, script: Script) -> None:
    person, command = script.until(name)
    office, before = script.office, script.office.recorded()
    other_roles_may_not(office, command, person)
    strangers_learn_nothing(office, command)
    another_version_is_stale(office, command, person)
    assert office.recorded() == before

    command_id = str(uuid4())
    first = script.take(name, command_id)
    after = office.recorded()
    assert sum(after.values()) > sum(before.values())
    assert office.send(command, person, command_id) == first, "a repetition has the first result"
    the_id_is_spent(script, command, command_id)
    assert office.recorded() == after


def other_roles_may_not(office: Office, command: Any, person: Person) -> None:
    for role in NO_CASEWORK:
        if role == ALSO.get(command.DESCRIPTOR.name):
            continue
        no = refused(sent(office, command, person._replace(role=role)))
        expected = (Kind.UNKNOWN, "CITIZEN_UNKNOWN") if asks_who_it_is(command) else (Kind.FORBIDDEN, "ROLE_MISSING")
        assert (no.kind, no.reason) == expected


def asks_who_it_is(command: Any) -> bool:
    """Whether the citizen must be known to whoever sends it: to roles that read about nobody, nobody is."""
    of_consents = command.DESCRIPTOR.full_name.startswith("samspor.consents.")
    return of_consents and command.DESCRIPTOR.name not in BY_ROLE_ALONE


def strangers_learn_nothing(office: Office, command: Any) -> None:
    """What belongs to others is answered as what there is not, to the last byte."""
    if command.DESCRIPTOR.name in BEGINNINGS:
        return
    field = next(name for name in IDS if name in command.DESCRIPTOR.fields_by_name)
    theirs, nobodys = type(command)(), type(command)()
    theirs.CopyFrom(command)
    nobodys.CopyFrom(command)
    setattr(nobodys, field, str(uuid4()))
    for role in ("caseworker", "coordinator", "ngo_worker"):
        statuses = [
            sent(office, each, STRANGER._replace(role=role))
            .SerializeToString()
            .replace(getattr(each, field).encode(), b"")
            for each in (theirs, nobodys)
        ]
        assert statuses[0] == statuses[1]
        # What comes by a link, or is for citizens, is refused for the role, before anybody looks further.
    by_role = field == "token" or command.DESCRIPTOR.name == "RequestHelp"
    expected = Kind.FORBIDDEN if by_role else Kind.UNKNOWN
    assert refused(sent(office, theirs, STRANGER)).kind is expected


def another_version_is_stale(office: Office, command: Any, person: Person) -> None:
    no = refused(sent(office, command, person, expected_version=99))
    assert (no.kind, no.reason) == (Kind.STALE, "VERSION_STALE")


def the_id_is_spent(script: Script, command: Any, command_id: str) -> None:
    """The id of what was carried out is no other command's."""
    known = script.known
    service = command.DESCRIPTOR.full_name.split(".")[1]
    if service == "cases":
        other: Any = cases.WriteNote(case=known["case"], category="family", text="Another command")
    elif service == "referrals":
        other = drafting(known)
        other.reason = "Another command"
    else:
        other = STEPS["give"].make(known)
        other.notice_version = "another"
    no = refused(sent(script.office, other, MARIA, command_id=command_id))
    assert (no.kind, no.reason) == (Kind.CONFLICT, "COMMAND_ID_REUSED")


def test_a_link_is_seen_from_both_ends(script: Script) -> None:
    script.until("leave")
    known, office = script.known, script.office
    ends = {
        case: [
            (link.other, link.relation) for link in office.ask(cases.GetCase(case=known[case]), cases.Case, MARIA).links
        ]
        for case in ("case", "other")
    }
    assert ends == {"case": [(known["other"], "parent")], "other": [(known["case"], "child")]}


def test_a_case_of_others_cannot_be_linked_to(script: Script) -> None:
    script.until("leave")
    citizen = script.office.citizen(f"stranger {uuid4()}", STRANGER)
    opening = cases.OpenCase(
        citizen=citizen, subject_code="27.24.00", title="Theirs", legal_basis="barnets-lov-stoette"
    )
    theirs = script.office.send(opening, STRANGER).id
    statuses = []
    for other in (theirs, str(uuid4())):
        command = cases.LinkCase(case=script.known["other"], other=other, relation="related")
        statuses.append(sent(script.office, command, MARIA).SerializeToString().replace(other.encode(), b""))
    assert statuses[0] == statuses[1] != b""
