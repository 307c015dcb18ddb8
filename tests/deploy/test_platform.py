"""A whole platform: what ends is started again, and a run that was killed is taken over with its data."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from urllib.request import urlopen

import psycopg
import pytest

from deploy.local.platform import Platform
from deploy.local.process import start_ticks, wait_until
from deploy.local.supervisor import AlreadyRunning, Claim, Supervisor
from libs.spec.platforms import running_platform, samspor
from libs.spec.servers import server_folder


class Runs:
    """One run after another in the same folder, each begun without ending the one before."""

    def __init__(self, first: Platform) -> None:
        self._all = [first]

    @property
    def current(self) -> Platform:
        return self._all[-1]

    def again(self) -> Platform:
        self._all.append(Platform(self.current.folder))
        self.current.start()
        return self.current

    def end(self) -> None:
        for each in reversed(self._all):
            each.stop()


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with running_platform() as first:
        begun = Runs(first)
        yield begun
        begun.end()


def pids(platform: Platform) -> dict[str, int]:
    servers = {"postgres": platform.postgres.process, "rabbitmq": platform.rabbitmq.process}
    found = servers | {name: program.process for name, program in platform.programs.items()}
    return {name: process.pid for name, process in found.items() if process.pid is not None}


def answer_kept(platform: Platform) -> tuple[object, ...] | None:
    with psycopg.connect(platform.postgres.url("cases", owner=True)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
        return connection.execute("SELECT answer, xmin::text FROM kept").fetchone()


def test_after_kill_9_of_everything_the_next_run_has_data_and_address(runs: Runs) -> None:
    address, kept = runs.current.address, answer_kept(runs.current)
    for pid in pids(runs.current).values():
        os.kill(pid, signal.SIGKILL)
    later = runs.again()

    assert later.address == address
    assert answer_kept(later) == kept
    with urlopen(f"{address}health/ready", timeout=5) as answer:
        assert answer.status == 200


def test_a_run_takes_over_from_one_whose_supervisor_alone_was_killed(runs: Runs) -> None:
    orphans, kept = pids(runs.current), answer_kept(runs.current)
    later = runs.again()

    assert len(orphans) == len(pids(later)) == 6
    assert [pid for pid in orphans.values() if start_ticks(pid)] == []
    assert answer_kept(later) == kept


@pytest.mark.parametrize("name", ["rpc", "rpc-consents", "worker", "gateway"])
def test_what_dies_is_started_again(runs: Runs, name: str) -> None:
    program, said, stopping = runs.current.programs[name], list[str](), Event()
    dead = program.process.pid
    program.process.kill()
    watch = Thread(target=Supervisor(runs.current, said.append).watch, args=(stopping,))
    watch.start()
    try:
        assert wait_until(lambda: program.process.pid not in (None, dead) and program.ready(), 60)
    finally:
        stopping.set()
        watch.join()
    assert said == [f"{name} ended; starting it again"]


def test_status_says_what_runs(runs: Runs) -> None:
    own = runs.current
    said = json.loads(samspor(own, "status", "--folder", str(own.folder), "--json"))

    assert said["ready"] is True
    assert said["address"] == own.address
    assert {each["name"]: each["pid"] for each in said["processes"]} == pids(own)
    assert sum(each["memory_mb"] for each in said["processes"]) < 900


def test_settings_and_keys_are_their_owners_alone(runs: Runs) -> None:
    own = runs.current
    secret = [own.environment_file, *(own.folder / "secrets").iterdir(), *(own.folder / "keys" / "private").iterdir()]

    assert len(secret) >= 8
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in secret} == {file.name: "0o600" for file in secret}


def test_one_run_at_a_time_keeps_a_folder(tmp_path: Path) -> None:
    first = Claim(tmp_path)
    with pytest.raises(AlreadyRunning):
        Claim(tmp_path)
    first.release()
    Claim(tmp_path).release()


@pytest.fixture
def folder() -> Iterator[Path]:
    with server_folder() as made:
        yield made


def test_what_keeps_ending_is_started_ever_more_slowly(folder: Path) -> None:
    """All seem to run, as this very process, but rpc, which ends for want of databases."""
    platform, said, stopping = Platform(folder), list[str](), Event()
    seemingly = [platform.postgres.process, platform.rabbitmq.process]
    seemingly += [platform.programs[name].process for name in ("rpc-consents", "worker", "gateway")]
    for process in seemingly:
        process.record.parent.mkdir(exist_ok=True)
        process.record.write_text(json.dumps([os.getpid(), start_ticks(os.getpid())]))
    watch = Thread(target=Supervisor(platform, said.append).watch, args=(stopping,))
    watch.start()
    try:
        assert wait_until(lambda: len(said) >= 2, 60)
    finally:
        stopping.set()
        watch.join()
        platform.programs["rpc"].process.kill()
    assert said[:2] == ["rpc ended; starting it again", "rpc ended; starting it again in 1 s"]
