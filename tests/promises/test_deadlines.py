"""Deadlines, in short."""

from tests.promises.registry import PROMISES


def test_promise() -> None:
    figure = PROMISES["referral-deadlines"](False)

    assert figure.holds, figure.text
