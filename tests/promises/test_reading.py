"""Reading, replaying and what else leaves a platform as it was, in short."""

import pytest

from deploy.local.platform import Platform
from tests.promises.registry import READING


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
        "last-place",
        "webhooks-arrive",
        "content-free",
    ],
)
def test_promise(name: str, traced: Platform) -> None:
    figure = READING[name](traced, False)

    assert figure.holds, figure.text
