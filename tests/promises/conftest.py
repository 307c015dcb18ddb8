"""One platform for the short versions in a module: no campaign harms another."""

from collections.abc import Iterator

import pytest

from deploy.local.platform import Platform
from libs.spec.platforms import running_platform
from tests.promises.registry import TRACED


@pytest.fixture(scope="module")
def working() -> Iterator[Platform]:
    with running_platform() as platform:
        yield platform


@pytest.fixture(scope="module")
def traced() -> Iterator[Platform]:
    with running_platform(TRACED) as platform:
        yield platform
