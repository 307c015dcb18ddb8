"""Whole platforms for tests: one that all share and nobody harms, with the demo story in it, and some to kill.

To save the start-up, set SAMSPOR_TEST_PLATFORM to the folder of one that runs (`samspor run`).
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.platform import PYTHON_PATH, Platform
from deploy.local.programs import REPOSITORY
from libs.host.settings import Settings
from libs.spec.servers import server_folder


@contextmanager
def running_platform(more: Mapping[str, str] | None = None) -> Iterator[Platform]:
    """A platform of one's own. `more`: environment of its processes; `{folder}` in it is where its data is."""
    with server_folder() as folder:
        environment = {name: value.format(folder=folder) for name, value in (more or {}).items()}
        platform = Platform(folder, environment)
        try:
            platform.start()
            yield platform
        finally:
            platform.stop(keep=False)


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The run's platform with the demo story. In its folder are its spans, `spans.jsonl`, and its `clock`."""
    if running := os.environ.get("SAMSPOR_TEST_PLATFORM"):
        shared = Platform(Path(running))
        samspor(shared, "story")
        yield shared
        return
    with running_platform({"SAMSPOR_OTLP_FILE": "{folder}/spans.jsonl", "SAMSPOR_CLOCK": "{folder}/clock"}) as made:
        samspor(made, "story")
        yield made


def settings_of(platform: Platform) -> Settings:
    return Settings(_env_file=platform.environment_file)  # type: ignore[call-arg]  # of pydantic-settings' metaclass


def samspor(platform: Platform, *arguments: str, seconds: float = 300.0) -> str:
    """What a command said. Raises CalledProcessError when it fails."""
    environment = os.environ | {"PYTHONPATH": PYTHON_PATH, "SAMSPOR_ENV_FILE": str(platform.environment_file)}
    command = [sys.executable, "-m", "cli.main", *arguments]
    done = subprocess.run(
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=seconds
    )
    return done.stdout
