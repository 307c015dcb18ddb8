"""samspor import-log against real services: every row once, at its own time, also when a run was interrupted."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.desk import Desk
from cli.importers.load_log import LogLoader
from cli.importers.xes_log import EventLog, read_log
from cli.imports import import_log
from deploy.local.postgres import Postgres
from libs.host.settings import Settings
from tests.partners.system import LOG, published, running

RECEIPT = Path(__file__).parents[3] / "shared" / "data" / "municipal-log" / "receipt.csv"
HEADER = "case:concept:name,concept:name,org:group,org:resource,time:timestamp"


@pytest.fixture(scope="module")
def system(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with running(postgres, tmp_path_factory.mktemp("system"), LOG) as settings:
        yield settings


def log_of(folder: Path, name: str, *rows: str) -> EventLog:
    file = folder / "log.csv"
    file.write_text("\n".join((HEADER, *rows, "")))
    return read_log(file, name, datetime.now(UTC))


def load(system: Settings, log: EventLog) -> tuple[int, int, int]:
    """Rows recorded, known before and refused."""
    with Desk(system) as desk:
        loaded = LogLoader(desk, log, "log.csv").load(lambda _: None)
    return loaded.recorded, loaded.known, loaded.refused


def notes(system: Settings, log: EventLog) -> list[Any]:
    """The notes of a log's groups, in the order of their positions."""
    groups = {log.id_of("group", group) for group in log.groups}
    return [
        event for event in published(system, "cases") if "NoteWritten" in event.type and event.organisation in groups
    ]


def test_a_row_is_a_note_of_its_group_at_its_own_time(system: Settings, tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        "own",
        "c1,Second,B,r2,2011-01-02T10:00:00.000001+01:00",
        "c1,First,A,r1,2011-01-01T00:00:00Z",
        "c1,Third,A,r3,2011-01-03T00:00:00Z",
    )
    assert load(system, log) == (3, 0, 0)
    found = notes(system, log)
    assert [(event.time, event.actor) for event in found] == [
        ("2011-01-01T00:00:00Z", "r1"),
        ("2011-01-02T09:00:00.000001Z", "r2"),
        ("2011-01-03T00:00:00Z", "r3"),
    ]
    assert [event.organisation for event in found] == [log.id_of("group", group) for group in "ABA"]
    assert len({(event.citizen, event.case) for event in found}) == 1
    (opened,) = [event for event in published(system, "cases") if event.subject == found[0].case][:1]
    assert (opened.type, opened.time) == ("cases.CaseOpened.v1", "2011-01-01T00:00:00Z")


def test_rows_that_say_the_same_are_recorded_as_often_as_they_stand_there(system: Settings, tmp_path: Path) -> None:
    row = "c1,Check,A,r,2011-01-01T00:00:00Z"
    log = log_of(tmp_path, "same", row, row, row)
    assert load(system, log) == (3, 0, 0)
    assert load(system, log) == (0, 3, 0)
    assert len(notes(system, log)) == 3


def test_a_run_that_was_interrupted_is_taken_up_again(system: Settings, tmp_path: Path) -> None:
    rows = [f"c{n % 20},Check {n},g{n % 3},r,2011-01-01T00:00:{n % 60:02}Z" for n in range(120)]
    log = log_of(tmp_path, "interrupted", *rows)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with Desk(system) as desk, pytest.raises(KeyboardInterrupt):
        LogLoader(desk, log, "log.csv").load(interrupt)
    recorded, known, refused = load(system, log)
    assert known > 0
    assert (recorded + known, refused) == (120, 0)
    assert len(notes(system, log)) == 120
    assert load(system, log) == (0, 120, 0)


def test_a_log_that_has_grown_adds_only_what_is_new(system: Settings, tmp_path: Path) -> None:
    early = "c1,Earlier,C,r,2011-01-01T00:00:00Z"
    late = ["c1,Later,A,r,2011-01-02T00:00:00Z", "c1,Latest,B,r,2011-01-03T00:00:00Z"]
    assert load(system, log_of(tmp_path, "grown", *late)) == (2, 0, 0)
    log = log_of(tmp_path, "grown", *late, early)
    assert load(system, log) == (1, 2, 0)
    assert len(notes(system, log)) == 3


@pytest.mark.parametrize("content", ["", "case,activity\n", "case:concept:name,concept:name\nc1,Check\n"])
def test_a_file_that_is_no_log_ends_with_2_and_one_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "log.csv"
    file.write_text(content)
    app = typer.Typer()
    app.command()(import_log)
    result = CliRunner().invoke(app, [str(file)])
    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)


def test_without_services_it_ends_with_2(system: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = system.model_copy(update={"rpc": dict.fromkeys(system.rpc, "127.0.0.1:9")})
    monkeypatch.setattr("libs.host.settings.load", lambda: nowhere)
    monkeypatch.setattr("cli.desk.START", 0.1)
    file = tmp_path / "log.csv"
    file.write_text(f"{HEADER}\nc1,Check,A,r,2011-01-01T00:00:00Z\n")
    app = typer.Typer()
    app.command()(import_log)
    result = CliRunner().invoke(app, [str(file)])
    assert result.exit_code == 2
    assert "partners does not answer" in result.output


@pytest.mark.skipif(not RECEIPT.exists(), reason="needs the log of a municipality's receipt phase")
def test_the_beginning_of_a_real_log(system: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = RECEIPT.read_text().splitlines(keepends=True)
    file = tmp_path / "receipt.csv"
    file.write_text("".join(lines[:401]) + ",,,,,,,,,,,,,,\n" + lines[401].replace("2011", "2911"))
    monkeypatch.setattr("libs.host.settings.load", lambda: system)
    app = typer.Typer()
    app.command()(import_log)
    first, second = (CliRunner().invoke(app, [str(file)]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Everything was loaded before; nothing was added." in second.output
    assert "receipt.csv:402: refused missing_case" in first.output
    assert "receipt.csv:403: refused future_time" in first.output
    log = read_log(file, "receipt", datetime.now(UTC))
    assert len(notes(system, log)) == sum(len(case.entries) for case in log.cases) == 400
    per_case: Counter[str] = Counter()
    for event in notes(system, log):
        assert event.streamversion > per_case[event.case]
        per_case[event.case] = event.streamversion
