"""Worker processes as they are run: patched, on real servers."""

import json
import random
import subprocess
import sys
from functools import partial

import pytest

from libs.eventlog import decode_head
from tests.worker.conftest import Stage, Worker, wait_until


def is_ready(worker: Worker) -> bool:
    return worker.ready


def ended_or_done(stage: Stage, worker: Worker) -> bool:
    return worker.process.poll() is not None or len(stage.rows("SELECT FROM seen")) == 19


def test_what_is_recorded_has_its_effect(stage: Stage) -> None:
    worker = stage.start("cases", "timeline")
    stage.write(5)
    wait_until(stage.all_once, "five events applied")
    stage.write(200)
    wait_until(stage.all_once, "205 events applied")
    status, answer = worker.health()
    assert status == 200
    assert answer["services"]["cases"]["relay"]["active"]
    source = answer["services"]["timeline"]["sources"]["cases"]
    assert (source["position"], source["lag"], source["trouble"]) == (205, 0, "")
    assert worker.stop() == 0


def test_one_process_per_service_in_any_order(stage: Stage) -> None:
    stage.start("timeline")
    stage.write(20)
    first = stage.start("cases")
    wait_until(stage.all_once, "20 events applied")
    second = stage.start("cases")
    wait_until(lambda: second.ready, "the second one ready")
    assert not second.health()[1]["services"]["cases"]["relay"]["active"]
    first.kill()
    stage.write(20)
    wait_until(stage.all_once, "40 events applied, by the relay that waited")


def test_a_message_published_twice_has_one_effect(stage: Stage) -> None:
    """A relay that dies between confirm and cursor begins again at the cursor."""
    worker = stage.start("cases", "timeline")
    stage.write(30)
    wait_until(stage.all_once, "30 events applied")
    assert worker.stop() == 0
    stage.set_cursor(0)
    worker = stage.start("cases", "timeline")
    stage.write(1)
    wait_until(stage.all_once, "31 events applied once")
    wait_until(lambda: stage.cursor() == 31, "the cursor at the end")


def test_killed_at_random_while_commands_flow(stage: Stage) -> None:
    chance = random.Random(20)
    running = {name: stage.start(name) for name in ("cases", "timeline")}
    for _ in range(3):
        stage.write(chance.randrange(1, 60))
        name = chance.choice(("cases", "timeline"))
        running[name].kill()
        stage.write(chance.randrange(1, 60))
        running[name] = stage.start(name)
        wait_until(partial(is_ready, running[name]), "the next one ready")
    wait_until(stage.all_once, "all events applied once, in order")
    assert stage.rows("SELECT FROM parked") == []


def test_an_event_the_handler_refuses_is_parked_without_a_word_of_it(stage: Stage) -> None:
    worker = stage.start("cases", "timeline", REFUSED="7")
    stage.write(20)
    wait_until(lambda: stage.rows("SELECT position FROM positions") == [(20,)], "all positions passed")
    parked = stage.rows("SELECT source, position, reason, cause FROM parked")
    assert parked == [("cases", 7, "REFUSED", "ValueError")]
    assert len(stage.rows("SELECT FROM seen")) == 19
    assert "SECRET" not in worker.log.read_text()


def test_an_event_that_kills_its_process_is_parked_in_the_end(stage: Stage) -> None:
    stage.start("cases")
    stage.write(20)
    for _ in range(20):
        consumer = stage.start("timeline", FATAL="7")
        wait_until(partial(ended_or_done, stage, consumer), "the process dead or all others applied")
        if consumer.process.poll() is None:
            break
    parked = stage.rows("SELECT source, position, reason FROM parked")
    assert parked == [("cases", 7, "PROCESS_DIED")]
    assert len(stage.rows("SELECT FROM seen")) == 19


def test_one_trace_joins_command_message_and_effect(stage: Stage) -> None:
    spans = stage.folder / "spans.jsonl"
    worker = stage.start("cases", "timeline", SAMSPOR_OTLP_FILE=str(spans))
    stage.write(1)
    wait_until(stage.all_once, "one event applied")
    assert worker.stop() == 0
    head = decode_head(stage.log.page(0, 1).bodies[0])
    lines = [json.loads(line) for line in spans.read_text().splitlines()]
    ours = {line["name"]: line for line in lines if line["trace"] in head.traceparent}
    assert set(ours) == {"publish cases.events", "consume timeline.cases"}
    assert ours["consume timeline.cases"]["parent"] == ours["publish cases.events"]["span"]


@pytest.mark.parametrize(
    ("before", "error"),
    [
        ("import psycopg", "a worker must be patched before psycopg is imported"),
        ("import libs.host.worker; libs.host.worker.patch(); import grpc", "grpc was imported in a worker"),
    ],
)
def test_a_process_that_would_freeze_refuses_to_start(before: str, error: str) -> None:
    rest = (
        "import sys; from libs.host.worker import patch, check_patched;"
        "'eventlet' in sys.modules or patch(); check_patched()"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\n{rest}"], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert error in done.stderr


def test_no_service_brings_grpc_into_a_worker() -> None:
    program = (
        "from libs.host.worker import patch, check_patched; patch();"
        "from libs.host.service import NAMES, find; find(NAMES);"
        "import libs.host.worker_parts, libs.host.worker_health; check_patched()"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-600:]
