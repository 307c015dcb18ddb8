"""Nothing that a valid document says is lost on its way into the directory."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given

from cli.importers.directory import Directory, read_directory
from services.partners.directory_entry import take, take_entity
from tests.imports.documents import entities, facts

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "hsds-spec-examples"
ID = "01890a5d-ac96-474b-8cce-b302099a8057"


def taken(directory: Directory) -> set[Any]:
    """What the directory would say, once its documents are taken."""
    for taxonomy in directory.taxonomies:
        take_entity("taxonomy", msgspec.json.encode(taxonomy.document).decode())
        for term in taxonomy.terms:
            take_entity("taxonomy_term", msgspec.json.encode(term).decode())
    for organization in directory.organizations:
        take(msgspec.json.encode(organization.document).decode())
    return {
        *(fact for each in directory.organizations for fact in facts("organization", each.document)),
        *(fact for each in directory.taxonomies for fact in facts("taxonomy", each.document)),
        *(fact for each in directory.taxonomies for term in each.terms for fact in facts("taxonomy_term", term)),
    }


@given(entities("organization"))
def test_every_field_of_every_entity_arrives(document: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "one.json").write_text(json.dumps(document))
        directory = read_directory(Path(folder), "test")
    assert set(facts("organization", document)) <= taken(directory)
    assert {found.weight for found in directory.findings.all()} <= {"warning"}


@pytest.mark.skipif(not EXAMPLES.exists(), reason="needs the specification's examples")
@pytest.mark.parametrize("kind", ["organization", "service", "service_at_location"])
def test_every_field_of_the_specification_s_examples_arrives(kind: str) -> None:
    file = EXAMPLES / f"{kind}_full.json"
    said = {
        (entity, id_, name, value.strip() if isinstance(value, str) else value)
        for entity, id_, name, value in facts(kind, json.loads(file.read_text()))
    }
    assert said <= taken(read_directory(file, "test"))


def table(folder: Path, **tables: str) -> Directory:
    for name, content in {"organizations": f"id,name\n{ID},Legal Aid\n", **tables}.items():
        (folder / f"{name}.csv").write_text(content)
    return read_directory(folder, "test")


def values(directory: Directory, kind: str, name: str) -> list[Any]:
    return sorted(value for entity, _, field, value in taken(directory) if (entity, field) == (kind, name))


HOLIDAYS = "id,service_id,closed,opens_at,closes_at,start_date,end_date\n"
SERVICES = f"id,organization_id,name,status\n7,{ID},Advice,active\n"


@pytest.mark.parametrize(
    ("tables", "kind", "field", "value"),
    [
        (
            {"taxonomy": "id,name,parent_id,parent_name,vocabulary\n1,Food,,,AIRS\n"},
            "taxonomy_term",
            "taxonomy",
            "AIRS",
        ),
        ({"taxonomy": "id,name,parent_id,vocabulary\n1,Food,,AIRS\n"}, "taxonomy", "name", "AIRS"),
        (
            {
                "taxonomy": "id,name,parent_id,vocabulary\n1,Food,,AIRS\n",
                "services_taxonomy": "id,service_id,taxonomy_id,taxonomy_detail\n1,7,1,hot meals\n",
            },
            "attribute",
            "value",
            "hot meals",
        ),
        ({"payments_accepted": "id,service_id,payment\n1,7,cash\n"}, "cost_option", "amount_description", "cash"),
        (
            {"holiday_schedules": f"{HOLIDAYS}1,7,true,,,2024-12-24,\n"},
            "schedule",
            "notes",
            "closed",
        ),
        (
            {"holiday_schedules": f"{HOLIDAYS}1,7,f,9:00,,2024-12-24,\n"},
            "schedule",
            "valid_from",
            "2024-12-24",
        ),
        (
            {
                "locations": f"id,organization_id,name\n5,{ID},Library\n",
                "postal_addresses": "id,location_id,address_1\n1,5,Box 1\n",
            },
            "address",
            "address_type",
            "postal",
        ),
        (
            {
                "units": "id,name\n1,beds\n",
                "service_capacities": "id,service_id,unit_id,available,updated\n1,7,1,3,2024-01-01T00:00:00Z\n",
            },
            "unit",
            "name",
            "beds",
        ),
        ({"urls": "id,service_id,label,url\n1,7,Chat,https://example.org\n"}, "url", "label", "Chat"),
    ],
)
def test_tables_of_other_versions(tmp_path: Path, tables: dict[str, str], kind: str, field: str, value: str) -> None:
    assert values(table(tmp_path, services=SERVICES, **tables), kind, field) == [value]


def test_a_term_that_nobody_uses_is_part_of_its_taxonomy(tmp_path: Path) -> None:
    directory = table(
        tmp_path, taxonomies="id,name,description\n1,AIRS,All\n", taxonomy_terms="id,name,taxonomy_id\n2,Food,1\n"
    )
    (taxonomy,) = directory.taxonomies
    assert (taxonomy.document["name"], [term["name"] for term in taxonomy.terms]) == ("AIRS", ["Food"])


def test_a_data_package_names_the_tables_and_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "t1.csv").write_text(f"id,name,description\n{ID},Legal Aid,Advice\n")
    (tmp_path.parent / "outside.csv").write_text("id,name\n1,Outside\n")
    resources = [{"name": "organizations", "path": "data/t1.csv"}, {"name": "organizations", "path": "../outside.csv"}]
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "hsds", "resources": resources}))
    directory = read_directory(tmp_path, "test")
    assert values(directory, "organization", "name") == ["Legal Aid"]
    assert directory.findings.all() == []


def test_a_set_with_a_file_for_each_entity(tmp_path: Path) -> None:
    files = {
        "organizations": [{"id": ID, "name": "Legal Aid", "description": "Advice"}],
        "services": [{"id": "7", "organization_id": ID, "name": "Advice", "status": "active"}],
        "phones": [{"id": "8", "service_id": "7", "number": "555 1234"}],
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    directory = read_directory(tmp_path, "test")
    assert values(directory, "phone", "number") == ["555 1234"]
    assert directory.findings.all() == []


def test_what_hsds_does_not_have_is_said_once_for_each_field(tmp_path: Path) -> None:
    directory = table(tmp_path, organizations=f"id,name,colour\n{ID},Legal Aid,red\n{ID[:-1]}8,Other,blue\n")
    assert [(found.code, found.rows) for found in directory.findings.all() if found.code == "unknown_field"] == [
        ("unknown_field", 2)
    ]
