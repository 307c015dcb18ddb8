"""The matrix, in short."""

from tests.promises.registry import PROMISES


def test_promise() -> None:
    figure = PROMISES["matrix"](False)

    assert figure.holds, figure.text
