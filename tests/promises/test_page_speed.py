"""Pages read one after the other and 60 a second, in short: what is measured holds together; how fast is printed."""

import pytest

from tests.promises.registry import PROMISES


@pytest.mark.parametrize("name", ["page-speed"])
def test_promise(name: str) -> None:
    figure = PROMISES[name](False)

    assert figure.holds, figure.text
