"""A shelter: nothing that tells where it is leaves, by whatever way somebody asks, save to the shelter itself."""

import json
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from samspor.partners.v1 import partners_pb2 as partners
from typer.testing import CliRunner

from cli.desk import OPERATOR, Desk, Person
from cli.main import app as cli
from libs.host.errors import Refused
from libs.host.settings import Settings
from services.gateway.hsds.description import ROOT
from services.gateway.hsds.parameters import LISTINGS
from services.gateway.person import Person as Visitor
from services.gateway.site import Site
from tests.imports.opened import Opened, opened

OTHER = str(uuid4())


@pytest.fixture
def desk(hosted: Settings) -> Iterator[Desk]:
    with Desk(hosted) as made:
        yield made


@pytest.fixture
def reader(hosted: Settings, site: Site) -> Iterator[Opened]:
    with opened(hosted, site) as made:
        yield made


def shelter(location: str, term: str, secret: str) -> dict[str, Any]:
    """An organization whose one location says `secret` wherever it can."""
    id_ = {name: str(uuid4()) for name in ("organization", "service", "at", "taxonomy")}

    def attribute() -> dict[str, Any]:
        named = {"id": term, "name": "Town", "description": "d", "taxonomy_id": id_["taxonomy"]}
        return {"id": str(uuid4()), "taxonomy_term_id": term, "value": secret, "taxonomy_term": named}

    address = {"id": str(uuid4()), "address_1": f"{secret} 1", "city": secret, "postal_code": secret[:10]}
    phone = {"id": str(uuid4()), "number": "12345678", "description": secret}
    area = {"id": str(uuid4()), "name": secret}
    place = {
        "id": location,
        "location_type": "physical",
        "name": f"{secret} house",
        "alternate_name": secret,
        "description": secret,
        "transportation": secret,
        "latitude": 55.5,
        "addresses": [address],
        "phones": [phone],
        "accessibility": [{"id": str(uuid4()), "description": secret}],
        "attributes": [attribute()],
    }
    at_location = {
        "id": id_["at"],
        "location_id": location,
        "description": secret,
        "phones": [phone | {"id": str(uuid4())}],
        "service_areas": [area],
        "attributes": [attribute()],
    }
    service = {"id": id_["service"], "name": "Refuge", "status": "active", "service_at_locations": [at_location]}
    return {
        "id": id_["organization"],
        "name": "Shelter",
        "services": [service],
        "locations": [place],
    }


class Scene:
    def __init__(self, desk: Desk, catch_up: Callable[[], None]) -> None:
        self._desk, self._catch_up = desk, catch_up
        self.location, self.term, self.secret = str(uuid4()), str(uuid4()), uuid4().hex
        self.begin()

    def begin(self) -> None:
        self.document = shelter(self.location, self.term, self.secret)
        self.organisation = str(self.document["id"])
        self.keeper = Person("pia", self.organisation, "partner_administrator")
        self.imported()

    def imported(self, document: dict[str, Any] | None = None) -> None:
        text = json.dumps(document or self.document)
        self.send(partners.ImportOrganization(organization=text, kind="ngo"), OPERATOR)

    def send(self, command: Any, person: Person) -> None:
        self._desk.send(command, person, command_id=str(uuid4()))
        self._catch_up()

    def redact(self) -> None:
        self.send(partners.RedactLocation(organisation=self.organisation, location=self.location), self.keeper)

    def show(self) -> None:
        self.send(partners.ShowLocation(organisation=self.organisation, location=self.location), self.keeper)


@pytest.fixture
def scene(desk: Desk, catch_up: Callable[[], None]) -> Scene:
    return Scene(desk, catch_up)


def documents(scene: Scene) -> Iterator[tuple[str, str]]:
    """(path, id) of what can be read by its id."""
    (service,) = scene.document["services"]
    yield "organizations", scene.organisation
    yield "services", service["id"]
    yield "service_at_locations", service["service_at_locations"][0]["id"]


def ways(reader: Opened, desk: Desk, scene: Scene, folder: Path) -> Iterator[tuple[str, str]]:
    """(way, what it tells) to others: all that has no secret in the question."""
    for name, listing in LISTINGS.items():
        for more in ("", *(f"&{flag}=true" for flag in ("full", "full_service", "minimal") if flag in listing.takes)):
            yield f"{name}{more}", reader.get(f"{ROOT}/{name}?format=ndjson{more}").text
    for path, id_ in documents(scene):
        yield path, reader.get(f"{ROOT}/{path}/{id_}").text
    yield "full_service", reader.get(f"{ROOT}/organizations/{scene.organisation}?full_service=true").text
    other = Person("mia", OTHER, "caseworker")
    for person in (other, OPERATOR):
        question = partners.GetOrganisation(organisation=scene.organisation)
        yield "GetOrganisation", str(desk.ask(question, partners.Organisation, person))
        yield "SearchServices", str(desk.ask(partners.SearchServices(), partners.ServiceList, person))
        yield "MatchPartners", str(desk.ask(partners.MatchPartners(need="refuge"), partners.MatchList, person))
        yield "ListOffers", str(desk.ask(partners.ListOffers(), partners.PortalOfferList, person))
    visitor = Visitor("mia", OTHER, "caseworker")
    for path in (
        f"/organisations/{scene.organisation}",
        "/directory?q=refuge",
        "/portal",
        f"/api/fhir/Organization/{scene.organisation}",
        "/api/fhir/Organization",
        "/api/fhir/HealthcareService?name=Refuge",
    ):
        answer = reader.get(path, visitor)
        assert answer.status_code == 200, (path, answer.text)
        yield path, answer.text
    for form in ("json", "csv"):
        result = CliRunner().invoke(cli, ["export-directory", str(folder / form), "--format", form])
        assert result.exit_code == 0, result.output
        yield f"export {form}", "".join(file.read_text() for file in sorted((folder / form).iterdir()))


