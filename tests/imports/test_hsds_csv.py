"""A folder of HSDS tables: what becomes a document, and what is said of the rest."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.importers.directory import Directory, Unusable, read_directory
from cli.importers.findings import Weight
from services.partners.directory_entry import take

ILAO = Path(__file__).parents[3] / "shared" / "data" / "hsds-ilao"
ORGANIZATIONS = "id,name,description,url\n1,Legal Aid,Advice,https://example.org\n"
SERVICES = "id,organization_id,name,status\n7,1,Advice,active\n"
ADDRESS = "address_1,city,state_province,postal_code,country"
LOCATIONS = "id,organization_id,name\n5,1,Library\n"


def read(folder: Path, **tables: str) -> Directory:
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content)
    return read_directory(folder, "test")


def codes(directory: Directory) -> list[tuple[str, int, str]]:
    return [(found.file, found.line, found.code) for found in directory.findings.all()]


def documents(directory: Directory) -> list[dict[str, Any]]:
    """The documents, each of which the service would take."""
    found = [organization.document for organization in directory.organizations]
    for document in found:
        take(msgspec.json.encode(document).decode())
    return found


def test_what_belongs_together_is_nested(tmp_path: Path) -> None:
    (document,) = documents(
        read(
            tmp_path,
            organizations=ORGANIZATIONS,
            services=SERVICES,
            locations=LOCATIONS,
            services_at_location="id,service_id,location_id,description\n3,7,5,Mondays\n",
            phones="id,location_id,service_id,number\n9,5,7,555 1234\n",
            contacts="id,service_id,name\n4,7,Ann\n",
            languages="id,service_id,language\n2,7,Danish\n",
            physical_addresses=f"id,location_id,{ADDRESS}\n8,5,Vej 1,Odense,DK,5000,DK\n",
        )
    )
    (service,) = document["services"]
    (location,) = document["locations"]
    assert (document["name"], document["website"]) == ("Legal Aid", "https://example.org")
    assert service["phones"][0]["number"] == location["phones"][0]["number"] == "555 1234"
    assert service["service_at_locations"][0]["location_id"] == location["id"]
    assert service["contacts"][0]["name"] == "Ann"
    assert service["languages"][0]["name"] == "Danish"
    assert location["addresses"][0]["city"] == "Odense"
    assert document["organization_identifiers"][0]["identifier"] == "1"


def test_ids_are_the_same_in_every_run_and_differ_between_directories(tmp_path: Path) -> None:
    first = documents(read(tmp_path, organizations=ORGANIZATIONS, services=SERVICES))
    assert documents(read_directory(tmp_path, "test")) == first
    (other,) = documents(read_directory(tmp_path, "other"))
    assert other["id"] != first[0]["id"]


def test_a_weekly_schedule_of_1_x_becomes_a_rule(tmp_path: Path) -> None:
    directory = read(
        tmp_path,
        organizations=ORGANIZATIONS,
        locations=LOCATIONS,
        regular_schedules="location_id,weekday,opens_at,closes_at\n"
        "5,Monday,9:00,17:00\n5,Sunday,,\n5,Mon,9 o'clock,\n5,Someday,9:00,10:00\n",
    )
    (document,) = documents(directory)
    (schedule,) = document["locations"][0]["schedules"]
    assert (schedule["freq"], schedule["byday"], schedule["opens_at"], schedule["closes_at"]) == (
        "WEEKLY",
        "MO",
        "09:00",
        "17:00",
    )
    assert {("regular_schedules.csv", 3, "no_hours"), ("regular_schedules.csv", 4, "bad_time")} <= set(codes(directory))
    assert ("regular_schedules.csv", 5, "bad_weekday") in codes(directory)


def test_an_address_of_an_organization_becomes_a_postal_location(tmp_path: Path) -> None:
    header = f"id,organization_id,{ADDRESS}"
    (document,) = documents(
        read(tmp_path, organizations=ORGANIZATIONS, postal_addresses=f"{header}\n1,1,Vej 1,Odense,DK,5000,DK\n")
    )
    (location,) = document["locations"]
    assert (location["location_type"], location["addresses"][0]["address_1"]) == ("postal", "Vej 1")


def test_ages_of_the_eligibility_table_belong_to_the_service(tmp_path: Path) -> None:
    (document,) = documents(
        read(
            tmp_path,
            organizations=ORGANIZATIONS,
            services=SERVICES,
            eligibilities="id,service_id,minimum_age,maximum_age\n1,7,13,25\n",
        )
    )
    assert (document["services"][0]["minimum_age"], document["services"][0]["maximum_age"]) == (13, 25)


@pytest.mark.parametrize(
    ("tables", "finding"),
    [
        ({"organizations": ORGANIZATIONS + "1,Again,,\n"}, ("organizations.csv", 3, "duplicate_id")),
        ({"organizations": ORGANIZATIONS + ",Nameless id,,\n"}, ("organizations.csv", 3, "missing_id")),
        ({"organizations": ORGANIZATIONS + "2,,x,\n"}, ("organizations.csv", 3, "missing_name")),
        ({"organizations": ORGANIZATIONS + f"2,{'x' * 501},x,\n"}, ("organizations.csv", 3, "field_too_long")),
        ({"organizations": ORGANIZATIONS + f"2,x,{'x' * 20_001},\n"}, ("organizations.csv", 3, "field_too_long")),
        ({"services": "id,organization_id,name\n7,99,Advice\n"}, ("services.csv", 2, "dangling_reference")),
        ({"services": "id,organization_id,name\n7,,Advice\n"}, ("services.csv", 2, "missing_reference")),
        ({"services": "id,organization_id,name,status\n7,1,Advice,open\n"}, ("services.csv", 2, "bad_status")),
        ({"services": "number,title\n7,Advice\n"}, ("services.csv", 1, "wrong_header")),
        ({"services": "id,id,organization_id,name\n7,7,1,Advice\n"}, ("services.csv", 1, "wrong_header")),
        ({"phones": "organization_id,number\n1,none\n"}, ("phones.csv", 2, "bad_phone")),
        ({"phones": "organization_id,number\n99,555 1234\n"}, ("phones.csv", 2, "dangling_reference")),
        ({"recipes": "id\n1\n"}, ("recipes.csv", 0, "unknown_table")),
    ],
)
def test_a_flawed_row_is_named_and_the_rest_is_loaded(
    tmp_path: Path, tables: dict[str, str], finding: tuple[str, int, str]
) -> None:
    directory = read(tmp_path, **{"organizations": ORGANIZATIONS, **tables})
    assert finding in codes(directory)
    (document,) = documents(directory)
    assert "services" not in document
    assert "phones" not in document


@pytest.mark.parametrize(
    ("url", "email", "code"), [("not a url", "a@b.dk", "bad_url"), ("https://example.org", "nobody", "bad_email")]
)
def test_a_bad_address_is_dropped_and_the_row_is_kept(tmp_path: Path, url: str, email: str, code: str) -> None:
    directory = read(tmp_path, organizations=f"id,name,description,url,email\n1,Legal Aid,x,{url},{email}\n")
    (document,) = documents(directory)
    assert codes(directory) == [("organizations.csv", 2, code)]
    assert ("website" in document, "email" in document) == (code != "bad_url", code != "bad_email")


def test_what_hangs_on_a_refused_row_is_refused_with_it(tmp_path: Path) -> None:
    directory = read(
        tmp_path,
        organizations=ORGANIZATIONS + "2,,No name,\n",
        services=SERVICES + "8,2,Advice,active\n",
        phones="service_id,number\n8,555 1234\n",
    )
    assert ("services.csv", 3, "parent_refused") in codes(directory)
    assert ("phones.csv", 2, "parent_refused") in codes(directory)
    assert [document["name"] for document in documents(directory)] == ["Legal Aid"]


def test_other_delimiters_marks_and_columns_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "Organizations.CSV").write_bytes("﻿ID;Name;Colour\r\n1;Ærø;red\r\n".encode())
    (document,) = documents(read_directory(tmp_path, "test"))
    assert document["name"] == "Ærø"
    assert "colour" not in document


@pytest.mark.parametrize(
    "tables", [{}, {"services": SERVICES}, {"organizations": ""}, {"organizations": "id,title\n1,x\n"}]
)
def test_without_organizations_the_input_is_unusable(tmp_path: Path, tables: dict[str, str]) -> None:
    with pytest.raises(Unusable):
        read(tmp_path, **tables)


def test_a_path_that_is_not_there_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="does not exist"):
        read_directory(tmp_path / "nowhere", "test")


@pytest.mark.skipif(not ILAO.exists(), reason="needs the directory of legal aid in Illinois")
def test_a_real_directory_of_hsds_1_x() -> None:
    directory = read_directory(ILAO, "ilao")
    weights = dict.fromkeys(Weight, 0)
    for found in directory.findings.all():
        weights[found.weight] += found.rows
    assert (sum(directory.rows.values()), len(documents(directory))) == (4490, 33)
    assert (weights[Weight.REFUSED], weights[Weight.LEFT_OUT]) == (789, 3020)
    assert sum(len(document.get("services", ())) for document in documents(directory)) == 89
