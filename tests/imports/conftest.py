"""The command line against a real partners service."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.imports import import_directory, import_log
from cli.search import search
from libs.host.settings import Settings
from tests.gateway.conftest import site
from tests.partners.conftest import catch_up, hosted

__all__ = ["catch_up", "hosted", "site"]

Samspor = Callable[..., tuple[int, Any]]


@pytest.fixture
def samspor(hosted: Settings, monkeypatch: pytest.MonkeyPatch) -> Samspor:
    """Runs a command: its exit code, and its JSON or, when it says something else, its text."""
    monkeypatch.setattr("libs.host.settings.load", lambda: hosted)
    app = typer.Typer()
    app.command()(import_log)
    app.command()(import_directory)
    app.command()(search)

    def run(*arguments: object) -> tuple[int, Any]:
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        # The service runs in this process, and its log lines may stand before the answer.
        answer = re.search(r"^\{.*", result.output, re.DOTALL | re.MULTILINE)
        return result.exit_code, json.loads(answer[0]) if answer else result.output

    return run
