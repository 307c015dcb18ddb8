"""Nothing personal gets into a log line, by whatever way it is tried."""

import json
import subprocess
import sys
from typing import Any

from libs.host import logs

CANARY = "Anna Jensen 010180-1234"
SCRIPT = f"""
import logging
from libs.host import logs
logs.configure()
log = logs.logger("cases")
log.info("noted", position=7, title={CANARY!r}, **{{"{CANARY}": 1}})
logging.getLogger("psycopg.pool").warning("row was %s", {CANARY!r})
try:
    int({CANARY!r})
except ValueError as error:
    log.error("call failed", **logs.failure(error))
    logging.getLogger("grpc._server").exception("Exception calling application: %s", error)
"""


def lines_of(script: str) -> list[dict[str, Any]]:
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert CANARY not in ran.stderr + ran.stdout
    assert "Jensen" not in ran.stderr + ran.stdout
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_only_known_keys_pass() -> None:
    noted, library, failed, exception = lines_of(SCRIPT)
    assert (noted["event"], noted["service"], noted["position"], noted["dropped"]) == ("noted", "cases", 7, ["title"])
    assert (library["source"], library["level"]) == ("psycopg.pool", "warning")
    assert (failed["error"], failed["frames"]) == ("builtins.ValueError", ["<string>:9 <module>"])
    assert exception["error"] == "builtins.ValueError"


def test_the_last_words_are_no_values() -> None:
    script = (
        f"import threading\nfrom libs.host import logs\nlogs.configure()\ndef fail(): raise ValueError({CANARY!r})\n"
    )
    (line,) = lines_of(script + "threading.Thread(target=fail).start()")
    assert (line["event"], line["error"]) == ("died", "builtins.ValueError")


def test_an_operator_is_told_what_is_missing() -> None:
    script = "from libs.host import logs, settings\nlogs.configure()\nsettings.Settings().rpc_of('cases')"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert json.loads(ran.stderr)["reason"].startswith("SAMSPOR_RPC is not set for cases.")


def test_values_are_cut_short() -> None:
    assert logs.shortened("x" * 1000) == "x" * logs.LONGEST
    assert logs.shortened(["y" * 1000] * 100) == ["y" * logs.LONGEST] * 50
    assert (logs.shortened(1.5), logs.shortened(None), logs.shortened(True)) == (1.5, None, True)


def test_a_failure_names_where_it_passed() -> None:
    try:
        lines_of("import nothing_of_this_name")
    except subprocess.CalledProcessError as error:
        found = logs.failure(error)
    assert found["error"] == "subprocess.CalledProcessError"
    assert any("tests/host/test_logs.py" in frame for frame in found["frames"])
    assert not any(frame.startswith("/") for frame in found["frames"])
