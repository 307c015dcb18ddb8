"""samspor import-directory against a real service: all of an organisation or none, and the second time nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk
from libs.host.settings import Settings
from tests.imports.conftest import Samspor

ILAO = Path(__file__).parents[3] / "shared" / "data" / "hsds-ilao"


def outcome(report: dict[str, int]) -> tuple[int, ...]:
    return tuple(report[name] for name in ("new", "changed", "unchanged", "refused"))


@pytest.mark.skipif(not ILAO.exists(), reason="needs the directory of legal aid in Illinois")
def test_a_real_directory_and_then_nothing_new(
    samspor: Samspor, hosted: Settings, catch_up: Callable[[], None]
) -> None:
    code, report = samspor("import-directory", ILAO, "--kind", "ngo", "--json")
    assert (code, outcome(report)) == (0, (33, 0, 0, 0))
    assert report["files"]["services.csv"] == {
        "rows": 430, "loaded": 89, "refused": 341, "left_out": 0, "warning": 430 - 1
    }  # fmt: skip
    code, report = samspor("import-directory", ILAO, "--json")
    assert (code, outcome(report)) == (0, (0, 0, 33, 0))
    catch_up()
    with Desk(hosted) as desk:
        found = desk.ask(partners.SearchServices(query="legal clinic"), partners.ServiceList, OPERATOR)
        assert found.total > 0


def test_a_change_in_the_input_is_a_change_of_the_organisation(
    samspor: Samspor, hosted: Settings, catch_up: Callable[[], None], tmp_path: Path
) -> None:
    organization = {"id": str(uuid4()), "name": "Before", "description": "x"}
    file = tmp_path / "one.json"
    for name, expected in (("Before", (1, 0, 0, 0)), ("After", (0, 1, 0, 0)), ("Before", (0, 1, 0, 0))):
        file.write_text(json.dumps(organization | {"name": name}))
        _, report = samspor("import-directory", file, "--json")
        catch_up()
        assert outcome(report) == expected
    with Desk(hosted) as desk:
        question = partners.GetOrganisation(organisation=organization["id"])
        assert desk.ask(question, partners.Organisation, OPERATOR).name == "Before"


def test_what_the_service_refuses_is_a_finding_and_the_rest_is_loaded(samspor: Samspor, tmp_path: Path) -> None:
    texts = dict.fromkeys(("description", "legal_status", "tax_status", "logo"), "x" * 19000)
    documents = [
        {"id": str(uuid4()), "name": "Large", **texts},
        {"id": str(uuid4()), "name": "Right", "description": "x"},
    ]
    (tmp_path / "two.json").write_text(json.dumps(documents))
    code, report = samspor("import-directory", tmp_path, "--json")
    assert (code, outcome(report)) == (0, (1, 0, 0, 1))
    ((found),) = report["findings"]
    assert (found["path"], found["code"]) == ("$[0]", "refused_by_service")
    assert found["message"].startswith("EVENT_TOO_LARGE")


def test_the_report_for_people_names_files_and_findings(samspor: Samspor, tmp_path: Path) -> None:
    (tmp_path / "organizations.csv").write_text(f"id,name,description,email\n{uuid4()},Right,x,nobody\n")
    code, text = samspor("import-directory", tmp_path)
    assert code == 0
    assert "organizations.csv:2: warning bad_email: email is no mail address; it is dropped" in " ".join(text.split())


@pytest.mark.parametrize("arguments", [("nowhere",), ("empty.csv",), ("empty.csv", "--kind", "club")])
def test_an_unusable_input_ends_with_2_and_one_line(
    samspor: Samspor, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "empty.csv").touch()
    code, text = samspor("import-directory", tmp_path / arguments[0], *arguments[1:])
    assert code == 2
    assert text.startswith("samspor: ")
    assert len(text.splitlines()) == 1
