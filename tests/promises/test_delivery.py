"""Delivery through other faults, in short."""

import pytest

from tests.promises.registry import PROMISES


@pytest.mark.parametrize(
    "name", ["delivery-after-a-wiped-broker", "delivery-under-duplicates", "delivery-past-rubbish"]
)
def test_promise(name: str) -> None:
    figure = PROMISES[name](False)

    assert figure.holds, figure.text
