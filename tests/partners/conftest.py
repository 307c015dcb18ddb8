"""partners hosted for real, with a directory that the test itself brings up to date."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from deploy.local.postgres import Postgres
from libs.host.settings import Settings
from tests.partners.system import running, show_directory


@pytest.fixture(scope="session")
def hosted(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a system with partners alone, while it answers."""
    with running(postgres, tmp_path_factory.mktemp("partners"), ("partners",)) as settings:
        yield settings


@pytest.fixture
def catch_up(hosted: Settings) -> Callable[[], None]:
    """Shows in the directory all that was recorded until now."""
    return partial(show_directory, hosted)
