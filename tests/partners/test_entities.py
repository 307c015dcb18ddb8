"""The directory as HSDS documents over gRPC: whole, in pages, and without what is redacted."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk
from libs.host.errors import Refused
from libs.host.settings import Settings


@pytest.fixture
def desk(hosted: Settings) -> Iterator[Desk]:
    with Desk(hosted) as made:
        yield made


def document() -> dict[str, Any]:
    """An organization with a service at a place, and a term that it bears."""
    ids = {
        name: str(uuid4()) for name in ("organization", "service", "location", "at", "attribute", "term", "taxonomy")
    }
    term = {"id": ids["term"], "name": "Food", "description": "d", "taxonomy_id": ids["taxonomy"]}
    attribute = {"id": ids["attribute"], "taxonomy_term_id": ids["term"], "taxonomy_term": term}
    at_location = {"id": ids["at"], "location_id": ids["location"]}
    service = {"id": ids["service"], "name": f"Meals {ids['service']}", "status": "active", "attributes": [attribute]}
    address = {"id": str(uuid4()), "address_1": "Vej 1", "postal_code": ids["location"][:8]}
    return {
        "id": ids["organization"],
        "name": "Kitchen",
        "services": [service | {"service_at_locations": [at_location]}],
        "locations": [{"id": ids["location"], "name": "Hall", "location_type": "physical", "addresses": [address]}],
    }


@pytest.fixture
def imported(desk: Desk, catch_up: Callable[[], None]) -> dict[str, Any]:
    made = document()
    command = partners.ImportOrganization(organization=json.dumps(made))
    desk.send(command, OPERATOR, command_id=str(uuid4()))
    catch_up()
    return made


def one(desk: Desk, kind: str, id_: str) -> dict[str, Any]:
    question = partners.GetEntity(kind=kind, id=id_, full_service=True)
    found: dict[str, Any] = json.loads(desk.ask(question, partners.EntityDocument, OPERATOR).document)
    return found


def listed(desk: Desk, kind: str, **asked: Any) -> list[str]:
    answer = desk.ask(partners.ListEntities(kind=kind, **asked), partners.EntityList, OPERATOR)
    assert answer.total >= len(answer.documents)
    return [json.loads(text)["id"] for text in answer.documents]


def test_an_entity_comes_with_what_is_nested_in_it(desk: Desk, imported: dict[str, Any]) -> None:
    whole = one(desk, "organization", imported["id"])
    (service,) = imported["services"]
    assert (whole["description"], whole["locations"][0]["name"]) == ("", "Hall")
    assert whole["services"][0]["service_at_locations"] == service["service_at_locations"]
    alone = one(desk, "service", service["id"])
    assert alone["organization"]["name"] == "Kitchen"
    assert alone["service_at_locations"][0]["location"]["name"] == "Hall"
    at_location = one(desk, "service_at_location", service["service_at_locations"][0]["id"])
    assert at_location["service"]["organization"]["name"] == "Kitchen"
    with pytest.raises(Refused) as refused:
        one(desk, "service", imported["id"])
    assert refused.value.reason == "ENTITY_UNKNOWN"


def test_entities_are_found_by_what_the_hsds_api_asks(desk: Desk, imported: dict[str, Any]) -> None:
    (service,) = imported["services"]
    (location,) = imported["locations"]
    term = service["attributes"][0]["taxonomy_term"]
    at = service["service_at_locations"][0]["id"]
    for asked in (
        {"search": service["name"]},
        {"organization": imported["id"]},
        {"taxonomy_term": term["id"]},
        {"taxonomy": term["taxonomy_id"]},
    ):
        assert listed(desk, "service", **asked) == [service["id"]]
        assert listed(desk, "service_at_location", **asked) == [at]
    assert listed(desk, "service_at_location", postcode=location["addresses"][0]["postal_code"]) == [at]
    assert listed(desk, "service", organization=imported["id"], minimal=True) == [service["id"]]
    assert listed(desk, "service", organization=imported["id"], page=2) == []


def test_a_service_that_left_is_gone_with_its_places(
    desk: Desk, imported: dict[str, Any], catch_up: Callable[[], None]
) -> None:
    rest = {name: value for name, value in imported.items() if name != "services"}
    desk.send(partners.ImportOrganization(organization=json.dumps(rest)), OPERATOR, command_id=str(uuid4()))
    catch_up()
    assert listed(desk, "service", organization=imported["id"]) == []
    assert listed(desk, "service_at_location", organization=imported["id"]) == []
