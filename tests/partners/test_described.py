"""What an organisation says of itself and its services: recorded once, refused whole, found and exported."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from libs.host.settings import Settings
from libs.spec.scenario import given
from services.partners.errors import AddressMalformed, HoursMalformed, OrganisationUnknown, SituationsCrossed
from services.partners.events import (
    EligibilityStated,
    OpeningHours,
    OrganisationDescribed,
    OrganisationRegistered,
    ServiceDescribed,
    ServicePublished,
)
from services.partners.facets import WEEK
from services.partners.organisation import ORGANISATION
from services.partners.room.errors import ServiceUnknown
from tests.partners.test_entities import document

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
SERVICE = "11890a5d-ac96-474b-8cce-b302099a8057"
REGISTERED = OrganisationRegistered(kind="ngo", name="Netværket")
OFFERED = (REGISTERED, ServicePublished(service=SERVICE, name="Mentorer"))


def describing(**said: Any) -> partners.DescribeService:
    return partners.DescribeService(organisation=ID, service=SERVICE, **said)


def open_on(day: str, opens: str, closes: str) -> partners.OpeningHours:
    return partners.OpeningHours(day=day, opens=opens, closes=closes)


def test_a_service_says_where_and_when_and_the_same_again_is_no_event() -> None:
    command = describing(
        areas=[" 5000 ", "52", "5000"], languages=["da", "so", "da"], hours=[open_on("MO", "9:00", "15:00")]
    )
    described = ServiceDescribed(
        service=SERVICE, areas=("5000", "52"), languages=("da", "so"), hours=(OpeningHours("MO", "09:00", "15:00"),)
    )
    given(ORGANISATION, *OFFERED).when(command).then(described)
    given(ORGANISATION, *OFFERED, described).when(command).then()
    given(ORGANISATION, *OFFERED, described, OFFERED[1]).when(command).then()


def test_what_a_directory_says_later_can_be_corrected_again() -> None:
    described = ServiceDescribed(service=SERVICE, languages=("da",))
    imported = ServicePublished(service=SERVICE, name="Mentorer", digest="d", document={"id": SERVICE})
    given(ORGANISATION, *OFFERED, described, imported).when(describing(languages=["da"])).then(described)


@pytest.mark.parametrize(("opens", "closes"), [("9", "25:00"), ("x", "10:00"), ("09:00", "09:00"), ("", "10:00")])
def test_a_time_that_is_none_is_refused(opens: str, closes: str) -> None:
    command = describing(hours=[open_on("MO", opens, closes)])
    given(ORGANISATION, *OFFERED).when(command).refused(HoursMalformed, field="hours")


def test_eligibility_is_stated_once_and_does_not_contradict_itself() -> None:
    terms = partners.Eligibility(genders=["female"], municipalities=["Odense ", ""], situations=["homeless"])
    command = partners.StateEligibility(organisation=ID, service=SERVICE, eligibility=terms)
    stated = EligibilityStated(
        service=SERVICE, genders=("female",), municipalities=("Odense",), situations=("homeless",)
    )
    given(ORGANISATION, *OFFERED).when(command).then(stated)
    given(ORGANISATION, *OFFERED, stated).when(command).then()
    command.eligibility.excluded_situations.extend(["debt", "homeless"])
    given(ORGANISATION, *OFFERED).when(command).refused(SituationsCrossed, situations="homeless")


@pytest.mark.parametrize("kind", [partners.DescribeService, partners.StateEligibility])
def test_nothing_is_said_of_a_service_that_there_is_not(kind: Any) -> None:
    command = kind(organisation=ID, service=SERVICE)
    given(ORGANISATION, REGISTERED).when(command).refused(ServiceUnknown, service=SERVICE)
    given(ORGANISATION).when(command).refused(OrganisationUnknown, organisation=ID)


def test_an_organisation_says_how_it_is_reached() -> None:
    command = partners.DescribeOrganisation(
        organisation=ID, description="d", email=" a@b.example ", website="b.example"
    )
    described = OrganisationDescribed(description="d", email="a@b.example", website="b.example")
    given(ORGANISATION, REGISTERED).when(command).then(described)
    given(ORGANISATION, REGISTERED, described).when(command).then()


@pytest.mark.parametrize(
    "wrong", [{"email": "a b"}, {"phone": "call"}, {"website": "javascript:alert(1)"}, {"website": "x"}]
)
def test_what_nobody_can_be_reached_by_is_refused(wrong: dict[str, Any]) -> None:
    (field,) = wrong
    command = partners.DescribeOrganisation(organisation=ID, **wrong)
    given(ORGANISATION, REGISTERED).when(command).refused(AddressMalformed, field=field)


@pytest.fixture
def desk(hosted: Settings) -> Iterator[Desk]:
    with Desk(hosted) as made:
        yield made


def test_what_is_said_is_found_shown_and_exported(desk: Desk, catch_up: Callable[[], None]) -> None:
    """Of a service that a directory brought, which keeps its place and its terms."""
    made = document()
    (service,) = made["services"]
    service["name"] += " 12e5ab"
    administrator = Person("pia", made["id"], "partner_administrator")
    commands = (
        (partners.ImportOrganization(organization=json.dumps(made)), OPERATOR),
        (
            partners.DescribeService(
                organisation=made["id"],
                service=service["id"],
                areas=["58", "Nyborg"],
                languages=["so"],
                hours=[open_on("SU", "22:00", "02:00")],
                accessibility="Elevator",
            ),
            administrator,
        ),
        (
            partners.PublishService(organisation=made["id"], service=service["id"], name=service["name"] + " x"),
            administrator,
        ),
        (partners.DescribeOrganisation(organisation=made["id"], description="Mad", phone="12345678"), administrator),
    )
    for command, person in commands:
        desk.send(command, person, command_id=str(uuid4()))
    catch_up()

    def found(**asked: Any) -> bool:
        question = partners.SearchServices(query=f"{service['id']} 12e5ab", **asked)
        return bool(desk.ask(question, partners.ServiceList, OPERATOR).services)

    assert found(area="5800", language="so", accessible=True, open_at=WEEK - 60)
    assert found(area="nyborg", open_at=60)
    assert found(taxonomy_term=service["attributes"][0]["taxonomy_term_id"])
    for asked in ({"area": "5700"}, {"area": "5"}, {"language": "ar"}, {"open_at": 300}):
        assert found(**asked) == (asked == {"area": "5"}), asked

    whole = desk.ask(partners.GetOrganisation(organisation=made["id"]), partners.Organisation, OPERATOR)
    assert (whole.name, whole.description, whole.phone) == ("Kitchen", "Mad", "12345678")
    (shown,) = whole.services
    assert (list(shown.areas), list(shown.languages), shown.accessibility) == (["58", "Nyborg"], ["so"], "Elevator")
    assert list(shown.hours) == [open_on("SU", "22:00", "02:00")]
    question = partners.GetEntity(kind="organization", id=made["id"], full_service=True)
    exported = json.loads(desk.ask(question, partners.EntityDocument, OPERATOR).document)
    assert exported["phones"][0]["number"] == "12345678"
    (one,) = exported["services"]
    assert one["service_at_locations"] == service["service_at_locations"], "the place that the directory knows"
    assert (one["name"], one["schedules"][0]["byday"]) == (service["name"] + " x", "SU")
