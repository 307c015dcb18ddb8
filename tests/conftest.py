"""What all tests share."""

import os
from typing import Final

import pytest

# Tests start programs beside threads that speak gRPC; its fork handlers would run, and crash, in the child.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

pytest_plugins = ["libs.spec.servers", "libs.spec.platforms", "libs.spec.browsers"]

LONG: Final = ("tests/promises/", "tests/worker/", "tests/e2e/", "tests/integration/")
"""Begun first, so that side by side with the short ones they do not end last."""
PLATFORMS: Final = 2
"""Processes in which tests on the run's platform meet: each of them starts one, which takes half a minute."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module runs in one process; those on the run's platform share few."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    shared = list(dict.fromkeys(item.path for item in items if "platform" in getattr(item, "fixturenames", ())))
    for item in items:
        group = f"platform {shared.index(item.path) % PLATFORMS}" if item.path in shared else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
