"""Every event that a service declares is recorded, and read, as its golden file says."""

import pytest

from libs.host.service import NAMES, find
from libs.spec import golden


@pytest.mark.parametrize("name", NAMES)
def test_events_are_recorded_and_read_as_ever(name: str) -> None:
    (service,) = find([name])
    assert golden.check(service) == []
