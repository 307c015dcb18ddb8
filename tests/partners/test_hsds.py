"""What is wrong with a document that should be an HSDS organization, and where."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.partners.directory_entry import take
from services.partners.errors import OrganizationMalformed
from services.partners.hsds import ENTITIES, Fault, problems

EXAMPLES = Path(__file__).parents[3] / "shared" / "data" / "hsds-spec-examples"
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def document() -> dict[str, Any]:
    """Small, whole and right: one of each that refers to another."""
    return {
        "id": ID,
        "name": "Example",
        "programs": [{"id": _id(1), "name": "Programme", "organization_id": ID}],
        "locations": [{"id": _id(2), "addresses": [{"id": _id(3), "location_id": _id(2), "city": "Odense"}]}],
        "contacts": [{"id": _id(4), "phones": [{"id": _id(5), "number": "12345678", "contact_id": _id(4)}]}],
        "services": [
            {
                "id": _id(6),
                "name": "Advice",
                "status": "active",
                "program_id": _id(1),
                "service_at_locations": [{"id": _id(7), "location_id": _id(2)}],
                "schedules": [{"id": _id(8), "freq": "WEEKLY", "byday": "MO", "opens_at": "10:00"}],
            }
        ],
    }


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def test_a_right_document_has_no_problems() -> None:
    assert problems(document()) == []


@pytest.mark.parametrize(
    ("change", "path", "fault"),
    [
        (lambda d: d.pop("id"), "$.id", Fault.REQUIRED),
        (lambda d: d.update(id="91676"), "$.id", Fault.UUID),
        (lambda d: d.update(name=" "), "$.name", Fault.REQUIRED),
        (lambda d: d.update(name="x" * 501), "$.name", Fault.TOO_LONG),
        (lambda d: d.update(email=["a"]), "$.email", Fault.TYPE),
        (lambda d: d.update(description="a\0b"), "$.description", Fault.CONTROL_CHARACTER),
        (lambda d: d.update(year_incorporated="2011"), "$.year_incorporated", Fault.TYPE),
        (lambda d: d.update(services={}), "$.services", Fault.TYPE),
        (lambda d: d.update(services=["x"]), "$.services[0]", Fault.TYPE),
        (lambda d: d["services"][0].pop("status"), "$.services[0].status", Fault.REQUIRED),
        (lambda d: d["services"][0].update(status="open"), "$.services[0].status", Fault.VOCABULARY),
        (lambda d: d["services"][0].update(minimum_age=True), "$.services[0].minimum_age", Fault.TYPE),
        (lambda d: d["services"].append(d["services"][0]), "$.services[1].id", Fault.DUPLICATE),
        (lambda d: d["services"][0].update(program_id=_id(9)), "$.services[0].program_id", Fault.DANGLING),
        (
            lambda d: d["services"][0]["service_at_locations"][0].update(location_id=_id(9)),
            "$.services[0].service_at_locations[0].location_id",
            Fault.DANGLING,
        ),
        (
            lambda d: d["locations"][0]["addresses"][0].update(location_id=_id(9)),
            "$.locations[0].addresses[0].location_id",
            Fault.DANGLING,
        ),
        (lambda d: d["contacts"][0]["phones"][0].pop("number"), "$.contacts[0].phones[0].number", Fault.REQUIRED),
    ],
)
def test_a_problem_is_named_with_its_path(change: Callable[[dict[str, Any]], object], path: str, fault: Fault) -> None:
    changed = document()
    change(changed)
    assert (path, fault) in problems(changed)


def test_null_counts_as_left_out() -> None:
    changed = document() | {"email": None, "phones": None}
    assert problems(changed) == []


def test_fields_of_later_versions_are_left_alone() -> None:
    changed = document()
    changed["services"][0]["additional_things"] = [{"id": "x", "url": 1}]
    assert problems(changed) == []


@pytest.mark.skipif(not EXAMPLES.exists(), reason="needs the specification's examples")
def test_the_specification_s_own_example_is_right() -> None:
    text = (EXAMPLES / "organization_full.json").read_text()
    assert problems(json.loads(text)) == []
    assert [service.text("name") for service in take(text).services] == ["Community Counselling"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(ID),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *ENTITIES["service"].many,
                    "services",
                    "locations",
                    "id",
                    "name",
                    "status",
                    "location",
                    "program",
                    "location_id",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_taken_or_refused(value: Any) -> None:
    found = problems(value)
    if not found:
        assert take(json.dumps(value)).organization.id == value["id"].lower()
        return
    with pytest.raises(OrganizationMalformed) as refused:
        take(json.dumps(value))
    assert refused.value.details["path"] == found[0].path
