"""Searches of the directory, in short."""

from tests.promises.registry import PROMISES


def test_promise() -> None:
    figure = PROMISES["directory-search"](False)

    assert figure.holds, figure.text
