"""Places, in short."""

from tests.promises.registry import PROMISES


def test_promise() -> None:
    figure = PROMISES["no-place-leaked"](False)

    assert figure.holds, figure.text
