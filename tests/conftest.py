"""What all tests share."""

import os
from typing import Final

import pytest

# Tests start programs beside threads that speak gRPC; its fork handlers would run, and crash, in the child.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

pytest_plugins = ["libs.spec.servers", "libs.spec.platforms", "libs.spec.browsers"]

LONG: Final = ("tests/promises/", "tests/worker/", "tests/e2e/", "tests/integration/")
"""Begun first, so that side by side with the short ones they do not end last."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
