"""Delivery through every fault, in short."""

import pytest

from deploy.local.platform import Platform
from tests.promises.registry import WORKING


@pytest.mark.parametrize(
    "name",
    [
        "delivery-under-kills",
        "delivery-under-duplicates",
        "delivery-past-rubbish",
        "delivery-after-a-wiped-broker",
    ],
)
def test_promise(name: str, working: Platform) -> None:
    figure = WORKING[name](working, False)

    assert figure.holds, figure.text
