"""Input broken at random: it is refused or loaded, never half, and never with a stack trace."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.importers.directory import Unusable, read_directory
from cli.importers.findings import Weight, rows_by_weight
from cli.importers.xes_log import read_log
from services.partners.hsds import problems
from tests.partners.test_hsds import document

TABLES = {
    "organizations": "id,name,description,url,email\n1,Legal Aid,Advice,https://example.org,a@b.dk\n2,Other,x,,\n",
    "services": "id,organization_id,name,status\n7,1,Advice,active\n8,2,Mentors,inactive\n",
    "locations": "id,organization_id,name,latitude\n5,1,Library,55.4\n6,2,School,\n",
    "services_at_location": "id,service_id,location_id\n3,7,5\n4,8,6\n",
    "phones": "id,location_id,service_id,number\n9,5,7,555 1234\n",
    "regular_schedules": "location_id,weekday,opens_at,closes_at\n5,Monday,9:00,17:00\n",
}
LOG = "case:concept:name,concept:name,org:group,org:resource,time:timestamp\n" + "".join(
    f'c{n % 3},"Check, {n}",g{n % 2},r,2011-01-0{n % 9 + 1}T00:00:00+01:00\n' for n in range(30)
)
SPLINTERS = (b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"\xc3", b";", b'""', b"1", b"\xe2\x80\xa8")
VALUES: tuple[Any, ...] = (None, "", [], {}, 0, -1, 3.5, True, "x\0y", "x" * 600, "91676", [1], ["a"], [{}], "99:99")
broken = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def splintered(content: bytes, chance: random.Random) -> bytes:
    """`content` with bytes lost, added and repeated."""
    broken = bytearray(content)
    for _ in range(chance.choice((0, 1, 3, 20))):
        place = chance.randrange(len(broken) + 1)
        match chance.randrange(3):
            case 0:
                del broken[place : place + chance.choice((1, 5, 50))]
            case 1:
                broken[place:place] = chance.choice(SPLINTERS)
            case _:
                broken[place:place] = broken[: chance.randrange(100)]
    return bytes(broken)


def twisted(value: Any, chance: random.Random) -> Any:
    """`value` with one of its parts replaced, dropped or repeated."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return chance.choice(VALUES)
    if isinstance(value, list):
        index = chance.randrange(len(value))
        return [*value[:index], twisted(value[index], chance), *value[chance.choice((index, index + 1)) :]]
    name = chance.choice(list(value))
    kept = {key: each for key, each in value.items() if key != name}
    return kept if chance.random() < 0.3 else kept | {chance.choice((name, "id", "name")): twisted(value[name], chance)}


@broken
@given(seed=st.integers(0, 2**32))
def test_what_is_read_from_broken_tables_would_be_taken(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for name, content in TABLES.items():
        (tmp_path / f"{name}.csv").write_bytes(splintered(content.encode(), chance))
    try:
        directory = read_directory(tmp_path, "test")
    except Unusable:
        return
    for organization in directory.organizations:
        assert problems(organization.document) == []


@broken
@given(seed=st.integers(0, 2**32))
def test_what_is_read_from_a_twisted_document_would_be_taken(tmp_path: Path, seed: int) -> None:
    chance, content = random.Random(seed), document()
    for _ in range(chance.choice((1, 2, 5))):
        content = twisted(content, chance)
    (tmp_path / "one.json").write_text(json.dumps(content))
    try:
        directory = read_directory(tmp_path, "test")
    except Unusable:
        return
    for organization in directory.organizations:
        assert problems(json.loads(json.dumps(organization.document))) == []


@broken
@given(seed=st.integers(0, 2**32))
def test_every_row_of_a_broken_log_is_an_entry_or_a_finding(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(splintered(LOG.encode(), random.Random(seed)))
    try:
        log = read_log(file, "log", datetime.now(UTC))
    except Unusable:
        return
    entries = [entry.id for case in log.cases for entry in case.entries]
    assert len(set(entries)) == len(entries)
    assert len(entries) + rows_by_weight(log.findings.all())[Weight.REFUSED] == log.rows


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff\xfe", b"{", b'"'])
def test_hardly_any_input_is_unusable(tmp_path: Path, content: bytes) -> None:
    for name in ("organizations.csv", "organizations.json"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Unusable):
            read_directory(tmp_path / name, "test")
        with pytest.raises(Unusable):
            read_log(tmp_path / name, "log", datetime.now(UTC))
