"""Places, in short."""

import pytest

from tests.promises.registry import PROMISES


@pytest.mark.parametrize("name", ["no-place-leaked", "last-place"])
def test_promise(name: str) -> None:
    figure = PROMISES[name](False)

    assert figure.holds, figure.text
