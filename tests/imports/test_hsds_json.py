"""HSDS 3.0 JSON in its shapes: one organization, one service, pages and lists of them, tables in one document."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.importers.directory import Directory, Unusable, read_directory
from services.partners.directory_entry import take

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "hsds-spec-examples"
ORGANIZATION = {"id": "01890a5d-ac96-474b-8cce-b302099a8057", "name": "Legal Aid", "description": "Advice"}
SERVICE = {"id": "11890a5d-ac96-474b-8cce-b302099a8057", "name": "Advice", "status": "active"}


def read(folder: Path, **files: Any) -> Directory:
    for name, content in files.items():
        (folder / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return read_directory(folder, "test")


def documents(directory: Directory) -> list[dict[str, Any]]:
    """The documents, each of which the service would take."""
    found = [organization.document for organization in directory.organizations]
    for document in found:
        take(msgspec.json.encode(document).decode())
    return found


@pytest.mark.parametrize(
    "content",
    [
        ORGANIZATION | {"services": [SERVICE]},
        SERVICE | {"organization": ORGANIZATION},
        {
            "id": "21890a5d-ac96-474b-8cce-b302099a8057",
            "service": SERVICE | {"organization": ORGANIZATION},
            "location": {"id": "31890a5d-ac96-474b-8cce-b302099a8057"},
        },
        [SERVICE | {"organization": ORGANIZATION}],
        {"total_items": 1, "page_number": 1, "contents": [ORGANIZATION | {"services": [SERVICE]}]},
        {"organizations.csv": [ORGANIZATION], "services.csv": [SERVICE | {"organization_id": ORGANIZATION["id"]}]},
    ],
)
def test_every_shape_leads_to_the_organization(tmp_path: Path, content: Any) -> None:
    (document,) = documents(read(tmp_path, one=content))
    assert document["name"] == "Legal Aid"
    assert [service["name"] for service in document["services"]] == ["Advice"]


def test_what_several_files_say_of_one_organization_is_one_document(tmp_path: Path) -> None:
    other = SERVICE | {"id": "41890a5d-ac96-474b-8cce-b302099a8057", "name": "Mentors"}
    directory = read(tmp_path, a=SERVICE | {"organization": ORGANIZATION}, b=other | {"organization": ORGANIZATION})
    (document,) = documents(directory)
    assert [service["name"] for service in document["services"]] == ["Advice", "Mentors"]
    assert len(directory.findings) == 0


def test_a_contradiction_is_named_and_the_first_word_counts(tmp_path: Path) -> None:
    directory = read(tmp_path, a=ORGANIZATION, b=ORGANIZATION | {"name": "Another"})
    assert documents(directory)[0]["name"] == "Legal Aid"
    assert [(found.file, found.code) for found in directory.findings.all()] == [("b.json", "conflicting_duplicate")]


@pytest.mark.parametrize(
    ("service", "path", "code"),
    [
        (SERVICE | {"status": "open"}, "$.services[0]", "bad_status"),
        (SERVICE | {"name": ""}, "$.services[0]", "missing_name"),
        ({"name": "Advice", "status": "active"}, "$.services[0]", "missing_id"),
        ("Advice", "$.services[0]", "bad_type"),
        (SERVICE | {"phones": [{"number": "none"}]}, "$.services[0].phones[0]", "bad_phone"),
        (SERVICE | {"email": {"a": 1}}, "$.services[0]", "bad_type"),
        (SERVICE | {"minimum_age": "old"}, "$.services[0]", "bad_number"),
    ],
)
def test_a_flaw_is_named_with_its_path(tmp_path: Path, service: Any, path: str, code: str) -> None:
    directory = read(tmp_path, one=ORGANIZATION | {"services": [service]})
    assert (path, code) in [(found.path, found.code) for found in directory.findings.all()]
    assert len(documents(directory)) == 1


@pytest.mark.parametrize("content", ["{", "[]", "3", '"x"', '{"colour": "red"}', "[" * 5000])
def test_what_is_no_hsds_is_unusable(tmp_path: Path, content: str) -> None:
    with pytest.raises(Unusable):
        read(tmp_path, one=content)


def test_a_broken_file_does_not_stop_the_others(tmp_path: Path) -> None:
    directory = read(tmp_path, broken="{", right=ORGANIZATION)
    assert len(documents(directory)) == 1
    assert [(found.file, found.code) for found in directory.findings.all()] == [("broken.json", "not_json")]


@pytest.mark.skipif(not EXAMPLES.exists(), reason="needs the specification's examples")
@pytest.mark.parametrize("name", ["organization_full", "service_full", "service_at_location_full", "tabular"])
def test_the_specification_s_examples(name: str) -> None:
    (document,) = documents(read_directory(EXAMPLES / f"{name}.json", "test"))
    (service,) = document["services"]
    assert (document["name"], service["name"]) == ("Example Organization Inc.", "Community Counselling")
    assert service["phones"]
    assert document["programs"]
    assert service["cost_options"][0]["amount"] == 35
