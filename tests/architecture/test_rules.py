"""The house rules of rules.py hold, and each of them notices a file that breaks it."""

import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Final

import pytest

from tests.architecture.rules import (
    RULES,
    Rule,
    aggregate_is_pure,
    asks_no_generated_stub,
    fits_a_screen_or_two,
    logs_a_fixed_sentence,
    says_what_it_holds,
)

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("libs", "services", "cli", "deploy", "tests", "benchmarks")
VENDORED: Final = {"vendor", "node_modules", "__pycache__"}
WORKER_MODULES: Final = "libs.host.service, libs.host.telemetry, libs.bus, libs.eventlog, services.vocabulary"

AGGREGATE: Final = "def decide(): ...\ndef evolve(): ...\n"
BAD: Final[list[tuple[Rule, str, str]]] = [
    (fits_a_screen_or_two, "services/cases/case.py", "x = 1\n" * 300),
    (says_what_it_holds, "libs/utils/dates.py", ""),
    (says_what_it_holds, "services/cases/helpers.py", ""),
    (asks_no_generated_stub, "services/cases/queries.py", "from samspor.cases.v1 import cases_pb2_grpc"),
    (asks_no_generated_stub, "libs/host/rpc.py", "import samspor.cases.v1.cases_pb2_grpc as stubs"),
    (aggregate_is_pure, "services/cases/case.py", AGGREGATE + "import psycopg"),
    (aggregate_is_pure, "services/cases/case.py", AGGREGATE + "import time"),
    (aggregate_is_pure, "services/cases/case.py", AGGREGATE + "from services.consents import events"),
    (aggregate_is_pure, "services/cases/case.py", AGGREGATE + "from services.cases import service"),
    (aggregate_is_pure, "services/cases/case.py", AGGREGATE + "from libs.host.errors import RequestInvalid"),
    (aggregate_is_pure, "services/cases/case.py", AGGREGATE + "from datetime import datetime\ndatetime.now()"),
    (aggregate_is_pure, "services/cases/case.py", AGGREGATE + "from uuid import uuid4\nuuid4()"),
    (logs_a_fixed_sentence, "libs/bus/relay.py", 'self._log.info(f"parked {body}")'),
    (logs_a_fixed_sentence, "libs/bus/relay.py", "log.error(str(error))"),
]
GOOD: Final = AGGREGATE + (
    "from samspor.cases.v1 import cases_pb2\nfrom services.cases import events, errors\nimport msgspec\n"
    "from services.vocabulary import Category\nfrom libs.eventlog import Context, derived_id\n"
)


def files(kinds: frozenset[str]) -> list[Path]:
    found = [file for room in ROOMS for file in (ROOT / room).rglob("*") if file.suffix in kinds]
    return [file for file in found if not VENDORED & set(file.parts)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds(rule: Rule) -> None:
    looked_at = files(RULES[rule])
    assert looked_at
    relative = [(PurePosixPath(file.relative_to(ROOT)), file) for file in looked_at]
    assert [wrong for path, file in relative for wrong in rule(path, file.read_text())] == []


@pytest.mark.parametrize(("rule", "path", "text"), BAD, ids=range(len(BAD)))
def test_rule_notices(rule: Rule, path: str, text: str) -> None:
    assert list(rule(PurePosixPath(path), text))


def test_a_pure_aggregate_is_let_through() -> None:
    assert list(aggregate_is_pure(PurePosixPath("services/cases/case.py"), GOOD)) == []


def test_every_rule_has_a_file_that_breaks_it() -> None:
    assert {rule for rule, _, _ in BAD} == set(RULES)


def test_a_worker_comes_up_without_grpc() -> None:
    """The contracts read imports; this makes them."""
    script = (
        f"import sys, {WORKER_MODULES}\n"
        "from libs.host.service import NAMES, SERVICES, find\n"
        "find(name for name in NAMES if (SERVICES / name / 'service.py').exists())\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('grpc', 'eventlet')))"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")
