"""The HSDS API before real directories: every answer is what the specification's schemas accept."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from libs.host.settings import Settings
from services.gateway.hsds.description import ROOT
from services.gateway.hsds.parameters import LISTINGS
from services.gateway.site import Site
from tests.imports.conftest import Samspor
from tests.imports.opened import Opened, opened
from tests.imports.schema import FOLDER, wrong

DATA = FOLDER.parent
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="needs the directories")
NOBODY = "0189bbbb-0000-7000-8000-000000000001"
PAGE = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}


@pytest.fixture
def reader(hosted: Settings, site: Site, samspor: Samspor, catch_up: Callable[[], None]) -> Iterator[Opened]:
    """With the legal aid of Illinois and the specification's own examples in the directory."""
    for name in ("hsds-ilao", "hsds-spec-examples/organization_full.json", "hsds-spec-examples/service_full.json"):
        assert samspor("import-directory", DATA / name, "--json")[0] == 0
    catch_up()
    with opened(hosted, site) as made:
        yield made


def read(reader: Opened, path: str) -> Any:
    answer = reader.get(f"{ROOT}{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def contents(reader: Opened, path: str) -> list[dict[str, Any]]:
    page = read(reader, path)
    assert set(page) == PAGE
    assert (page["size"], page["empty"]) == (len(page["contents"]), not page["contents"])
    found: list[dict[str, Any]] = page["contents"]
    return found


def test_every_answer_is_valid(reader: Opened) -> None:
    seen = dict.fromkeys(LISTINGS, 0)
    for name, listing in LISTINGS.items():
        whole = "?full=true&per_page=20&page=" if "full" in listing.takes else "?page="
        variants = [f"/{name}?per_page=200", f"/{name}{whole}1", f"/{name}{whole}2"]
        variants += [f"/{name}?full_service=1&per_page=20"] if "full_service" in listing.takes else []
        documents = [each for path in variants for each in contents(reader, path)]
        for id_ in {each["id"] for each in documents[:60]}:
            documents.append(read(reader, f"/{name}/{id_}"))
            documents += [read(reader, f"/{name}/{id_}?full_service=true")] if listing.one_takes else []
        for document in documents:
            assert wrong(listing.kind, document) == []
        seen[name] = len(documents)
    assert min(seen.values()) > 0, seen


def test_all_of_a_kind_are_read_page_by_page_minimal_or_as_lines(reader: Opened) -> None:
    total = read(reader, "/services")["total_items"]
    ids: list[str] = []
    for number in range(1, 1000):
        page = read(reader, f"/services?per_page=40&page={number}")
        ids += [each["id"] for each in page["contents"]]
        assert (page["first_page"], page["page_number"]) == (number == 1, number)
        if page["last_page"]:
            assert page["total_pages"] == number
            break
    assert len(set(ids)) == len(ids) == total > 80
    minimal = contents(reader, "/services?minimal=true")
    assert [each["id"] for each in minimal] == ids
    assert {tuple(each) for each in minimal} == {("id", "modified_date")}
    lines = reader.get(f"{ROOT}/services?format=ndjson&full=true")
    assert lines.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line)["id"] for line in lines.text.splitlines()] == ids
    beyond = read(reader, "/services?page=500")
    assert (beyond["empty"], beyond["last_page"]) == (True, True)


def test_parameters_choose(reader: Opened) -> None:
    service = next(each for each in contents(reader, "/services?full=true") if each.get("attributes"))
    term = service["attributes"][0]["taxonomy_term"]["id"]
    for path in (f"?taxonomy_term_id={term}", f"?organization_id={service['organization']['id'].upper()}"):
        found = [each["id"] for each in contents(reader, f"/services{path}")]
        assert service["id"] in found
        assert len(found) < read(reader, "/services")["total_items"]
    assert service["id"] in [each["id"] for each in contents(reader, f"/services?search={service['name'][:20]}")]
    assert contents(reader, "/services?modified_after=2999-01-01T00:00:00Z") == []
    assert contents(reader, "/services?modified_after=2020-01-01") != []
    assert contents(reader, f"/organizations?search={NOBODY}") == []


@pytest.mark.parametrize(
    ("path", "status", "title", "named"),
    [
        ("/service_at_locations?postcode=5000&proximity=100", 400, "PARAMETER_UNKNOWN", "proximity"),
        ("/services?colour=red", 400, "PARAMETER_UNKNOWN", "colour"),
        ("/organizations?minimal=true", 400, "PARAMETER_UNKNOWN", "minimal"),
        ("/services?format=ndjson&page=2", 400, "PARAMETER_UNKNOWN", "page"),
        (f"/services/{NOBODY}?full=true", 400, "PARAMETER_UNKNOWN", "full"),
        ("/services?page=0", 400, "PARAMETER_MALFORMED", "page"),
        ("/services?page=1&page=2", 400, "PARAMETER_MALFORMED", "page"),
        ("/services?per_page=201", 400, "PARAMETER_MALFORMED", "per_page"),
        ("/services?full=true&per_page=21", 400, "PARAMETER_MALFORMED", "per_page"),
        ("/services?full=perhaps", 400, "PARAMETER_MALFORMED", "full"),
        ("/services?organization_id=1", 400, "PARAMETER_MALFORMED", "organization_id"),
        ("/services?modified_after=soon", 400, "PARAMETER_MALFORMED", "modified_after"),
        ("/services?format=xml", 400, "PARAMETER_MALFORMED", "format"),
        ("/service_at_locations?postcode=%00", 400, "PARAMETER_MALFORMED", "postcode"),
        (f"/services/{NOBODY}", 404, "ENTITY_UNKNOWN", "service"),
        ("/services/1", 404, "ENTITY_UNKNOWN", "service"),
    ],
)
def test_what_is_not_had_is_refused_by_name(
    hosted: Settings, site: Site, path: str, status: int, title: str, named: str
) -> None:
    with opened(hosted, site) as reader:
        answer = reader.get(f"{ROOT}{path}")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["title"]) == (status, status, title)
    assert f" {named} " in problem["detail"]


def test_a_copy_is_asked_about_and_any_site_may_show_it(reader: Opened) -> None:
    answer = reader.get(f"{ROOT}/services")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-cache"
    assert "set-cookie" not in answer.headers
    again = reader.get(f"{ROOT}/services", known=answer.headers["etag"])
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert reader.get(f"{ROOT}/services?page=2", known=answer.headers["etag"]).status_code == 200


def test_it_says_what_it_is(hosted: Settings, site: Site) -> None:
    with opened(hosted, site) as reader:
        about = read(reader, "/")
        assert about["version"] == "3.0"
        description = reader.client.get(about["openapi_url"]).json()
    theirs: dict[str, Any] = json.loads(Path(FOLDER / "openapi.json").read_text())
    assert set(theirs["paths"]) == set(description["paths"])
    for path, methods in theirs["paths"].items():
        named = [each.get("$ref", each.get("name")) for each in methods["get"].get("parameters", ())]
        offered = [each["name"] for each in description["paths"][path]["get"]["parameters"]]
        assert {name.rpartition("/")[2] for name in named} - {"proximity"} == set(offered), path


def test_who_asks_too_often_waits(hosted: Settings, site: Site) -> None:
    with opened(hosted, site, readings=2) as reader:
        answers = [reader.get(f"{ROOT}/taxonomies") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "60"