def found_by_it(reader: Opened, desk: Desk, scene: Scene) -> Iterator[tuple[str, bool]]:
    """(way, whether it finds the service) by what only the secret place says."""
    for path in (
        f"/service_at_locations?search={scene.secret}",
        f"/service_at_locations?postcode={scene.secret[:10]}",
        f"/service_at_locations?taxonomy_term_id={scene.term}",
        f"/services?search={scene.secret}",
        f"/organizations?search={scene.secret}",
    ):
        yield path, not reader.get(f"{ROOT}{path}").json()["empty"]
    for asked in (
        partners.SearchServices(area=scene.secret),
        partners.SearchServices(area=scene.secret[:10]),
        partners.SearchServices(taxonomy_term=scene.term),
    ):
        for person in (Person("mia", OTHER, "caseworker"), scene.keeper):
            answer = desk.ask(asked, partners.ServiceList, person)
            yield str(asked), any(each.organisation == scene.organisation for each in answer.services)


def test_nothing_of_a_redacted_place_leaves(
    reader: Opened, desk: Desk, scene: Scene, hosted: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.host.settings.load", lambda: hosted)

    def telling(folder: str) -> set[str]:
        return {way for way, told in ways(reader, desk, scene, tmp_path / folder) if scene.secret[:10] in told}

    assert {"service_at_locations", "organizations&full=true", "export json", "export csv"} <= telling("before")
    assert any(found for _, found in found_by_it(reader, desk, scene))
    scene.redact()
    assert telling("redacted") == set()
    assert [way for way, found in found_by_it(reader, desk, scene) if found] == []
    scene.imported(scene.document | {"name": "Shelter, again", "description": "x"})
    assert telling("imported again") == set(), "an import shows nothing that was redacted"
    assert [way for way, found in found_by_it(reader, desk, scene) if found] == []
    scene.show()
    assert "service_at_locations" in telling("shown")
    assert any(found for _, found in found_by_it(reader, desk, scene))


def test_the_own_organisation_sees_its_place(reader: Opened, desk: Desk, scene: Scene) -> None:
    scene.redact()
    question = partners.GetOrganisation(organisation=scene.organisation)
    (own,) = desk.ask(question, partners.Organisation, scene.keeper).sites
    assert (own.name, own.redacted, scene.secret in own.address) == (f"{scene.secret} house", True, True)
    (others,) = desk.ask(question, partners.Organisation, OPERATOR).sites
    assert (others.name, others.address, others.redacted) == ("", "", True)
    page = reader.get(
        f"/organisations/{scene.organisation}", Visitor("pia", scene.organisation, "partner_administrator")
    ).text
    assert f"{scene.secret} house" in page
    assert f"/sites/{scene.location}/show" in page


def test_whoever_else_uses_the_place_does_not_tell_it(reader: Opened, desk: Desk, scene: Scene) -> None:
    """Two organisations describe one location; one of them redacts it."""
    second = copy(scene)
    second.begin()
    scene.redact()
    for each in (scene, second):
        for path, id_ in documents(each):
            assert scene.secret not in reader.get(f"{ROOT}/{path}/{id_}").text
        assert [way for way, found in found_by_it(reader, desk, each) if found] == []
    second.redact()
    question = partners.GetEntity(kind="organization", id=second.organisation, full_service=True)
    seen = desk.ask(question, partners.EntityDocument, scene.keeper).document
    assert scene.secret not in seen, "each has redacted it: neither reads the other's words"
    own = desk.ask(
        partners.GetEntity(kind="organization", id=scene.organisation, full_service=True),
        partners.EntityDocument,
        scene.keeper,
    ).document
    assert scene.secret in own


def test_who_may_redact(desk: Desk, scene: Scene) -> None:
    def reason(person: Person, location: str) -> str:
        with pytest.raises(Refused) as refused:
            scene.send(partners.RedactLocation(organisation=scene.organisation, location=location), person)
        return refused.value.reason

    assert reason(Person("ulla", scene.organisation, "ngo_worker"), scene.location) == "ROLE_MISSING"
    assert reason(Person("eva", OTHER, "partner_administrator"), scene.location) == "ROLE_MISSING"
    assert reason(scene.keeper, str(uuid4())) == "LOCATION_UNKNOWN"
    scene.send(partners.RedactLocation(organisation=scene.organisation, location=scene.location), OPERATOR)
    scene.redact()
    history = desk.ask(partners.GetOrganisation(organisation=scene.organisation), partners.Organisation, OPERATOR)
    before = history.version
    scene.redact()
    again = desk.ask(partners.GetOrganisation(organisation=scene.organisation), partners.Organisation, OPERATOR)
    assert again.version == before, "what is redacted already is no event"
