"""Reading and replaying, in short, on one platform: no campaign harms another."""

from collections.abc import Iterator

import pytest

from deploy.local.platform import Platform
from libs.spec.platforms import running_platform
from tests.promises.registry import READING, TRACED


@pytest.fixture(scope="module")
def traced() -> Iterator[Platform]:
    with running_platform(TRACED) as platform:
        yield platform


@pytest.mark.parametrize(
    "name",
    [
        "ciphertext-only",
        "no-record-no-answer",
        "withdrawal-holds-at-once",
        "control-finds-what-it-should",
        "same-replay",
        "erasure-leaves-nothing",
        "links",
    ],
)
def test_promise(name: str, traced: Platform) -> None:
    figure = READING[name](traced, False)

    assert figure.holds, figure.text
