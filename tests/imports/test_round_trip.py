"""Import, export, import gives the same directory; the export is what the specification's schemas accept.

The directory between is what services/partners would keep: tests/partners/test_entities.py shows that on a database.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given

from cli.exports import Format, write
from cli.importers.directory import Directory, read_directory
from services.partners.directory_entry import digest_of, take
from services.partners.documents import complete
from tests.imports.documents import entities
from tests.imports.schema import FOLDER, wrong

DATA = FOLDER.parent
needs_data = pytest.mark.skipif(not DATA.exists(), reason="needs the directories")


def leaving(directory: Directory) -> list[dict[str, Any]]:
    """Organizations as they leave, from the parts that they are kept in."""
    return [complete("organization", _leaving(organization.document)) for organization in directory.organizations]


def _leaving(document: dict[str, Any]) -> dict[str, Any]:
    taken = take(msgspec.json.encode(document).decode())
    services = [
        part.document | {"service_at_locations": part.document.get("service_at_locations", [])}
        for part in taken.services
    ]
    parts = {"services": services, "locations": [part.document for part in taken.locations]}
    return taken.organization.document | {name: part for name, part in parts.items() if part}


def same(directory: Directory) -> dict[str, str]:
    """Organization -> digest of all that it says, in whatever order."""
    documents = leaving(directory)
    return {document["id"]: digest_of(_sorted(document)) for document in documents}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(each) for name, each in value.items() if each not in ([], "")}
    if isinstance(value, list):
        return sorted((_sorted(each) for each in value), key=lambda each: str(each.get("id")))
    return value


def again(directory: Directory, form: Format, folder: Path) -> Directory:
    terms = {
        "taxonomy": [complete("taxonomy", each.document) for each in directory.taxonomies],
        "taxonomy_term": [complete("taxonomy_term", term) for each in directory.taxonomies for term in each.terms],
    }
    write(folder, form, leaving(directory), terms)
    return read_directory(folder, "another name")


def check(directory: Directory) -> None:
    for document in leaving(directory):
        assert wrong("organization", document) == []
        for service in document.get("services", ()):
            assert wrong("service", service) == []
    for form in Format:
        with TemporaryDirectory() as folder:
            second = again(directory, form, Path(folder))
        assert same(second) == same(directory)
        assert {term["id"] for each in second.taxonomies for term in each.terms} == {
            term["id"] for each in directory.taxonomies for term in each.terms
        }
        assert {found.weight for found in second.findings.all()} <= {"warning"}


@needs_data
@pytest.mark.parametrize("name", ["hsds-ilao", "hsds-spec-examples/organization_full.json"])
def test_the_real_directories(name: str) -> None:
    check(read_directory(DATA / name, "first"))


@needs_data
@pytest.mark.parametrize("name", ["service_full", "service_at_location_full", "tabular"])
def test_the_other_examples(name: str) -> None:
    check(read_directory(DATA / "hsds-spec-examples" / f"{name}.json", "first"))


@needs_data
@given(entities("organization"))
def test_any_directory(document: dict[str, Any]) -> None:
    assert wrong("organization", document) == []
    with TemporaryDirectory() as folder:
        (Path(folder) / "one.json").write_text(json.dumps(document))
        check(read_directory(Path(folder), "first"))


def test_one_file_is_a_list_of_organizations(tmp_path: Path) -> None:
    document = {"id": "01890a5d-ac96-474b-8cce-b302099a8057", "name": "Legal Aid", "description": ""}
    write(tmp_path / "all.json", Format.JSON, [document], {})
    assert json.loads((tmp_path / "all.json").read_text()) == [document]
    (organization,) = read_directory(tmp_path / "all.json", "x").organizations
    assert organization.document["name"] == "Legal Aid"
