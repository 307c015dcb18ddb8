"""Delimited text as found in the world."""

from pathlib import Path

import pytest

from cli.importers.findings import Findings
from cli.importers.tables import LONGEST_FIELD, Table, read_table


def read(folder: Path, content: bytes | str) -> tuple[Table, list[tuple[int, str]]]:
    file = folder / "table.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    findings = Findings()
    table = read_table(file, findings)
    return table, [(found.line, found.code) for found in findings.all()]


def names(table: Table) -> list[str]:
    return [row.fields["name"] for row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_no_part_of_the_header(tmp_path: Path, encoding: str) -> None:
    table, found = read(tmp_path, "id,name\n1,Ærø\n".encode(encoding))
    assert (table.header, names(table), found) == (("id", "name"), ["Ærø"], [])


def test_another_encoding_is_read_and_said(tmp_path: Path) -> None:
    table, found = read(tmp_path, "id,name\n1,Ærø\n".encode("latin-1"))
    assert (names(table), found) == (["Ærø"], [(0, "encoding")])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen(tmp_path: Path, delimiter: str) -> None:
    table, _ = read(tmp_path, f"id{delimiter}name\n1{delimiter}x\n")
    assert names(table) == ["x"]


@pytest.mark.parametrize("content", ["", "\n\n", "﻿"])
def test_an_empty_file_has_no_header(tmp_path: Path, content: str) -> None:
    table, found = read(tmp_path, content)
    assert (table.header, table.rows, found) == ((), [], [])


def test_names_of_columns_are_compared_without_case(tmp_path: Path) -> None:
    table, _ = read(tmp_path, " ID , Name\n1,x\n")
    assert table.header == ("id", "name")


def test_a_line_break_in_quotes_is_part_of_the_value_and_lines_are_counted(tmp_path: Path) -> None:
    table, _ = read(tmp_path, 'id,name\r\n1,"a\r\nb"\r\n\r\n2,c\r\n')
    assert [(row.line, row.fields["name"]) for row in table.rows] == [(2, "a\r\nb"), (5, "c")]


def test_a_row_of_empty_values_is_a_row_and_an_empty_line_is_none(tmp_path: Path) -> None:
    table, _ = read(tmp_path, "id,name\n1,a\n,\n\n2,b\n")
    assert names(table) == ["a", "", "b"]


def test_a_quote_that_is_never_closed_costs_its_own_row(tmp_path: Path) -> None:
    table, found = read(tmp_path, 'id,name\n1,"a\n2,b\n3,c\n')
    assert (names(table), found) == (["b", "c"], [(2, "bad_quotes")])


def test_a_huge_field_costs_its_own_row(tmp_path: Path) -> None:
    table, found = read(tmp_path, f"id,name\n1,{'x' * (LONGEST_FIELD + 1)}\n2,b\n")
    assert (names(table), found) == (["b"], [(2, "bad_quotes")])


def test_rows_of_another_length_than_the_header(tmp_path: Path) -> None:
    table, found = read(tmp_path, "id,name,url\n1,a\n2,b,c,d\n3,e,f,\n")
    assert (names(table), found) == (["a", "e"], [(2, "short_row"), (3, "extra_values")])


def test_a_nul_character_costs_its_own_row(tmp_path: Path) -> None:
    table, found = read(tmp_path, "id,name\n1,a\0b\n2,c\n")
    assert (names(table), found) == (["c"], [(2, "control_character")])


def test_a_file_of_nothing_but_quotes_is_given_up(tmp_path: Path) -> None:
    table, found = read(tmp_path, "id,name\n" + '"x" y\n' * 3000)
    assert table.rows == []
    assert found[-1][1] == "unreadable"
    assert len(found) < 1100
