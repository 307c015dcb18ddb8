"""Event logs with the names of XES: rows into cases, and what is said of the others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.importers.directory import Unusable
from cli.importers.xes_log import EventLog, read_log

RECEIPT = Path(__file__).parents[3] / "shared" / "data" / "municipal-log" / "receipt.csv"
NOW = datetime(2026, 1, 15, tzinfo=UTC)
HEADER = "case:concept:name,concept:name,lifecycle:transition,org:group,org:resource,time:timestamp"


def read(folder: Path, *rows: str, header: str = HEADER) -> EventLog:
    file = folder / "log.csv"
    file.write_text("\n".join((header, *rows, "")))
    return read_log(file, "log", NOW)


def codes(log: EventLog) -> list[tuple[int, str]]:
    return [(found.line, found.code) for found in log.findings.all()]


def test_a_row_is_an_entry_of_its_case(tmp_path: Path) -> None:
    log = read(tmp_path, "c1,Check,start,Group 1,Resource2,2011-10-11 13:45:40.276001+02:00")
    (case,) = log.cases
    (entry,) = case.entries
    assert (case.name, entry.group, entry.resource, entry.text) == ("c1", "Group 1", "Resource2", "Check (start)")
    assert entry.time == datetime(2011, 10, 11, 11, 45, 40, 276001, tzinfo=UTC)


@pytest.mark.parametrize("time", ["2011-10-11T11:45:40Z", "2011-10-11 11:45:40", "2011-10-11T13:45:40,000+0200"])
def test_times_as_iso_8601_writes_them(tmp_path: Path, time: str) -> None:
    quoted = f'"{time}"'
    log = read(tmp_path, f"c1,Check,complete,g,r,{quoted}")
    assert log.cases[0].entries[0].time == datetime(2011, 10, 11, 11, 45, 40, tzinfo=UTC)


def test_a_case_is_in_the_order_of_its_times_and_groups_join_when_they_first_appear(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "c1,Third,complete,B,r,2011-01-03T00:00:00Z",
        "c2,Other,complete,C,r,2011-01-01T00:00:00Z",
        "c1,First,complete,A,r,2011-01-01T00:00:00Z",
        "c1,Second,complete,B,r,2011-01-02T00:00:00Z",
    )
    first, second = log.cases
    assert [entry.text for entry in first.entries] == ["First", "Second", "Third"]
    assert [case.name for case in (first, second)] == ["c1", "c2"]
    assert log.groups == ["A", "B", "C"]


def test_rows_that_say_the_same_are_events_of_their_own(tmp_path: Path) -> None:
    row = "c1,Check,complete,g,r,2011-01-01T00:00:00Z"
    log = read(tmp_path, row, row, row)
    assert len({entry.id for entry in log.cases[0].entries}) == 3


def test_an_id_depends_on_the_row_and_not_on_where_it_stands(tmp_path: Path) -> None:
    rows = [f"c1,Check {n},complete,g,r,2011-01-01T00:00:0{n}Z" for n in range(5)]
    ids = [entry.id for entry in read(tmp_path, *rows).cases[0].entries]
    turned = read(tmp_path, "c0,Else,complete,g,r,2011-01-01T00:00:00Z", *reversed(rows))
    assert [entry.id for entry in turned.cases[1].entries] == ids


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",Check,complete,g,r,2011-01-01T00:00:00Z", "missing_case"),
        ("c1,,complete,g,r,2011-01-01T00:00:00Z", "empty_activity"),
        ("c1,Check,complete,g,r,", "missing_time"),
        ("c1,Check,complete,g,r,yesterday", "unreadable_time"),
        ("c1,Check,complete,g,r,0001-01-01T00:00:00+23:00", "unreadable_time"),
        ("c1,Check,complete,g,r,2027-01-01T00:00:00Z", "future_time"),
        (f"c1,{'x' * 70_000},complete,g,r,2011-01-01T00:00:00Z", "field_too_long"),
        (f"{'c' * 101},Check,complete,g,r,2011-01-01T00:00:00Z", "field_too_long"),
        ("c1,Check,complete,g,r,2011-01-01T00:00:00Z,x", "extra_values"),
        ('c1,"Check"x,complete,g,r,2011-01-01T00:00:00Z', "bad_quotes"),
        ("c1,Ch\0eck,complete,g,r,2011-01-01T00:00:00Z", "control_character"),
    ],
)
def test_a_row_that_cannot_be_recorded_is_named_and_the_rest_goes_on(tmp_path: Path, row: str, code: str) -> None:
    log = read(tmp_path, row, "c2,Check,complete,g,r,2011-01-01T00:00:00Z")
    assert codes(log) == [(2, code)]
    assert ([case.name for case in log.cases], log.rows) == (["c2"], 2)


def test_group_and_resource_need_not_be_there(tmp_path: Path) -> None:
    log = read(tmp_path, "c1,Check,2011-01-01T00:00:00Z", header="case:concept:name,concept:name,time:timestamp")
    (entry,) = log.cases[0].entries
    assert (entry.group, entry.resource) == ("(no group)", "unknown")


@pytest.mark.parametrize("header", ["", "case,activity,time", "case:concept:name,concept:name"])
def test_a_file_without_the_columns_is_unusable(tmp_path: Path, header: str) -> None:
    with pytest.raises(Unusable):
        read(tmp_path, "c1,Check,2011-01-01T00:00:00Z", header=header)


@pytest.mark.skipif(not RECEIPT.exists(), reason="needs the log of a municipality's receipt phase")
def test_a_real_log() -> None:
    log = read_log(RECEIPT, "receipt", NOW)
    assert (log.rows, len(log.cases), len(log.groups), codes(log)) == (8577, 1434, 10, [])
    assert len({entry.id for case in log.cases for entry in case.entries}) == 8577
