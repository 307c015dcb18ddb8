"""Reading and replaying, in short."""

import pytest

from tests.promises.registry import PROMISES


@pytest.mark.parametrize("name", ["ciphertext-only", "no-record-no-answer", "withdrawal-holds-at-once", "same-replay"])
def test_promise(name: str) -> None:
    figure = PROMISES[name](False)

    assert figure.holds, figure.text
