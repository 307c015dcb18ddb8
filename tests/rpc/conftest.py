"""The services of this folder's tests, started once."""

from collections.abc import Iterator

import pytest

from deploy.local.postgres import Postgres
from tests.rpc.office import Office, open_office


@pytest.fixture(scope="session")
def office(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(postgres, tmp_path_factory.mktemp("office")) as office:
        yield office
