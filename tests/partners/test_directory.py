"""The directory over gRPC: who may change it, and what a reader finds."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from libs.host.errors import Refused
from libs.host.settings import Settings


@pytest.fixture
def desk(hosted: Settings) -> Iterator[Desk]:
    with Desk(hosted) as made:
        yield made


def register(desk: Desk, name: str, kind: str = "ngo", description: str = "") -> str:
    command = partners.RegisterOrganisation(organisation=str(uuid4()), name=name, kind=kind, description=description)
    return desk.send(command, OPERATOR, command_id=str(uuid4())).id


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reason


def test_the_administrator_keeps_the_own_profile_and_no_other(desk: Desk) -> None:
    own, other = register(desk, "Own"), register(desk, "Other")
    administrator = Person("pia", own, "partner_administrator")
    described = partners.DescribeRole(organisation=own, can="a", cannot="b", frame="c")
    assert desk.send(described, administrator, command_id=str(uuid4())).version == 2
    described.organisation = other
    assert refused(lambda: desk.send(described, administrator, command_id=str(uuid4()))) == "ROLE_MISSING"
    described.organisation = own
    worker = Person("ulla", own, "ngo_worker")
    assert refused(lambda: desk.send(described, worker, command_id=str(uuid4()))) == "ROLE_MISSING"


@pytest.mark.parametrize(
    ("role", "reason"), [("ngo_worker", ""), ("operator", "ROLE_MISSING"), ("auditor", "ROLE_MISSING")]
)
def test_an_administrator_gives_no_role_that_reaches_beyond_the_organisation(
    desk: Desk, role: str, reason: str
) -> None:
    own = register(desk, "Own")
    command = partners.AddMember(organisation=own, person="x", name="X", role=role)
    administrator = Person("pia", own, "partner_administrator")
    if reason:
        assert refused(lambda: desk.send(command, administrator, command_id=str(uuid4()))) == reason
    else:
        assert desk.send(command, administrator, command_id=str(uuid4())).version == 2


@pytest.mark.parametrize("role", ["caseworker", "partner_administrator", "citizen", "auditor"])
def test_only_an_operator_registers_and_imports(desk: Desk, role: str) -> None:
    somebody = Person("x", str(uuid4()), role)
    commands = (
        partners.RegisterOrganisation(name="N", kind="ngo"),
        partners.ImportOrganization(organization=json.dumps({"id": str(uuid4()), "name": "N"})),
    )
    for command in commands:
        assert refused(lambda: desk.send(command, somebody, command_id=str(uuid4()))) == "ROLE_MISSING"  # noqa: B023


def test_a_parent_must_be_known(desk: Desk) -> None:
    command = partners.RegisterOrganisation(name="N", kind="ngo", parent=str(uuid4()))
    assert refused(lambda: desk.send(command, OPERATOR, command_id=str(uuid4()))) == "PARENT_UNKNOWN"


def test_members_are_known_to_colleagues_auditors_and_operators_alone(desk: Desk, catch_up: Callable[[], None]) -> None:
    own = register(desk, "Own")
    for name, role in (("Pia", "partner_administrator"), ("Ulla", "ngo_worker")):
        command = partners.AddMember(organisation=own, person=name.lower(), name=name, role=role, unit="u")
        desk.send(command, OPERATOR, command_id=str(uuid4()))
    desk.send(partners.RemoveMember(organisation=own, person="pia"), OPERATOR, command_id=str(uuid4()))
    catch_up()
    question = partners.ListMembers(organisation=own)
    auditor = Person("a", str(uuid4()), "auditor")
    for asker in (OPERATOR, auditor, Person("ulla", own, "ngo_worker")):
        (member,) = desk.ask(question, partners.MemberList, asker).members
        assert member == partners.Member(organisation=own, person="ulla", name="Ulla", role="ngo_worker", unit="u")
    stranger = Person("x", str(uuid4()), "caseworker")
    assert refused(lambda: desk.ask(question, partners.MemberList, stranger)) == "ROLE_MISSING"
    everyone = partners.ListMembers()
    for asker in (stranger, auditor):
        assert refused(partial(desk.ask, everyone, partners.MemberList, asker)) == "ROLE_MISSING"
    assert own in {member.organisation for member in desk.ask(everyone, partners.MemberList, OPERATOR).members}


def test_services_are_found_by_words_and_category(desk: Desk, catch_up: Callable[[], None]) -> None:
    mark = f"q{uuid4().hex[:8]}"
    own = register(desk, f"Mødrehjælpen {mark}")
    for name, category in (("Økonomisk rådgivning", "economy"), ("Mentorer for unge mødre", "family")):
        command = partners.PublishService(organisation=own, name=f"{name} {mark}", categories=[category])
        desk.send(command, OPERATOR, command_id=str(uuid4()))
    catch_up()
    reader = Person("x", str(uuid4()), "caseworker")

    def found(query: str, category: str = "") -> list[str]:
        question = partners.SearchServices(query=f"{query} {mark}", category=category)
        answer = desk.ask(question, partners.ServiceList, reader)
        assert answer.total == len(answer.services)
        return [service.name.removesuffix(f" {mark}") for service in answer.services]

    assert found("") == ["Mentorer for unge mødre", "Økonomisk rådgivning"]
    assert found("MØDRE") == ["Mentorer for unge mødre"]
    assert found("oekonomi") == ["Økonomisk rådgivning"]
    assert found("", "family") == ["Mentorer for unge mødre"]
    assert found("mentorer", "economy") == []
    whole = desk.ask(partners.GetOrganisation(organisation=own), partners.Organisation, reader)
    assert (whole.name, whole.version, len(whole.services)) == (f"Mødrehjælpen {mark}", 3, 2)


def test_the_role_profile_is_found_as_it_was_described(desk: Desk, catch_up: Callable[[], None]) -> None:
    own = register(desk, "Own")
    profile: dict[str, Any] = {
        "resources": "r",
        "can": "a",
        "cannot": "b",
        "frame": "c",
        "resource_codes": ["volunteers", "premises"],
        "roles": ["mentor"],
        "excluded_roles": ["therapist"],
        "frame_codes": ["volunteers_only"],
        "degree": "partnership",
    }
    desk.send(partners.DescribeRole(organisation=own, **profile), OPERATOR, command_id=str(uuid4()))
    catch_up()
    known = desk.ask(partners.GetOrganisation(organisation=own), partners.Organisation, OPERATOR)
    assert known.role_profile == partners.RoleProfile(**profile)


def test_a_list_is_paged_in_the_order_of_names(desk: Desk, catch_up: Callable[[], None]) -> None:
    mark = f"q{uuid4().hex[:8]}"
    names = [f"{letter} {mark}" for letter in ("Ås", "Ærø", "Zoo", "Østerbro", "Alle")]
    for name in names:
        register(desk, name, "housing_association")
    catch_up()
    reader, seen, token = Person("x", str(uuid4()), "ngo_worker"), list[str](), ""
    for _ in range(4):
        question = partners.ListOrganisations(
            query=mark, kind="housing_association", page=common.PageRequest(size=2, token=token)
        )
        answer = desk.ask(question, partners.OrganisationList, reader)
        assert answer.total == 5
        seen += [organisation.name.split()[0] for organisation in answer.organisations]
        token = answer.page.next
        if not token:
            break
    assert seen == ["Alle", "Zoo", "Ærø", "Østerbro", "Ås"]


def test_what_was_just_registered_is_known_before_the_directory_shows_it(desk: Desk) -> None:
    own = register(desk, "Own")
    known = desk.ask(partners.GetOrganisation(organisation=own), partners.Organisation, OPERATOR)
    assert (known.version, known.kind, known.name, known.description) == (1, "ngo", "Own", "")


def test_an_unknown_organisation_and_a_broken_token(desk: Desk) -> None:
    reader = Person("x", str(uuid4()), "ngo_worker")
    unknown = partners.GetOrganisation(organisation=str(uuid4()))
    assert refused(lambda: desk.ask(unknown, partners.Organisation, reader)) == "ORGANISATION_UNKNOWN"
    broken = partners.ListOrganisations(page=common.PageRequest(token="!"))
    assert refused(lambda: desk.ask(broken, partners.OrganisationList, reader)) == "PAGE_TOKEN_MALFORMED"


def test_nothing_of_a_malformed_import_is_recorded(desk: Desk) -> None:
    organisation = str(uuid4())
    document = {"id": organisation, "name": "N", "services": [{"id": str(uuid4()), "name": "S", "status": "open"}]}
    command = partners.ImportOrganization(organization=json.dumps(document))
    with pytest.raises(Refused) as caught:
        desk.send(command, OPERATOR, command_id=str(uuid4()))
    assert caught.value.details["path"] == "$.services[0].status"
    document["services"][0]["status"] = "active"  # type: ignore[index]
    command.organization = json.dumps(document)
    assert desk.send(command, OPERATOR, command_id=str(uuid4())).version == 2


def test_an_entity_too_large_for_an_event_refuses_the_whole(desk: Desk) -> None:
    organisation = str(uuid4())
    document = {"id": organisation, "name": "N", "description": "x" * 70_000}
    command = partners.ImportOrganization(organization=json.dumps(document))
    assert refused(lambda: desk.send(command, OPERATOR, command_id=str(uuid4()))) == "EVENT_TOO_LARGE"
