"""Entries that nobody has confirmed for long: flagged to who keeps them, ranked lower, and confirmed in one tap."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from libs.bus.received import Received
from libs.host.settings import Settings
from libs.spec.scenario import given
from services.partners.confirmed import HOLDS, confirmed_at
from services.partners.errors import OrganisationUnknown
from services.partners.events import DirectoryEntryConfirmed, OrganisationRegistered, ServicePublished
from services.partners.organisation import ORGANISATION
from services.partners.projections import DIRECTORY
from services.partners.room.errors import ServiceUnknown
from tests.partners.test_directory import refused
from tests.partners.test_entities import document

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
SERVICE = "11890a5d-ac96-474b-8cce-b302099a8057"
REGISTERED = OrganisationRegistered(kind="ngo", name="Netværket")
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def confirming(organisation: str = ID, service: str = "") -> partners.ConfirmEntry:
    return partners.ConfirmEntry(organisation=organisation, service=service)


def test_each_confirmation_is_remembered() -> None:
    confirmed, offered = DirectoryEntryConfirmed(), ServicePublished(service=SERVICE, name="Mentorer")
    given(ORGANISATION, REGISTERED).when(confirming()).then(confirmed)
    given(ORGANISATION, REGISTERED, confirmed).when(confirming()).then(confirmed)
    of_service = DirectoryEntryConfirmed(service=SERVICE)
    given(ORGANISATION, REGISTERED, offered).when(confirming(service=SERVICE)).then(of_service)


def test_what_there_is_not_cannot_be_confirmed() -> None:
    given(ORGANISATION).when(confirming()).refused(OrganisationUnknown, organisation=ID)
    given(ORGANISATION, REGISTERED).when(confirming(service=SERVICE)).refused(ServiceUnknown, service=SERVICE)


@pytest.mark.parametrize(
    ("said", "confirmed"),
    [
        ({"assured_date": "2026-05-12", "last_modified": "2026-06-01T10:00:00Z"}, datetime(2026, 5, 12, tzinfo=UTC)),
        ({"last_modified": "2026-06-01T10:00:00Z"}, datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ({"assured_date": "last spring", "last_modified": ""}, NOW),
        ({"assured_date": "2099-01-01"}, NOW),
        ({}, NOW),
    ],
)
def test_a_directory_says_how_old_its_entries_are(said: dict[str, str], confirmed: datetime) -> None:
    assert confirmed_at(said, NOW) == confirmed


@pytest.fixture
def desk(hosted: Settings) -> Iterator[Desk]:
    with Desk(hosted) as made:
        yield made


def send(desk: Desk, command: Any, person: Person) -> str:
    return desk.send(command, person, command_id=str(uuid4())).id


def register(desk: Desk, *, administered: bool) -> tuple[str, str, Person]:
    """An organisation, its service, and its administrator."""
    own, service = str(uuid4()), str(uuid4())
    send(desk, partners.RegisterOrganisation(organisation=own, kind="ngo", name="Netværket"), OPERATOR)
    send(desk, partners.PublishService(organisation=own, service=service, name="Zebramentorer"), OPERATOR)
    person = Person(str(uuid4()), own, "partner_administrator")
    if administered:
        adding = partners.AddMember(organisation=own, person=person.person, name="Pia", role=person.role)
        send(desk, adding, OPERATOR)
    return own, service, person


def grow_old(hosted: Settings, organisation: str) -> None:
    """As if nobody had looked at it for longer than an entry holds."""
    with psycopg.connect(hosted.database_of("partners")) as connection:
        for table, key in (("organisations", "id"), ("services", "organisation"), ("found_by", "organisation")):
            asked = f"UPDATE {table} SET confirm_by = now() - interval '1 day' WHERE {key} = %s"
            connection.execute(asked.encode(), [organisation])


def show(hosted: Settings, position: int) -> None:
    """What the worker does with one event."""
    with psycopg.connect(hosted.database_of("partners")) as connection:
        rows = connection.execute("SELECT position, body FROM events WHERE position = %s", [position]).fetchall()
        DIRECTORY.apply(connection, [Received(each, bytes(body)) for each, body in rows])


def waiting(desk: Desk, person: Person) -> set[tuple[str, str]]:
    """(organisation, service) of all pages."""
    found: set[tuple[str, str]] = set()
    page = common.PageRequest(size=1)
    while True:
        answer = desk.ask(partners.ListUnconfirmed(page=page), partners.UnconfirmedList, person)
        assert len(answer.entries) <= 1
        found |= {(one.organisation, one.service) for one in answer.entries}
        if not answer.page.next:
            assert answer.total in (0, len(found))
            return found
        page.token = answer.page.next


def test_what_is_stale_is_flagged_to_its_owner_until_it_is_confirmed_or_changed(
    desk: Desk, hosted: Settings, catch_up: Callable[[], None]
) -> None:
    own, service, pia = register(desk, administered=True)
    catch_up()
    assert waiting(desk, pia) == set()
    grow_old(hosted, own)
    assert waiting(desk, pia) == {(own, ""), (own, service)}
    assert not {one for one in waiting(desk, OPERATOR) if one[0] == own}, "the owner is told, and nobody else"
    show(hosted, desk.send(confirming(own), pia, command_id=str(uuid4())).position)
    assert waiting(desk, pia) == {(own, service)}
    changing = partners.DescribeService(organisation=own, service=service, languages=["so"])
    show(hosted, desk.send(changing, pia, command_id=str(uuid4())).position)
    assert waiting(desk, pia) == set()


def test_the_operator_keeps_what_nobody_administers(desk: Desk, hosted: Settings, catch_up: Callable[[], None]) -> None:
    own, service, pia = register(desk, administered=False)
    catch_up()
    grow_old(hosted, own)
    assert {(own, ""), (own, service)} <= waiting(desk, OPERATOR)
    stranger, worker = Person("pia", str(uuid4()), "partner_administrator"), Person(pia.person, own, "ngo_worker")
    assert refused(lambda: send(desk, confirming(own), stranger)) == "ROLE_MISSING"
    asked = partners.ListUnconfirmed()
    assert refused(lambda: desk.ask(asked, partners.UnconfirmedList, worker)) == "ROLE_MISSING"


def test_a_stale_service_stands_below_one_that_is_not_and_says_why(
    desk: Desk, hosted: Settings, catch_up: Callable[[], None]
) -> None:
    old, _, _ = register(desk, administered=True)
    new, _, _ = register(desk, administered=True)
    catch_up()
    grow_old(hosted, old)
    answer = desk.ask(partners.SearchServices(query="zebramentorer"), partners.ServiceList, OPERATOR)
    (alone,) = desk.ask(partners.SearchServices(ids=[answer.services[0].id]), partners.ServiceList, OPERATOR).services
    assert alone.id == answer.services[0].id
    order = {one.organisation: (number, list(one.reasons)) for number, one in enumerate(answer.services)}
    assert order[new][0] < order[old][0]
    assert "stale" in order[old][1]
    assert "stale" not in order[new][1]


def test_an_import_is_as_old_as_it_says_and_not_stale_on_its_first_day(
    desk: Desk, catch_up: Callable[[], None]
) -> None:
    made = document()
    made["services"][0] |= {"assured_date": "2005-01-01", "assurer_email": "somebody@b.example"}
    send(desk, partners.ImportOrganization(organization=json.dumps(made)), OPERATOR)
    catch_up()
    entry = desk.ask(partners.GetOrganisation(organisation=made["id"]), partners.Organisation, OPERATOR)
    (service,) = (one for one in entry.services if one.id == made["services"][0]["id"])
    assert service.confirmed.ToDatetime(UTC) == datetime(2005, 1, 1, tzinfo=UTC)
    assert service.confirm_by.ToDatetime(UTC) > datetime.now(UTC) + HOLDS - timedelta(days=1)
    send(desk, confirming(made["id"], service.id), OPERATOR)
    catch_up()
    exported = desk.ask(partners.GetEntity(kind="service", id=service.id), partners.EntityDocument, OPERATOR)
    said = json.loads(exported.document)
    assert said["assured_date"] == f"{datetime.now(UTC):%Y-%m-%d}"
    assert "somebody" not in exported.document, "whom nobody asked does not stand for what others confirmed"
