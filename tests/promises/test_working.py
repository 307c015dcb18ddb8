"""People who read, lawfully or not, and who are told when they cannot, in short: how fast is printed."""

import pytest

from deploy.local.platform import Platform
from tests.promises.registry import WORKING


@pytest.mark.parametrize("name", ["consents-away", "matrix", "page-speed"])
def test_promise(name: str, working: Platform) -> None:
    figure = WORKING[name](working, False)

    assert figure.holds, figure.text
